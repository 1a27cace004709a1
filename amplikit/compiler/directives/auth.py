"""``@auth``: who may do what with a model, a field, or a type's field.

Source: graphql-auth-transformer (v1), amplify-graphql-auth-transformer (v2).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graphql import ListValueNode

from amplikit.blueprint.access_matrix import role_names
from amplikit.blueprint.api import (
    Field,
    RuledField,
    RuleOperation,
    Strategy,
    Transformer,
    TypeRef,
)
from amplikit.blueprint.operation_kinds import MUTATION_OF
from amplikit.compiler.document import find_directive
from amplikit.compiler.operations import subscription_level
from amplikit.compiler.rejection import rejection
from amplikit.compiler.root_fields import subscribing_owners_v1
from amplikit.compiler.rule_checks import (
    rule_claim_problems,
    rule_list_problems,
    rule_operation_problems,
    rule_problems,
    rule_strategy_problems,
)
from amplikit.compiler.rules import meant, written_rules
from amplikit.compiler.type_nodes import is_required
from amplikit.compiler.use import Directive, DirectiveUse
from amplikit.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import AuthRule, Model
    from amplikit.compiler.draft import Draft
    from amplikit.compiler.rules import WrittenRule

__all__ = ["AUTH_V1", "AUTH_V2"]

_SDL_V1 = """
directive @auth(rules: [AuthRule!]!) on OBJECT | FIELD_DEFINITION
input AuthRule {
  allow: AuthStrategy!
  identityField: String
  provider: AuthProvider
  identityClaim: String
  groupClaim: String
  ownerField: String
  groupsField: String
  groups: [String]
  operations: [ModelOperation]
  queries: [ModelQuery]
  mutations: [ModelMutation]
}
enum AuthStrategy { owner groups private public }
enum AuthProvider { apiKey iam oidc userPools }
enum ModelOperation { create update delete read }
enum ModelQuery { get list }
enum ModelMutation { create update delete }
"""
_SDL_V2 = """
directive @auth(rules: [AuthRule!]!) on OBJECT | FIELD_DEFINITION
input AuthRule {
  allow: AuthStrategy!
  provider: AuthProvider
  identityClaim: String
  groupClaim: String
  ownerField: String
  groupsField: String
  groups: [String]
  operations: [ModelOperation]
}
enum AuthStrategy { owner groups private public custom }
enum AuthProvider { apiKey iam identityPool oidc userPools function }
enum ModelOperation { create update delete read list get sync listen search }
"""


def check(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with a use of @auth."""
    rules = tuple(written_rules(use.node, draft.document))
    first = draft.options.transformer is Transformer.V1
    if use.field is None:
        yield from _needs_model(use, draft)
    if not first:
        for rule in rules:
            yield from rule_operation_problems(rule, on_field=use.field is not None)
        yield from _needs_rules(use, rules)
    yield from _check_rules(use, draft, rules)
    if first:
        for rule in rules:
            yield from rule_list_problems(rule)
        yield from _required_field_v1(use, draft, rules)
    elif use.field is None:
        yield from _repeated_roles(use, draft, rules)


def _check_rules(
    use: DirectiveUse, draft: Draft, rules: tuple[WrittenRule, ...]
) -> Iterator[Problem]:
    """Yield the problems of each rule, in the transformer's order."""
    on_field = use.field is not None
    if draft.options.transformer is Transformer.V2:
        for rule in rules if on_field else ():
            yield from _check_on_field(use, draft, rule)
        for rule in rules:
            yield from rule_problems(rule, draft.options)
        return
    for rule in rules:
        yield from rule_strategy_problems(rule, draft.options)
        if on_field:
            yield from _check_on_field(use, draft, rule)
        yield from rule_claim_problems(rule, draft.options)


def _needs_model(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    if use.type_name in draft.document.models:
        return
    first = draft.options.transformer is Transformer.V1
    yield rejection(
        "needs-model",
        message=f"'{use.type_name}' has @auth but is no model.",
        hint="Add @model to the type, or write @aws_... directives instead.",
        where=use.where,
        amplify="Types annotated with @auth must also be annotated with @model.",
        kind="InvalidDirectiveError" if first else "TransformerContractError",
    )


def _needs_rules(
    use: DirectiveUse, rules: tuple[WrittenRule, ...]
) -> Iterator[Problem]:
    if rules and isinstance(use.value("rules"), ListValueNode):
        return
    target = use.type_name if use.field is None else use.field.name.value
    yield rejection(
        "auth-without-rules",
        message=f"@auth on '{use.place}' has no list of rules.",
        hint="Write rules: [{ ... }], or remove @auth.",
        where=use.where,
        amplify=f"@auth on {target} does not have any auth rules.",
    )


def _check_on_field(
    use: DirectiveUse, draft: Draft, rule: WrittenRule
) -> Iterator[Problem]:
    first = draft.options.transformer is Transformer.V1
    begin = "@auth rules on fields within "
    # An empty list counts as well.
    legacy = (rule.texts("queries"), rule.texts("mutations"))
    if first and legacy != (None, None):
        yield rejection(
            "legacy-operations-on-field",
            message=f"A rule on '{use.place}' has queries or mutations.",
            hint="Write operations.",
            where=rule.where,
            amplify="@auth directives used on field definitions may not specify "
            "the 'queries' or 'mutations' arguments. All @auth directives used on "
            "field definitions are performed when the field is resolved and can "
            "be thought of as 'read' operations.",
        )
    operations = rule.texts("operations")
    if not operations or (rule.text("operations") and not first):
        return
    if draft.document.is_root(use.type_name):
        yield rejection(
            "operations-on-root-field",
            message=f"A rule on '{use.place}' has operations.",
            hint="Remove operations: the field is an operation itself.",
            where=rule.where,
            amplify=f"{begin}Query, Mutation, Subscription cannot specify "
            "'operations' argument as these rules are already on an operation "
            "already.",
        )
    elif use.type_name not in draft.document.models:
        yield rejection(
            "operations-on-plain-type",
            message=f"A rule on '{use.place}' has operations, but "
            f"'{use.type_name}' is no model.",
            hint="Remove operations, or add @model to the type.",
            where=rule.where,
            amplify=f"{begin}types that does not have @model directive cannot "
            "specify 'operations' argument as there are operations will be "
            "generated by the CLI.",
        )


def _required_field_v1(
    use: DirectiveUse, draft: Draft, rules: tuple[WrittenRule, ...]
) -> Iterator[Problem]:
    """Yield a problem if subscribers could get null for a field that cannot be."""
    if use.field is None or not is_required(use.field.type):
        return
    node = draft.document.models.get(use.type_name)
    model = find_directive(node, "model") if node else None
    reads = any(
        RuleOperation.LISTEN in meant(rule, Transformer.V1).operations for rule in rules
    )
    if node is None or model is None or not reads:
        return
    model_use = DirectiveUse(model, node, None, use.where, draft.document)
    if subscription_level(model_use) == "on":
        name = use.field.name.value
        yield rejection(
            "required-field-with-rules",
            message=f"'{use.place}' is required and has rules of its own, so a "
            "subscriber without access would break the whole result.",
            hint="Make the field nullable, or put the rule on the type.",
            where=use.where,
            amplify=f"\nPer-field auth on the required field {name} is not supported "
            "with subscriptions.\nEither make the field optional, set auth on the "
            "object and not the field, or disable subscriptions for the object "
            "(setting level to off or public)\n",
        )


def _repeated_roles(
    use: DirectiveUse, draft: Draft, rules: tuple[WrittenRule, ...]
) -> Iterator[Problem]:
    """Yield v2's refusal of two rules for the same callers."""
    sub_owners = draft.options.flag("useSubUsernameForDefaultIdentityClaim")
    seen: set[str] = set()
    for rule in rules:
        named = role_names(meant(rule, Transformer.V2), sub_owners=sub_owners)
        for role in named:
            if role in seen:
                yield rejection(
                    "repeated-rule",
                    message=f"Two rules on '{use.type_name}' are for the same callers.",
                    hint="Join their operations in one rule.",
                    where=rule.where,
                    amplify=f"@auth {use.type_name}:{role} already exists for "
                    f"{use.type_name}",
                )
            seen.add(role)


def apply(use: DirectiveUse, draft: Draft) -> Draft:
    """Give the model or field its rules, and the model its owner fields."""
    rules = tuple(
        meant(rule, draft.options.transformer)
        for rule in written_rules(use.node, draft.document)
    )
    if use.type_name not in draft.models:
        return _apply_to_plain_type(use, draft, rules)
    model = draft.model(use.type_name)
    if use.field is None:
        model = replace(model, rules=rules)
        draft = draft.with_model(model)
    else:
        field = model.field(use.field.name.value)
        if field is not None:
            draft = draft.with_field(use.type_name, replace(field, rules=rules))
            model = draft.model(use.type_name)
    names = _owner_fields(use, draft, model, rules)
    return draft.with_model(_with_owner_fields(model, names, use))


def _apply_to_plain_type(
    use: DirectiveUse, draft: Draft, rules: tuple[AuthRule, ...]
) -> Draft:
    if use.field is not None:
        ruled = RuledField(use.type_name, use.field.name.value, rules)
        draft = replace(draft, ruled_fields=(*draft.ruled_fields, ruled))
    custom = draft.custom_fields.get(use.place)
    if custom is not None:
        draft = draft.with_custom_field(replace(custom, rules=rules))
    if draft.document.is_root(use.type_name):
        if custom is not None:
            return draft
        return draft.with_warning(
            Problem(
                "rule-without-resolver",
                f"'{use.place}' has rules, but nothing resolves it in this version.",
                "Expect null; only the @aws_... directives of the rules hold.",
                use.where,
                "warning",
            )
        )
    first = draft.options.transformer is Transformer.V1
    if first and _adds_owner_fields(draft):
        declared = {
            node.name.value for node in draft.document.all_fields(use.type_name)
        }
        for rule in rules:
            if rule.allow is Strategy.OWNER and rule.owner_field not in declared:
                draft = draft.with_added_field(use.type_name, rule.owner_field)
    return draft


def _owner_fields(
    use: DirectiveUse, draft: Draft, model: Model, rules: tuple[AuthRule, ...]
) -> tuple[str, ...]:
    """Return the owner fields that the model must have.

    v1 can leave them out but for the one that subscribers name without being told to.
    """
    if _adds_owner_fields(draft):
        return tuple(rule.owner_field for rule in rules if rule.allow is Strategy.OWNER)
    subscribed = any(operation.kind in MUTATION_OF for operation in model.operations)
    if use.field is not None or not subscribed:
        return ()
    unnamed = {
        rule.where
        for rule in written_rules(use.node, draft.document)
        if not rule.text("ownerField")
    }
    owners = subscribing_owners_v1(model)
    return tuple(rule.owner_field for rule in owners if rule.where in unnamed)


def _adds_owner_fields(draft: Draft) -> bool:
    second = draft.options.transformer is Transformer.V2
    return second or draft.options.flag("addMissingOwnerFields")


def _with_owner_fields(
    model: Model, names: tuple[str, ...], use: DirectiveUse
) -> Model:
    for name in names:
        if model.field(name) is None:
            text = TypeRef("String", "String")
            added = Field(name, text, use.where, declared=False)
            model = replace(model, fields=(*model.fields, added))
    return model


AUTH_V1 = Directive("auth", _SDL_V1, check, apply)
AUTH_V2 = Directive("auth", _SDL_V2, check, apply)
