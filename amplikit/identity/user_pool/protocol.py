"""AWS JSON 1.1 of the user pool: a target and a body in, an HTTP answer out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.operations import OPERATIONS
from amplikit.identity.user_pool.parameters import Parameters, check_parameters
from amplikit.identity.user_pool.refusal import Refusal, not_found

if TYPE_CHECKING:
    from amplikit.identity.user_pool.operation import Answer
    from amplikit.identity.user_pool.pool import PoolContext

__all__ = ["TARGET_PREFIX", "HttpAnswer", "handle"]

TARGET_PREFIX = "AWSCognitoIdentityProviderService."

_CONTENT_TYPE = "application/x-amz-json-1.1"
_OPERATIONS = {operation.name: operation for operation in OPERATIONS}

# Operations of the real service that are not here. Source: Cognito API reference.
_NOT_HERE = frozenset(
    {
        *("AddCustomAttributes", "AddUserPoolClientSecret", "AdminForgetDevice"),
        *("AdminDisableProviderForUser", "AdminGetDevice", "AdminLinkProviderForUser"),
        *("AdminListDevices", "AdminListUserAuthEvents", "AdminSetUserSettings"),
        *("AdminUpdateAuthEventFeedback", "AdminUpdateDeviceStatus"),
        *("CompleteWebAuthnRegistration", "ConfirmDevice", "CreateIdentityProvider"),
        *("CreateManagedLoginBranding", "CreateResourceServer", "CreateTerms"),
        *("CreateUserImportJob", "CreateUserPool", "CreateUserPoolDomain"),
        *("DeleteIdentityProvider", "DeleteManagedLoginBranding", "DeleteTerms"),
        *("DeleteResourceServer", "DeleteUserPool", "DeleteUserPoolClientSecret"),
        *("DeleteUserPoolDomain", "DeleteWebAuthnCredential"),
        *("DescribeIdentityProvider", "DescribeManagedLoginBranding"),
        *("DescribeManagedLoginBrandingByClient", "DescribeResourceServer"),
        *("DescribeRiskConfiguration", "DescribeTerms", "DescribeUserImportJob"),
        *("DescribeUserPoolDomain", "ForgetDevice", "GetCSVHeader", "GetDevice"),
        *("GetIdentityProviderByIdentifier", "GetLogDeliveryConfiguration"),
        *("GetSigningCertificate", "GetUICustomization", "GetUserAuthFactors"),
        *("ListDevices", "ListIdentityProviders", "ListResourceServers"),
        *("ListTagsForResource", "ListTerms", "ListUserImportJobs"),
        *("ListUserPoolClientSecrets", "ListWebAuthnCredentials"),
        *("SetLogDeliveryConfiguration", "SetRiskConfiguration"),
        *("SetUICustomization", "SetUserSettings", "StartUserImportJob"),
        *("StartWebAuthnRegistration", "StopUserImportJob", "TagResource"),
        *("UntagResource", "UpdateAuthEventFeedback", "UpdateDeviceStatus"),
        *("UpdateIdentityProvider", "UpdateManagedLoginBranding", "UpdateTerms"),
        *("AdminDeleteSoftwareToken", "AdminGetUserAuthFactors", "GetClientToken"),
        *("AdminListUserSessions", "AdminRevokeUserSession", "GetDerivedToken"),
        *("CreateUserPoolReplica", "DeleteUserPoolReplica", "DescribeTermsByClient"),
        *("GetProvisionedLimit", "GetUserPoolClientSessionConfiguration"),
        *("GetUserPoolSessionConfiguration", "ListUserPoolReplicas"),
        *("ListUserSessions", "RevokeUserSession", "UpdateProvisionedLimit"),
        *("SetUserPoolClientSessionConfiguration", "UpdateUserPoolReplica"),
        "SetUserPoolSessionConfiguration",
        *("UpdateResourceServer", "UpdateUserPool", "UpdateUserPoolDomain"),
    }
)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What goes back over HTTP; CORS headers are the server's to add."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)
    refused: str = ""
    """Why, in words for the operator."""


async def handle(target: str, body: bytes, context: PoolContext) -> HttpAnswer:
    """Answer one request; ``target`` is the ``X-Amz-Target`` header, ``""`` if absent.

    A refusal is HTTP 400, or what IAM says, with ``__type`` and ``message``.
    """
    request_id = context.pool.entropy.uuid()
    answer = await _answer(target, body, context)
    headers = (("content-type", _CONTENT_TYPE), ("x-amzn-requestid", request_id))
    if isinstance(answer, Refusal):
        content = {"__type": answer.type, "message": answer.message}
        error = ("x-amzn-errortype", answer.type)
        reason = answer.reason or answer.message
        return HttpAnswer(
            answer.status,
            (*headers, error),
            orjson.dumps(content),
            f"{answer.type}: {reason}",
        )
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
    refusal = (
        (context.authorize(operation.name) if operation.signed else None)
        or check_parameters(operation.parameters, values)
        or _other_pool(values, context)
    )
    return refusal or await operation.run(Parameters(values), context)


def _other_pool(values: dict[str, object], context: PoolContext) -> Refusal | None:
    asked = values.get("UserPoolId")
    if asked is None or asked == context.pool.facts.user_pool_id:
        return None
    return not_found(words.NO_POOL % asked)


def _unknown(name: str) -> Refusal:
    if name in _NOT_HERE:
        message = f"amplikit does not have the operation '{name}'."
        return Refusal("UnknownOperationException", message)
    return Refusal("UnknownOperationException", f"Unknown operation '{name[:128]}'.")
