"""What clients of an identity pool call.

Source: Cognito identity API reference; developer guide, "Identity pools (federated
identities) authentication flow".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from amplikit.identity.identity_pool.refusals import (
    CONFLICT,
    GUESTS_REFUSED,
    LOGINS_DO_NOT_MATCH,
    NOT_CLASSIC,
    UNUSABLE_ROLE,
    Refusal,
    not_found,
    validation,
)
from amplikit.identity.identity_pool.roles import user_role

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from amplikit.identity.identity_pool.identities import Identity
    from amplikit.identity.identity_pool.pool import PoolCall, VerifiedLogin

__all__ = ["OPERATIONS", "Answer", "Operation", "identity_arn"]

Answer = dict[str, object]
_LIFETIME: Final = timedelta(hours=1)
_ID: Final = re.compile(r"[\w-]+:[0-9a-f-]+", re.ASCII)
_ID_PATTERN: Final = (
    r"Member must satisfy regular expression pattern: [\w-]+:[0-9a-f-]+"
)
_MAX_ID: Final = 55
_MAX_LOGINS: Final = 10
_ROLE_ARN: Final = re.compile(r"arn:aws:iam::([0-9]{12}):role/(.+)")


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation; ``signed`` ones ask IAM, the others are open to everybody."""

    name: str
    run: Callable[[Mapping[str, object], PoolCall], Awaitable[Answer | Refusal]]
    signed: bool = False


def identity_arn(facts_region: str, account_id: str, pool_id: str) -> str:
    """Return the ARN of a pool, which policies name."""
    return (
        f"arn:aws:cognito-identity:{facts_region}:{account_id}:identitypool/{pool_id}"
    )


async def _get_id(given: Mapping[str, object], call: PoolCall) -> Answer | Refusal:
    refusal = _check_pool(given, call)
    if refusal:
        return refusal
    logins = await _logins(given, call)
    if isinstance(logins, Refusal):
        return logins
    if not logins:
        if not call.settings.guests:
            return GUESTS_REFUSED
        return {"IdentityId": call.credentials.identities.guest(call.now).identity_id}
    found = call.credentials.identities.of((one.login for one in logins), call.now)
    return CONFLICT if found is None else {"IdentityId": found.identity_id}


async def _get_credentials(
    given: Mapping[str, object], call: PoolCall
) -> Answer | Refusal:
    custom_role = given.get("CustomRoleArn")
    if custom_role is not None and not isinstance(custom_role, str):
        return validation("customRoleArn", "Member must be a String")
    found = await _identity(given, call)
    if isinstance(found, Refusal):
        return found
    identity, logins = found
    chosen: str | Refusal = call.roles.unauthenticated
    if logins:
        own = call.facts.user_pool_provider
        provider = f"{own}:{call.facts.user_pool_client_id}"
        claims = [one.claims for one in logins if one.claims is not None]
        chosen = user_role(call.roles, next(iter(claims), None), custom_role, provider)
    if isinstance(chosen, Refusal):
        return chosen
    role = _local_role(chosen, call)
    if role is None:
        return UNUSABLE_ROLE
    credential = call.credentials.for_identity(
        role,
        identity.identity_id,
        tuple(one.login for one in logins),
        call.now,
        _LIFETIME,
    )
    expiration = credential.expires_at
    return {
        "IdentityId": identity.identity_id,
        "Credentials": {
            "AccessKeyId": credential.access_key_id,
            "SecretKey": credential.secret_key,
            "SessionToken": credential.session_token,
            "Expiration": expiration.timestamp() if expiration else None,
        },
    }


async def _get_open_id_token(
    given: Mapping[str, object], call: PoolCall
) -> Answer | Refusal:
    if not call.settings.classic_flow:
        return NOT_CLASSIC
    found = await _identity(given, call)
    if isinstance(found, Refusal):
        return found
    identity, _ = found
    return {
        "IdentityId": identity.identity_id,
        "Token": call.open_id_tokens.issue(identity, call.now),
    }


async def _describe_identity(
    given: Mapping[str, object], call: PoolCall
) -> Answer | Refusal:
    identity = _known_identity(given, call)
    if isinstance(identity, Refusal):
        return identity
    return _described(identity)


async def _list_identity_pools(
    given: Mapping[str, object], call: PoolCall
) -> Answer | Refusal:
    if "MaxResults" not in given:
        return validation("maxResults", "Member must not be null")
    pool = {"IdentityPoolId": call.facts.identity_pool_id, "IdentityPoolName": "local"}
    return {"IdentityPools": [pool]}


async def _describe_identity_pool(
    given: Mapping[str, object], call: PoolCall
) -> Answer | Refusal:
    refusal = _check_pool(given, call)
    if refusal:
        return refusal
    facts = call.facts
    return {
        "IdentityPoolId": facts.identity_pool_id,
        "IdentityPoolName": "local",
        "AllowUnauthenticatedIdentities": call.settings.guests,
        "AllowClassicFlow": call.settings.classic_flow,
        "CognitoIdentityProviders": [
            {
                "ProviderName": facts.user_pool_provider,
                "ClientId": facts.user_pool_client_id,
                "ServerSideTokenCheck": False,
            }
        ],
    }


async def _list_identities(
    given: Mapping[str, object], call: PoolCall
) -> Answer | Refusal:
    refusal = _check_pool(given, call)
    if refusal:
        return refusal
    limit = given.get("MaxResults")
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= 60:  # noqa: PLR2004  the model's bounds
        return validation("maxResults", "Member must have value from 1 to 60")
    identities = call.credentials.identities.all()
    start = given.get("NextToken")
    if isinstance(start, str):
        ids = [each.identity_id for each in identities]
        identities = identities[ids.index(start) + 1 :] if start in ids else []
    page = identities[:limit]
    answer: Answer = {
        "IdentityPoolId": call.facts.identity_pool_id,
        "Identities": [_described(each) for each in page],
    }
    if len(identities) > limit:
        answer["NextToken"] = page[-1].identity_id
    return answer


async def _delete_identities(
    given: Mapping[str, object], call: PoolCall
) -> Answer | Refusal:
    ids = given.get("IdentityIdsToDelete")
    if not isinstance(ids, list) or not 1 <= len(ids) <= 60:  # noqa: PLR2004  the model's bounds
        return validation("identityIdsToDelete", "Member must have 1 to 60 elements")
    for each in ids:
        if isinstance(each, str):
            call.credentials.identities.delete(each)
    return {"UnprocessedIdentityIds": []}


OPERATIONS: Final = (
    Operation("GetId", _get_id),
    Operation("GetCredentialsForIdentity", _get_credentials),
    Operation("GetOpenIdToken", _get_open_id_token),
    Operation("DescribeIdentity", _describe_identity, signed=True),
    Operation("ListIdentityPools", _list_identity_pools, signed=True),
    Operation("DescribeIdentityPool", _describe_identity_pool, signed=True),
    Operation("ListIdentities", _list_identities, signed=True),
    Operation("DeleteIdentities", _delete_identities, signed=True),
)


async def _identity(
    given: Mapping[str, object], call: PoolCall
) -> tuple[Identity, tuple[VerifiedLogin, ...]] | Refusal:
    """Return the identity that is asked for, when the logins lead to it.

    A guest becomes the user whose login comes along with its id.
    """
    identity = _known_identity(given, call)
    if isinstance(identity, Refusal):
        return identity
    logins = await _logins(given, call)
    if isinstance(logins, Refusal):
        return logins
    if not logins:
        if identity.logins:
            return LOGINS_DO_NOT_MATCH
        return (identity, ()) if call.settings.guests else GUESTS_REFUSED
    given_logins = [one.login for one in logins]
    if identity.logins and not set(identity.logins).intersection(given_logins):
        return LOGINS_DO_NOT_MATCH
    identities = call.credentials.identities
    become = identities.link if identity.logins else identities.signed_in
    linked = become(identity.identity_id, given_logins, call.now)
    return LOGINS_DO_NOT_MATCH if linked is None else (linked, logins)


async def _logins(
    given: Mapping[str, object], call: PoolCall
) -> tuple[VerifiedLogin, ...] | Refusal:
    logins = given.get("Logins")
    if logins is None:
        return ()
    if not isinstance(logins, dict) or not all(
        isinstance(token, str) for token in logins.values()
    ):
        return validation("logins", "Member must be a map of Strings")
    if len(logins) > _MAX_LOGINS:
        return validation("logins", "Member must have length less than or equal to 10")
    verified: list[VerifiedLogin] = []
    for provider, token in logins.items():
        found = await call.verify_login(provider, str(token))
        if isinstance(found, Refusal):
            return found
        verified.append(found)
    return tuple(verified)


def _check_pool(given: Mapping[str, object], call: PoolCall) -> Refusal | None:
    pool_id = given.get("IdentityPoolId")
    if not isinstance(pool_id, str):
        return validation("identityPoolId", "Member must not be null")
    if len(pool_id) > _MAX_ID or not _ID.fullmatch(pool_id):
        return validation("identityPoolId", _ID_PATTERN)
    if pool_id != call.facts.identity_pool_id:
        return not_found("IdentityPool", pool_id)
    return None


def _known_identity(given: Mapping[str, object], call: PoolCall) -> Identity | Refusal:
    identity_id = given.get("IdentityId")
    if not isinstance(identity_id, str):
        return validation("identityId", "Member must not be null")
    if len(identity_id) > _MAX_ID or not _ID.fullmatch(identity_id):
        return validation("identityId", _ID_PATTERN)
    found = call.credentials.identities.get(identity_id)
    return not_found("Identity", identity_id) if found is None else found


def _described(identity: Identity) -> Answer:
    return {
        "IdentityId": identity.identity_id,
        "Logins": [login.provider for login in identity.logins],
        "CreationDate": identity.created_at.timestamp(),
        "LastModifiedDate": identity.modified_at.timestamp(),
    }


def _local_role(chosen: str, call: PoolCall) -> str | None:
    """Return the name of a role of this account that trusts the pool."""
    arn = _ROLE_ARN.fullmatch(chosen)
    if arn and arn[1] != call.facts.account_id:
        return None
    name = arn[2] if arn else chosen
    return name if call.trusts(name) else None
