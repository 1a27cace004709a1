"""Who may call the operations that need a signature: those whom IAM lets in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amplikit.emulator.dynamodb.words import (
    ACCESS_DENIED,
    DENIED_EXPLICITLY,
    NOT_AUTHORIZED,
)
from amplikit.identity import sigv4
from amplikit.identity.user_pool.pool import UNSIGNED
from amplikit.identity.user_pool.refusal import Refusal

if TYPE_CHECKING:
    from amplikit.emulator.http import Request
    from amplikit.emulator.service import Service

__all__ = ["authorize"]

_SERVICE: Final = "cognito-idp"
_OF_ALL_POOLS: Final = frozenset({"ListUserPools"})


def authorize(service: Service, request: Request, operation: str) -> Refusal | None:
    """Refuse a request that is not signed by a role that may call the operation."""
    if not request.headers.get("authorization", "").strip().startswith("AWS4-"):
        return UNSIGNED
    identity = service.runtime.identity
    verified = service.verify(request, _SERVICE)
    if isinstance(verified, sigv4.SignatureRefusal):
        reason = f"the signature is refused: {verified.reason}"
        return Refusal(verified.error_type, verified.message, 400, reason)
    role = verified.credential.principal.role
    action = f"{_SERVICE}:{operation}"
    resource = identity.pool.arn
    if operation in _OF_ALL_POOLS:
        resource = f"{resource.rpartition('/')[0]}/*"
    verdict = service.policies.verdict_on(role, action, resource)
    if verdict.allowed:
        return None
    caller = identity.credentials.caller(verified.credential, request.source_ip)
    if verdict.statement is not None:
        message = DENIED_EXPLICITLY % (caller.user_arn, action, resource)
        reason = f"a policy of role '{role}' denies {action}"
    else:
        message = NOT_AUTHORIZED % (caller.user_arn, action, resource, action)
        reason = f"no policy of role '{role}' allows {action} on {resource}"
    return Refusal(ACCESS_DENIED, message, 400, reason)
