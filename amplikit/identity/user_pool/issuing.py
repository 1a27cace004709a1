"""The tokens of a sign-in or a refresh, as PreTokenGeneration wants them.

Source: Cognito developer guide, "Pre token generation Lambda trigger".
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from amplikit.blueprint.config import Trigger
from amplikit.blueprint.user_pool import TokenEvent
from amplikit.identity.tokens import DEFAULT_SCOPE, TokenRequest, issue_tokens
from amplikit.identity.user_pool.claim_edits import Customised, customised
from amplikit.identity.user_pool.groups import preferred_role
from amplikit.identity.user_pool.refresh_tokens import SignIn
from amplikit.identity.user_pool.refusal import Refusal
from amplikit.identity.user_pool.triggers import (
    Event,
    ask_function,
    metadata_member,
    user_attributes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.identity.user_pool.clients import Client
    from amplikit.identity.user_pool.operation import Answer
    from amplikit.identity.user_pool.pool import PoolContext
    from amplikit.identity.user_pool.users import User

__all__ = ["Grant", "Tokens", "grant_tokens", "token_result"]


@dataclass(frozen=True, slots=True)
class Grant:
    """For whom tokens are made: a new sign-in, or one that is refreshed."""

    user: User
    client: Client
    source: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    sign_in: SignIn | None = None
    scope: str = DEFAULT_SCOPE
    id_claims: Mapping[str, object] = field(default_factory=dict)
    new_refresh_token: bool = True


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a grant yields; lifetimes are in seconds."""

    access_token: str = field(repr=False)
    id_token: str = field(repr=False)
    expires_in: int
    refresh_token: str | None = field(repr=False, default=None)


async def grant_tokens(context: PoolContext, grant: Grant) -> Tokens | Refusal:
    """Return the tokens; ends with Cognito's refusal when the function fails."""
    pool, settings = context.pool, grant.client.settings
    groups = pool.groups.of(grant.user.username)
    roles = tuple(dict.fromkeys(each.role_arn for each in groups if each.role_arn))
    readable = settings.read_attributes
    request = TokenRequest(
        user=grant.user,
        issuer=context.issuer,
        client_id=grant.client.id,
        now=context.now,
        lifetime=timedelta(seconds=settings.access_token_s),
        id_lifetime=timedelta(seconds=settings.id_token_s),
        auth_time=grant.sign_in.auth_time if grant.sign_in else None,
        origin_jti=grant.sign_in.origin_jti if grant.sign_in else None,
        scope=grant.scope,
        roles=roles,
        preferred_role=preferred_role(groups),
        readable=None if readable is None else frozenset(readable),
        id_claims=grant.id_claims,
    )
    edits = await _customise(context, grant, request)
    if isinstance(edits, Refusal):
        return edits
    if edits:
        request = replace(
            request,
            groups=edits.groups,
            roles=request.roles if edits.roles is None else edits.roles,
            preferred_role=request.preferred_role
            if edits.roles is None
            else edits.preferred_role,
            scope=edits.scope(request.scope),
            id_edits=edits.id_edits,
            access_edits=edits.access_edits,
        )
    pair = issue_tokens(request, pool.signing_keys, pool.entropy)
    refresh_token = None
    if grant.new_refresh_token:
        sign_in = grant.sign_in or SignIn(
            grant.user.username,
            grant.client.id,
            pair.origin_jti,
            context.now,
            grant.scope,
        )
        lifetime = timedelta(seconds=settings.refresh_token_s)
        refresh_token = pool.refresh_tokens.issue(sign_in, context.now, lifetime)
    return Tokens(
        pair.access_token, pair.id_token, settings.access_token_s, refresh_token
    )


def token_result(tokens: Tokens) -> Answer:
    """Return the answer that ends a sign-in."""
    result: dict[str, object] = {
        "AccessToken": tokens.access_token,
        "ExpiresIn": tokens.expires_in,
        "IdToken": tokens.id_token,
        "TokenType": "Bearer",
    }
    if tokens.refresh_token is not None:
        result["RefreshToken"] = tokens.refresh_token
    return {"AuthenticationResult": result, "ChallengeParameters": {}}


async def _customise(
    context: PoolContext, grant: Grant, request: TokenRequest
) -> Customised | Refusal | None:
    version = context.pool.settings.get().token_event
    is_second = version is TokenEvent.V2
    scopes: dict[str, object] = {"scopes": request.scope.split()} if is_second else {}
    response = await ask_function(
        context,
        Event(
            Trigger.PRE_TOKEN_GENERATION,
            grant.source,
            grant.user.username,
            grant.client.id,
            {
                "userAttributes": user_attributes(grant.user),
                "groupConfiguration": {
                    "groupsToOverride": list(grant.user.groups),
                    "iamRolesToOverride": list(request.roles),
                    "preferredRole": request.preferred_role,
                },
                **scopes,
                **metadata_member(grant.metadata),
            },
            {
                "claimsAndScopeOverrideDetails"
                if is_second
                else "claimsOverrideDetails": None
            },
            version="2" if is_second else "1",
        ),
    )
    if response is None or isinstance(response, Refusal):
        return response
    return customised(response, version)
