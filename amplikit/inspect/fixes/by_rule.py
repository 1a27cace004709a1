"""Fixes of ``@auth`` rules: one that is there allows more, or there is one more."""

from __future__ import annotations

from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING

from amplikit.blueprint.access_matrix import MODE_OF
from amplikit.blueprint.api import RuleOperation, Strategy, Transformer
from amplikit.blueprint.fixes import AddRule, AdminRole, Fix, IamAccess, SetOperations
from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operation_kinds import READ_OPERATIONS
from amplikit.inspect.fixes.rule_texts import (
    heads_for,
    operation_list,
    rule_head,
    rule_text,
)
from amplikit.inspect.fixes.targets import Target, field_target, model_targets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, AuthRule
    from amplikit.blueprint.denials import ByRule
    from amplikit.blueprint.fixes import SchemaEdit
    from amplikit.blueprint.grants import Subject
    from amplikit.inspect.fixes.targets import Situation

__all__ = ["extended", "for_check", "for_target", "own_place"]

_NARROWEST = (
    Strategy.OWNER,
    Strategy.GROUPS,
    Strategy.PRIVATE,
    Strategy.CUSTOM,
    Strategy.PUBLIC,
)


def for_check(cause: ByRule, caller: Subject, situation: Situation) -> Iterator[Fix]:
    """Yield fixes for a check that no rule of the caller's passes."""
    check, api = cause.check, situation.api
    word, _, field = check.operation.partition(" ")
    if word == "call":
        rules = tuple(one.rule for one in check.written)
        target = Target(check.model, field, None, rules)
        yield from for_target(target, caller, situation)
        return
    asked = RuleOperation.GET if word == "read" else RuleOperation(word)
    if field:
        target = own_place(api, check.model, field, asked)
        yield from for_target(target, caller, situation)
        return
    if check.partial:
        yield from _partly(cause, caller, api)
    for target in model_targets(api, check.model, asked):
        yield from for_target(target, caller, situation)


def own_place(api: Api, model: str, field: str, operation: RuleOperation) -> Target:
    """Return where the rules of a field stand: on it, or else on its type."""
    target = field_target(api, model, field, operation)
    if target.rules or target.model is None:
        return target
    return replace(target, field=None, rules=target.model.rules or ())


def for_target(target: Target, caller: Subject, situation: Situation) -> Iterator[Fix]:
    """Yield fixes of the rules at a place, for one caller."""
    api = situation.api
    if _outside_of_pool(caller) and api.transformer is Transformer.V2:
        yield from _beside_rules(target, caller)
        return
    found = [
        (_width(rule.allow), fix)
        for rule in target.rules
        if MODE_OF[rule.provider] is caller.mode
        for fix in _extending(rule, target, api)
    ]
    if target.field is not None and target.model is not None:
        # Whom the type lets in already, the field lets in, too.
        found += [
            (_width(rule.allow), _new_rule(rule_head(rule), target, api))
            for rule in target.model.rules or ()
            if MODE_OF[rule.provider] is caller.mode
        ]
    found += [
        (_width(strategy), _new_rule(head, target, api))
        for strategy, head in heads_for(caller, api)
    ]
    # Of two that are as narrow, the one that is there already comes first.
    yield from (fix for _, fix in sorted(found, key=itemgetter(0)))
    for _, head in heads_for(caller, api):
        yield from _wider(head, target, situation, caller)


def _wider(
    head: str, target: Target, situation: Situation, caller: Subject
) -> Iterator[Fix]:
    """Yield new rules that spare others a loss, for where a narrow one does not.

    Where no rule was written for the default mode, all of it was let in; and of two
    rules for the same callers of a joining model, the last one counts (v2).
    """
    api = situation.api
    default = api.auth.default
    if default is not caller.mode:
        fix = _new_rule(head, target, api)
        kept = _new_rule(_EVERYBODY[default], target, api)
        yield Fix(f"{fix.says} {kept.says}", (*fix.edits, *kept.edits))
    if target.operation is not None and target.field is None:
        operations = {target.operation, *READ_OPERATIONS}
        words = operation_list(operations, api, on_field=False)
        yield _added(target, head, words, tuple(_on_fields(head, target, api)))


def _width(strategy: Strategy) -> int:
    return _NARROWEST.index(strategy)


def _extending(rule: AuthRule, target: Target, api: Api) -> Iterator[Fix]:
    edit = extended(rule, target, api)
    others = tuple(_on_fields(rule_head(rule), target, api))
    says = f"The rule {rule.text} allows {target.operation}, too."
    if edit is not None:
        yield Fix(says, (edit, *others))
    elif others:
        yield Fix(f"{says[:-6]} of every field.", others)


def extended(rule: AuthRule, target: Target, api: Api) -> SetOperations | None:
    """Return the edit that lets a rule allow the target's operation, too."""
    if target.operation is None or target.operation in rule.operations:
        return None
    on_field = target.field is not None
    operations = {*rule.operations, target.operation}
    return SetOperations(rule.where, operation_list(operations, api, on_field=on_field))


_EVERYBODY = {
    AuthMode.API_KEY: "allow: public, provider: apiKey",
    AuthMode.IAM: "allow: private, provider: iam",
    AuthMode.USER_POOLS: "allow: private, provider: userPools",
    AuthMode.OIDC: "allow: private, provider: oidc",
    AuthMode.LAMBDA: "allow: custom, provider: function",
}


def _new_rule(head: str, target: Target, api: Api) -> Fix:
    operations = None
    if target.operation is not None:
        on_field = target.field is not None
        operations = operation_list([target.operation], api, on_field=on_field)
    return _added(target, head, operations, tuple(_on_fields(head, target, api)))


def _added(
    target: Target, head: str, operations: str | None, more: tuple[SchemaEdit, ...]
) -> Fix:
    text = rule_text(head, operations)
    place = target.type_name + (f".{target.field}" if target.field else "")
    edit = AddRule(target.type_name, target.field, text)
    return Fix(f"'{place}' gets the rule {text}.", (edit, *more))


def _on_fields(head: str, target: Target, api: Api) -> Iterator[SchemaEdit]:
    """Yield what fields with rules of their own need: v2 deletes all of them or none.

    A reader has to read what is required, too.
    """
    model = target.model
    if api.transformer is Transformer.V1 or model is None or target.field is not None:
        return
    deletes = target.operation is RuleOperation.DELETE
    gets = target.operation is RuleOperation.GET
    for field in model.fields:
        if not field.rules or not (deletes or (gets and field.type.required)):
            continue
        place = field_target(api, model.name, field.name, target.operation or _READ)
        alike = [rule for rule in field.rules if rule_head(rule) == head]
        edits = [extended(rule, place, api) for rule in alike]
        yield from (one for one in edits if one is not None)
        if not alike:
            words = operation_list([place.operation or _READ], api, on_field=True)
            yield AddRule(model.name, field.name, rule_text(head, words))


_READ = RuleOperation.GET


def _partly(cause: ByRule, caller: Subject, api: Api) -> Iterator[Fix]:
    """Yield the fix of a delete that some fields' own rules leave out (v2)."""
    rules = {one.rule.where: one.rule for one in cause.check.written}
    model = api.model(cause.check.model)
    for short in cause.check.partial:
        rule = rules.get(short.grant.where) if short.grant.where else None
        if short.grant.mode is not caller.mode or rule is None or model is None:
            continue
        target = Target(model.name, None, RuleOperation.DELETE, (), model)
        edits = tuple(_on_fields(rule_head(rule), target, api))
        names = ", ".join(f"'{name}'" for name in short.fields)
        yield Fix(f"The rules of {names} allow delete to {short.grant.text}.", edits)


def _outside_of_pool(caller: Subject) -> bool:
    role = caller.iam
    return role is not None and role.cognito_identity_id is None


def _beside_rules(target: Target, caller: Subject) -> Iterator[Fix]:
    """Yield what lets a role in that is not the identity pool's, where rules do not."""
    role = caller.iam
    name = role.user_arn.split("/")[1:2] if role is not None else []
    if name and target.rules:
        says = f"'{name[0]}' is an admin role: no rule applies to it, only its policy."
        yield Fix(says, (AdminRole(name[0]),))
    yield Fix("IAM access is on: only IAM policies decide for roles.", (IamAccess(),))
