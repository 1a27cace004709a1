"""``$ctx.identity``: what resolvers and functions are shown of a caller.

Source: AppSync developer guide, "Identity" in the context reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from amplikit.identity.caller import (
    ApiKeyCaller,
    IamCaller,
    LambdaCaller,
    OidcCaller,
    UserPoolCaller,
)

if TYPE_CHECKING:
    from amplikit.identity.caller import Caller

__all__ = ["shown_identity"]


def shown_identity(caller: Caller) -> dict[str, object] | None:
    """Return the identity as JSON; null for the holder of an API key."""
    match caller:
        case ApiKeyCaller():
            return None
        case UserPoolCaller():
            return {
                "claims": dict(caller.claims),
                "defaultAuthStrategy": caller.default_auth_strategy,
                "groups": list(caller.groups) or None,
                "issuer": caller.issuer,
                "sourceIp": list(caller.source_ip),
                "sub": caller.sub,
                "username": caller.username,
            }
        case IamCaller():
            return {
                "accountId": caller.account_id,
                "cognitoIdentityAuthProvider": caller.cognito_identity_auth_provider,
                "cognitoIdentityAuthType": caller.cognito_identity_auth_type,
                "cognitoIdentityId": caller.cognito_identity_id,
                "cognitoIdentityPoolId": caller.cognito_identity_pool_id,
                "sourceIp": list(caller.source_ip),
                "userArn": caller.user_arn,
                "username": caller.username,
            }
        case OidcCaller():
            return {
                "claims": dict(caller.claims),
                "issuer": caller.issuer,
                "sub": caller.sub,
            }
        case LambdaCaller():
            return {"resolverContext": dict(caller.resolver_context)}
        case _:
            assert_never(caller)
