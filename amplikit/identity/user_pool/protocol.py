"""AWS JSON 1.1 of the user pool: a target and a body in, an HTTP answer out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from amplikit.identity.user_pool import OPERATIONS
from amplikit.identity.user_pool.parameters import Parameters, check_parameters
from amplikit.identity.user_pool.refusal import Refusal

if TYPE_CHECKING:
    from amplikit.identity.user_pool.operation import Answer
    from amplikit.identity.user_pool.pool import PoolContext

__all__ = ["TARGET_PREFIX", "HttpAnswer", "handle"]

TARGET_PREFIX = "AWSCognitoIdentityProviderService."

_CONTENT_TYPE = "application/x-amz-json-1.1"
_OPERATIONS = {operation.name: operation for operation in OPERATIONS}

# Operations of the real service that clients of a user pool call.
_KNOWN_ELSEWHERE = frozenset(
    {
        "AssociateSoftwareToken",
        "ChangePassword",
        "ConfirmDevice",
        "ConfirmForgotPassword",
        "CreateGroup",
        "DeleteGroup",
        "DeleteUser",
        "DeleteUserAttributes",
        "DescribeUserPool",
        "DescribeUserPoolClient",
        "ForgetDevice",
        "ForgotPassword",
        "GetDevice",
        "GetGroup",
        "GetTokensFromRefreshToken",
        "GetUser",
        "GetUserAttributeVerificationCode",
        "GlobalSignOut",
        "ListDevices",
        "ListGroups",
        "ListUserPoolClients",
        "ListUserPools",
        "ListUsers",
        "ListUsersInGroup",
        "RespondToAuthChallenge",
        "RevokeToken",
        "SetUserMFAPreference",
        "UpdateGroup",
        "UpdateUserAttributes",
        "VerifySoftwareToken",
        "VerifyUserAttribute",
    }
)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What goes back over HTTP; CORS headers are the server's to add."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)


async def handle(target: str, body: bytes, context: PoolContext) -> HttpAnswer:
    """Answer one request; ``target`` is the ``X-Amz-Target`` header, ``""`` if absent.

    Every refusal is HTTP 400 with ``__type`` and ``message``.
    """
    request_id = context.pool.entropy.uuid()
    answer = await _answer(target, body, context)
    headers = (("content-type", _CONTENT_TYPE), ("x-amzn-requestid", request_id))
    if isinstance(answer, Refusal):
        content = {"__type": answer.type, "message": answer.message}
        error = ("x-amzn-errortype", answer.type)
        return HttpAnswer(400, (*headers, error), orjson.dumps(content))
    return HttpAnswer(200, headers, orjson.dumps(answer))


async def _answer(target: str, body: bytes, context: PoolContext) -> Answer | Refusal:
    name = target.removeprefix(TARGET_PREFIX)
    operation = _OPERATIONS.get(name) if target.startswith(TARGET_PREFIX) else None
    if operation is None:
        return _unknown(name)
    try:
        values = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Refusal("SerializationException", "The body is not JSON.")
    if not isinstance(values, dict):
        return Refusal("SerializationException", "Start of structure or map expected.")
    refusal = check_parameters(operation.parameters, values)
    return refusal or await operation.run(Parameters(values), context)


def _unknown(name: str) -> Refusal:
    if name in _KNOWN_ELSEWHERE or name.startswith("Admin"):
        message = f"amplikit does not have the operation '{name}' yet."
        return Refusal("UnknownOperationException", message)
    return Refusal("UnknownOperationException", f"Unknown operation '{name[:128]}'.")
