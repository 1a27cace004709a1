"""AWS JSON 1.1 of the identity pool: a target and a body in, an answer out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

from amplikit.identity.identity_pool import words
from amplikit.identity.identity_pool.operations import OPERATIONS
from amplikit.identity.identity_pool.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.identity.identity_pool.operations import Operation

__all__ = ["read_call"]

_PREFIX: Final = "AWSCognitoIdentityService."
_OPERATIONS: Final = {operation.name: operation for operation in OPERATIONS}
# Of the real service, and not here.
_ELSEWHERE: Final = frozenset(
    {
        *("CreateIdentityPool", "DeleteIdentityPool", "UpdateIdentityPool"),
        *("GetIdentityPoolRoles", "SetIdentityPoolRoles", "UnlinkIdentity"),
        *("GetOpenIdTokenForDeveloperIdentity", "LookupDeveloperIdentity"),
        *("MergeDeveloperIdentities", "UnlinkDeveloperIdentity"),
        *("GetPrincipalTagAttributeMap", "SetPrincipalTagAttributeMap"),
        *("TagResource", "UntagResource", "ListTagsForResource"),
    }
)


def read_call(
    target: str, body: bytes
) -> tuple[Operation, Mapping[str, object]] | Refusal:
    """Return the operation and its input; ``target`` is the ``X-Amz-Target`` header."""
    name = target.removeprefix(_PREFIX)
    operation = _OPERATIONS.get(name) if target.startswith(_PREFIX) else None
    if operation is None:
        known = target.startswith(_PREFIX) and name in _ELSEWHERE
        message = (
            f"amplikit does not have the operation '{name}'."
            if known
            else words.UNKNOWN_OPERATION_MESSAGE % name[:128]
        )
        return Refusal(words.UNKNOWN_OPERATION, message)
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Refusal(words.SERIALIZATION, words.NO_JSON)
    if not isinstance(given, dict):
        return Refusal(words.SERIALIZATION, words.NO_OBJECT)
    return operation, {key: value for key, value in given.items() if value is not None}
