"""What the real transformers warn of when they look at rules, in their words.

Source: validateRules and field of graphql-auth-transformer (v1); warnings.js and after
of amplify-graphql-auth-transformer (v2), which asks about owners' claims and the
provider ``iam`` for the last type with rules alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation, Strategy, Transformer
from amplikit.blueprint.owner_field import kept_owner
from amplikit.compiler.document import find_directive
from amplikit.compiler.role_matrix import matrix_of
from amplikit.compiler.rules import type_rules, written_rules
from amplikit.compiler.use import uses
from amplikit.errors import AmplifyError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.access_matrix import MatrixRole
    from amplikit.blueprint.api import Model
    from amplikit.compiler.draft import Draft
    from amplikit.compiler.rules import WrittenRule
    from amplikit.errors import Where

__all__ = ["auth_warnings"]

_DOCS = "https://docs.amplify.aws/cli"


def auth_warnings(draft: Draft) -> Iterator[Problem]:
    """Yield what the transformer would print beside its result."""
    yield from _on_root_fields(draft)
    if draft.options.transformer is Transformer.V1:
        yield from _old_arguments(draft)
        return
    yield from _nearly_owner_fields(draft)
    last = _last_rules(draft)
    yield from _owner_claim(draft, last)
    yield from _reassigning(draft)
    yield from _provider_iam(last)


def warning(code: str, message: str, hint: str, where: Where, text: str) -> Problem:
    """Return a warning that carries the transformer's own."""
    amplify = AmplifyError("Warning", text)
    return Problem(code, message, hint, where, "warning", amplify)


def _on_root_fields(draft: Draft) -> Iterator[Problem]:
    for use in uses(draft.document, "auth"):
        if use.field is not None and draft.document.is_root(use.type_name):
            yield warning(
                "rule-on-root-field",
                f"'{use.place}' has rules, and there is no item whose owner or groups "
                "they could ask for.",
                "Use 'private', 'public' or groups that the rule names.",
                use.where,
                "Be careful when using @auth directives on a field in a root type. "
                "@auth directives on field definitions use the source object to "
                "perform authorization logic and the source will be an empty object "
                "for fields on root types. Static group authorization should perform "
                "as expected.",
            )


def _old_arguments(draft: Draft) -> Iterator[Problem]:
    """Yield v1's rules that have ``operations`` and what was before it."""
    for use in uses(draft.document, "auth"):
        rules = () if use.field else written_rules(use.node, draft.document)
        for rule in rules:
            if rule.value("operations") is None:
                continue
            for name in ("mutations", "queries"):
                if rule.value(name) is not None:
                    yield warning(
                        "legacy-operations-ignored",
                        f"A rule of '{use.type_name}' has '{name}' and 'operations', "
                        "and only the second counts.",
                        f"Remove '{name}'.",
                        rule.where,
                        f"It is not recommended to use '{name}' and 'operations'. "
                        "The 'operations' argument will be used.",
                    )


def _last_rules(draft: Draft) -> tuple[WrittenRule, ...]:
    """Return the rules of the last type that has some."""
    found: tuple[WrittenRule, ...] = ()
    for name, node in draft.document.objects.items():
        if find_directive(node, "auth"):
            found = tuple(type_rules(draft.document, name))
    return found


def _owner_claim(draft: Draft, rules: tuple[WrittenRule, ...]) -> Iterator[Problem]:
    if draft.options.flag("useSubUsernameForDefaultIdentityClaim"):
        return
    for rule in rules:
        if rule.allow is Strategy.OWNER and not rule.has("identityClaim"):
            yield warning(
                "owner-claim-changes",
                "An owner is stored by name alone, and a later Amplify stores the "
                "'sub' with it.",
                'Write identityClaim: "username" to keep it.',
                rule.where,
                " WARNING: Amplify CLI will change the default identity claim from "
                "'username' to use 'sub::username'. To continue using only usernames, "
                "set 'identityClaim: \"username\"' on your 'owner' rules on your "
                "schema. The default will be officially switched with v9.0.0. To read "
                f"more: {_DOCS}/migration/identity-claim-changes/",
            )
            return


def _reassigning(draft: Draft) -> Iterator[Problem]:
    """Yield one warning for all owners who may write the field that names them."""
    found: dict[str, list[str]] = {}
    for model in draft.models.values():
        owners = [role.owner_field or "" for role in _owners(draft, model)]
        if owners:
            found[model.name] = owners
    if not found:
        return
    listed = ", ".join(
        f"{model}: [{', '.join(owners)}]" for model, owners in found.items()
    )
    written = next(
        (
            (draft.models[model], name)
            for model, owners in found.items()
            for name in owners
            if (field := draft.models[model].field(name)) and field.declared
        ),
        None,
    )
    yield warning(
        "owner-may-reassign",
        f"Owners may give away what they own: {listed}.",
        f"Give '{written[0].name}.{written[1]}' rules of its own, without 'update' for "
        f"owners: '{kept_owner(*written)}'."
        if written
        else "Leave it as it is: an owner field that is not declared is in no input.",
        written[0].where if written else draft.models[next(iter(found))].where,
        "WARNING: owners may reassign ownership for the following model(s) and "
        f"role(s): {listed}. If this is not intentional, you may want to apply "
        "field-level authorization rules to these fields. To read more: "
        f"{_DOCS}/graphql/authorization-rules/#per-user--owner-based-data-access.",
    )


def _owners(draft: Draft, model: Model) -> Iterator[MatrixRole]:
    for role in matrix_of(draft, model) or ():
        if role.owner_field is None:
            continue
        # Of a field that nobody declared, only 'owner' itself is spoken of.
        is_declared = role.owner_field in role.cells
        if (
            RuleOperation.UPDATE in role.allowed(role.owner_field)
            if is_declared
            else role.owner_field == "owner"
        ):
            yield role


def _provider_iam(rules: tuple[WrittenRule, ...]) -> Iterator[Problem]:
    for rule in rules:
        if rule.text("provider") == "iam":
            yield warning(
                "provider-iam-deprecated",
                "A rule has the provider 'iam', which v2 calls 'identityPool'.",
                "Write provider: identityPool.",
                rule.where,
                "WARNING: Schema is using an @auth directive with deprecated provider "
                "'iam'. Replace 'iam' provider with 'identityPool' provider.",
            )
            return


def _nearly_owner_fields(draft: Draft) -> Iterator[Problem]:
    """Yield owner fields that are added beside one of another spelling."""
    for model in draft.models.values():
        owners = {role.owner_field for role in matrix_of(draft, model) or ()}
        known = [
            field.name
            for field in model.fields
            if not field.hidden and (field.declared or field.name not in owners)
        ]
        for role in matrix_of(draft, model) or ():
            name = role.owner_field
            if name is None or name in known:
                continue
            near = next((one for one in known if one.lower() == name.lower()), None)
            if near is not None:
                yield warning(
                    "owner-field-spelling",
                    f"'{model.name}' has '{near}', and its rules add '{name}'.",
                    f'Write ownerField: "{near}", or rename the field.',
                    model.where,
                    f'WARNING: Schema field "{near}" and ownerField "{name}" in type '
                    f"{model.name} are getting added to your schema but could be "
                    "referencing the same owner field. If this is not intentional, "
                    "you may want to change one of the fields to the correct name.\n",
                )
