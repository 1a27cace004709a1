"""The pool, described; and whether it asks for a second factor.

Source: Cognito API reference, DescribeUserPool, ListUserPools, GetUserPoolMfaConfig,
SetUserPoolMfaConfig.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.blueprint.user_pool import Factor, Mfa
from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.operation import Answer, Operation
from amplikit.identity.user_pool.parameters import USER_POOL_ID, Parameter
from amplikit.identity.user_pool.refusal import Refusal, invalid_parameter
from amplikit.identity.user_pool.shown import seconds

if TYPE_CHECKING:
    from amplikit.identity.user_pool.parameters import Parameters
    from amplikit.identity.user_pool.pool import PoolContext, UserPool

__all__ = ["OPERATIONS"]

_NAME = "amplikit"


async def _describe(
    given: Parameters,  # noqa: ARG001  there is one pool
    context: PoolContext,
) -> Answer | Refusal:
    pool, settings = context.pool, context.pool.settings.get()
    policy = settings.password_policy
    required = dict.fromkeys(settings.required_attributes, True)
    described: dict[str, object] = {
        **_summary(pool),
        "Arn": pool.arn,
        "Policies": {
            "PasswordPolicy": {
                "MinimumLength": policy.minimum_length,
                "RequireUppercase": policy.require_uppercase,
                "RequireLowercase": policy.require_lowercase,
                "RequireNumbers": policy.require_numbers,
                "RequireSymbols": policy.require_symbols,
                "TemporaryPasswordValidityDays": policy.temporary_days,
            }
        },
        "AutoVerifiedAttributes": [name.value for name in settings.verified_by],
        "MfaConfiguration": settings.mfa.value,
        "EstimatedNumberOfUsers": len(pool.users.all()),
        "SchemaAttributes": [
            {"Name": name, "AttributeDataType": "String", "Required": name in required}
            for name in ("sub", *settings.required_attributes)
        ]
        + [
            {"Name": f"custom:{name}", "AttributeDataType": "String", "Required": False}
            for name in settings.custom_attributes or ()
        ],
        "AdminCreateUserConfig": {
            "AllowAdminCreateUserOnly": not settings.self_sign_up,
            "UnusedAccountValidityDays": policy.temporary_days,
        },
        "UsernameConfiguration": {"CaseSensitive": True},
        "AccountRecoverySetting": {
            "RecoveryMechanisms": [
                {"Priority": 1, "Name": "verified_email"},
                {"Priority": 2, "Name": "verified_phone_number"},
            ]
        },
    }
    if settings.username_attributes:
        names = [name.value for name in settings.username_attributes]
        described["UsernameAttributes"] = names
    else:
        described["AliasAttributes"] = ["email", "phone_number"]
    return {"UserPool": described}


async def _list(
    given: Parameters,  # noqa: ARG001  there is one pool
    context: PoolContext,
) -> Answer | Refusal:
    return {"UserPools": [_summary(context.pool)]}


def _summary(pool: UserPool) -> dict[str, object]:
    clients = pool.clients.all()
    return {
        "Id": pool.facts.user_pool_id,
        "Name": _NAME,
        "LambdaConfig": {},
        "LastModifiedDate": max(seconds(client.modified_at) for client in clients),
        "CreationDate": min(seconds(client.created_at) for client in clients),
    }


async def _get_mfa(
    given: Parameters,  # noqa: ARG001  there is one pool
    context: PoolContext,
) -> Answer | Refusal:
    settings = context.pool.settings.get()
    answer: Answer = {
        "SoftwareTokenMfaConfiguration": {"Enabled": Factor.TOTP in settings.factors},
        "MfaConfiguration": settings.mfa.value,
    }
    if Factor.SMS in settings.factors:
        answer["SmsMfaConfiguration"] = {"SmsAuthenticationMessage": _SMS_MESSAGE}
    return answer


async def _set_mfa(given: Parameters, context: PoolContext) -> Answer | Refusal:
    pool = context.pool
    for member in _NOT_HERE:
        if given.has(member):
            return invalid_parameter(f"amplikit does not have {member}.")
    settings = pool.settings.get()
    mfa = Mfa(given.text("MfaConfiguration") or settings.mfa.value)
    factors = []
    if given.has("SmsMfaConfiguration"):
        factors.append(Factor.SMS)
    if given.structure("SoftwareTokenMfaConfiguration").flag("Enabled"):
        factors.append(Factor.TOTP)
    if mfa is not Mfa.OFF and not factors:
        return invalid_parameter(words.MFA_WITHOUT_FACTOR)
    pool.settings.save(replace(settings, mfa=mfa, factors=tuple(factors)))
    return await _get_mfa(given, context)


_NOT_HERE = ("EmailMfaConfiguration", "WebAuthnConfiguration")
_SMS_MESSAGE = words.SMS_SIGN_IN_BODY % "{####}"

OPERATIONS = (
    Operation("DescribeUserPool", (USER_POOL_ID,), _describe, signed=True),
    Operation(
        "ListUserPools",
        (
            Parameter("MaxResults", kind="integer", required=True, least=1, most=60),
            Parameter("NextToken", longest=131_072),
        ),
        _list,
        signed=True,
    ),
    Operation("GetUserPoolMfaConfig", (USER_POOL_ID,), _get_mfa, signed=True),
    Operation(
        "SetUserPoolMfaConfig",
        (
            USER_POOL_ID,
            Parameter("MfaConfiguration", one_of=tuple(Mfa)),
            Parameter("SmsMfaConfiguration", kind="structure"),
            *(Parameter(member, kind="structure") for member in _NOT_HERE),
            Parameter(
                "SoftwareTokenMfaConfiguration",
                kind="structure",
                members=(Parameter("Enabled", kind="flag"),),
            ),
        ),
        _set_mfa,
        signed=True,
    ),
)
