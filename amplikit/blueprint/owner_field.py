"""The rules that an owner field needs, so that an item stays with its owner (v2).

A field's rules replace those of its model. So each is written again: owners without
``update``, and everybody of a mode without any writing. A field's rule has one word for
all reads, and it opens them all on the model; so a rule that allows but some of them
does not read the field.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation, Strategy
from amplikit.blueprint.operation_kinds import READ_OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import AuthRule, Model

__all__ = ["kept_owner", "reads_partly"]

_WRITES = (RuleOperation.CREATE, RuleOperation.UPDATE)
_TAKEN = {
    Strategy.OWNER: frozenset({RuleOperation.UPDATE}),
    Strategy.PRIVATE: frozenset(_WRITES),
    Strategy.PUBLIC: frozenset(_WRITES),
}


def kept_owner(model: Model, name: str) -> str:
    """Return the ``@auth`` directive that protects an owner field."""
    field = model.field(name)
    own = field.rules if field else None
    rules = own if own is not None else model.rules or ()
    texts = (
        _field_rule(rule, rule.operations - _TAKEN.get(rule.allow, frozenset()))
        for rule in rules
    )
    return f"@auth(rules: [{', '.join(text for text in texts if text)}])"


def reads_partly(rule: AuthRule) -> bool:
    """Whether a rule allows some reads, and others not."""
    allowed = rule.operations & frozenset(READ_OPERATIONS)
    return 0 < len(allowed) < len(READ_OPERATIONS)


def _field_rule(rule: AuthRule, operations: frozenset[RuleOperation]) -> str | None:
    words = ", ".join(_words(operations))
    if not words:
        return None
    return f"{{ {', '.join((*_whom(rule), f'operations: [{words}]'))} }}"


def _whom(rule: AuthRule) -> Iterator[str]:
    yield f"allow: {rule.allow}"
    if rule.provider_written:
        yield f"provider: {rule.provider}"
    if rule.allow is Strategy.OWNER and rule.owner_field != "owner":
        yield f"ownerField: {json.dumps(rule.owner_field)}"
    if rule.identity_claim is not None:
        yield f"identityClaim: {json.dumps(rule.identity_claim)}"
    if rule.groups:
        yield f"groups: {json.dumps(rule.groups)}"
    if rule.groups_field is not None:
        yield f"groupsField: {json.dumps(rule.groups_field)}"
    if rule.group_claim != "cognito:groups":
        yield f"groupClaim: {json.dumps(rule.group_claim)}"


def _words(operations: frozenset[RuleOperation]) -> Iterator[str]:
    """Yield the operations in a field's words."""
    yield from (one.value for one in _WRITES if one in operations)
    if operations.issuperset(READ_OPERATIONS):
        yield "read"
    if RuleOperation.DELETE in operations:
        yield RuleOperation.DELETE.value
