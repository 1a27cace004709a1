"""Rules as text: for exactly one caller, or as one that is there says it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Provider, RuleOperation, Strategy, Transformer
from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operation_kinds import READ_OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amplikit.blueprint.api import Api, AuthRule
    from amplikit.blueprint.grants import Subject

__all__ = ["heads_for", "operation_list", "rule_head", "rule_text"]

_GROUPS = "cognito:groups"
_WRITES = (RuleOperation.CREATE, RuleOperation.UPDATE, RuleOperation.DELETE)


def heads_for(caller: Subject, api: Api) -> Iterator[tuple[Strategy, str]]:
    """Yield rules without operations that are for a caller, the narrowest first."""
    first = api.transformer is Transformer.V1
    match caller.mode:
        case AuthMode.API_KEY:
            yield Strategy.PUBLIC, "allow: public, provider: apiKey"
        case AuthMode.LAMBDA:
            yield Strategy.CUSTOM, "allow: custom, provider: function"
        case AuthMode.IAM:
            provider = Provider.IAM if first else Provider.IDENTITY_POOL
            role = caller.iam
            kind = role.cognito_identity_auth_type if role else None
            guest = kind == "unauthenticated"
            allow = Strategy.PUBLIC if guest else Strategy.PRIVATE
            yield allow, f"allow: {allow}, provider: {provider}"
        case AuthMode.USER_POOLS | AuthMode.OIDC:
            pool = caller.mode is AuthMode.USER_POOLS
            provider = Provider.USER_POOLS if pool else Provider.OIDC
            for group in _groups(caller):
                named = json.dumps(group, ensure_ascii=False)
                head = f"allow: groups, groups: [{named}], provider: {provider}"
                yield Strategy.GROUPS, head
            # v1 has no word for everybody with an OIDC token.
            allow = Strategy.OWNER if first and not pool else Strategy.PRIVATE
            yield allow, f"allow: {allow}, provider: {provider}"


def _groups(caller: Subject) -> tuple[str, ...]:
    claimed = caller.claims.get(_GROUPS)
    if not isinstance(claimed, list | tuple):
        return ()
    return tuple(one for one in claimed if isinstance(one, str))


def rule_head(rule: AuthRule) -> str:
    """Return whom a rule is for, as it would be written without its operations."""
    parts = [f"allow: {rule.allow}"]
    if rule.groups:
        parts.append(f"groups: {json.dumps([*rule.groups], ensure_ascii=False)}")
    if rule.groups_field is not None:
        parts.append(f'groupsField: "{rule.groups_field}"')
    if rule.allow is Strategy.GROUPS and rule.group_claim != _GROUPS:
        parts.append(f'groupClaim: "{rule.group_claim}"')
    if rule.allow is Strategy.OWNER and rule.owner_field != "owner":
        parts.append(f'ownerField: "{rule.owner_field}"')
    if rule.allow is Strategy.OWNER and rule.identity_claim is not None:
        parts.append(f'identityClaim: "{rule.identity_claim}"')
    parts.append(f"provider: {rule.provider}")
    return ", ".join(parts)


def rule_text(head: str, operations: str | None) -> str:
    """Return a whole rule; without operations it is for all that there are."""
    return f"{{ {head}{f', operations: {operations}' if operations else ''} }}"


def operation_list(
    operations: Iterable[RuleOperation], api: Api, *, on_field: bool
) -> str:
    """Return operations as a rule lists them.

    One read is every read where the words for single ones are missing: in v1, and on
    fields.
    """
    wanted = set(operations)
    reads = [one for one in READ_OPERATIONS if one in wanted]
    whole = len(reads) == len(READ_OPERATIONS)
    if reads and (whole or on_field or api.transformer is Transformer.V1):
        words = ["read"]
    else:
        words = [one.value for one in reads]
    return f"[{', '.join([*(w.value for w in _WRITES if w in wanted), *words])}]"
