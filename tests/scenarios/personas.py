"""The callers that scenarios name: verified, as the authorization modes return them."""

from __future__ import annotations

from amplikit.identity.caller import ApiKeyCaller, Caller, IamCaller, UserPoolCaller

__all__ = ["persona"]

_ACCOUNT = "123456789012"
_ISSUER = "http://127.0.0.1/cognito-idp/us-east-1_scenario0"
_SUBS = {"alice": "a-1", "bob": "b-1", "admin": "c-1", "carol": "d-1"}


def persona(name: str, groups: str = "", claims: str = "") -> Caller:
    """Return a caller by the name that a scenario gives.

    ``groups`` are a user's, separated by commas; ``claims`` more of them, as
    ``name:value``.
    """
    if name == "key":
        return ApiKeyCaller("scenario")
    if name in {"guest", "signedin_iam"}:
        return _pool_role(name)
    if name.startswith("fn"):
        return _role("report-fn-role", "reportFn")
    return _user(name, tuple(filter(None, groups.split(","))), claims)


def _user(name: str, groups: tuple[str, ...], claims: str) -> UserPoolCaller:
    sub = _SUBS.get(name, f"{name}-1")
    groups = groups or (("Admin",) if name == "admin" else ())
    all_claims: dict[str, object] = {"sub": sub, "username": name, "iss": _ISSUER}
    if groups:
        all_claims["cognito:groups"] = list(groups)
    for claim in filter(None, claims.split(",")):
        key, _, value = claim.partition(":")
        all_claims[key] = value
    return UserPoolCaller(sub, name, _ISSUER, all_claims, groups)


def _role(role: str, session: str) -> IamCaller:
    return IamCaller(
        role=role,
        user_arn=f"arn:aws:sts::{_ACCOUNT}:assumed-role/{role}/{session}",
        account_id=_ACCOUNT,
        access_key_id="ASIALOCALSCENARIO000",
        username=f"AROALOCAL:{session}",
    )


def _pool_role(name: str) -> IamCaller:
    signed_in = name == "signedin_iam"
    role = f"scenario-{'auth' if signed_in else 'unauth'}Role"
    session = "CognitoIdentityCredentials"
    return IamCaller(
        role=role,
        user_arn=f"arn:aws:sts::{_ACCOUNT}:assumed-role/{role}/{session}",
        account_id=_ACCOUNT,
        access_key_id="ASIALOCALSCENARIO001",
        username=f"AROALOCAL:{session}",
        cognito_identity_pool_id="us-east-1:00000000-0000-0000-0000-000000000000",
        cognito_identity_id="us-east-1:11111111-1111-1111-1111-111111111111",
        cognito_identity_auth_type="authenticated" if signed_in else "unauthenticated",
        cognito_identity_auth_provider="provider" if signed_in else None,
    )
