"""The pool's app clients: made, changed, listed, removed.

Source: Cognito API reference, the operations by their names.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.blueprint.user_pool import Flow, UserPoolClient
from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.forms import NAME
from amplikit.identity.user_pool.operation import Answer, Operation
from amplikit.identity.user_pool.paging import MOST, page
from amplikit.identity.user_pool.parameters import CLIENT_ID, USER_POOL_ID, Parameter
from amplikit.identity.user_pool.refusal import (
    Refusal,
    invalid_parameter,
    not_found,
)
from amplikit.identity.user_pool.shown import seconds

if TYPE_CHECKING:
    from amplikit.identity.user_pool.clients import Client
    from amplikit.identity.user_pool.parameters import Parameters
    from amplikit.identity.user_pool.pool import PoolContext

__all__ = ["OPERATIONS"]

_HIDES, _TELLS = "ENABLED", "LEGACY"
_UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
_DAY_S = 86_400
# Member: its default unit, and the bounds in seconds.
_VALIDITIES = {
    "AccessToken": ("hours", 300, _DAY_S),
    "IdToken": ("hours", 300, _DAY_S),
    "RefreshToken": ("days", 3600, 3650 * _DAY_S),
}
# What is allowed to a client that names no flows. Source: Cognito API reference.
_DEFAULT_FLOWS = (Flow.SRP, Flow.CUSTOM, Flow.REFRESH)


async def _create(given: Parameters, context: PoolContext) -> Answer | Refusal:
    base = UserPoolClient(
        given.text("ClientName"),
        has_secret=given.flag("GenerateSecret"),
        flows=_DEFAULT_FLOWS,
        hides_users=False,
    )
    settings = _settings(given, base)
    if isinstance(settings, Refusal):
        return settings
    return _shown(context.pool.clients.create(settings, context.now), context)


async def _update(given: Parameters, context: PoolContext) -> Answer | Refusal:
    clients, client_id = context.pool.clients, given.text("ClientId")
    client = clients.get(client_id)
    if client is None:
        return not_found(words.NO_CLIENT % client_id)
    # What a call leaves out gets its default again, as on AWS.
    base = UserPoolClient(
        given.text("ClientName") or client.settings.name,
        has_secret=client.settings.has_secret,
        flows=_DEFAULT_FLOWS,
        hides_users=False,
    )
    settings = _settings(given, base)
    if isinstance(settings, Refusal):
        return settings
    clients.change(client_id, settings, context.now)
    return _shown(clients.get(client_id), context)


async def _describe(given: Parameters, context: PoolContext) -> Answer | Refusal:
    client_id = given.text("ClientId")
    client = context.pool.clients.get(client_id)
    return _shown(client, context) if client else not_found(words.NO_CLIENT % client_id)


async def _delete(given: Parameters, context: PoolContext) -> Answer | Refusal:
    client_id = given.text("ClientId")
    if context.pool.clients.delete(client_id):
        return {}
    return not_found(words.NO_CLIENT % client_id)


async def _list(given: Parameters, context: PoolContext) -> Answer | Refusal:
    found = page(
        context.pool,
        given,
        context.pool.clients.all(),
        lambda client: client.id,
        of="clients",
        limit_name="MaxResults",
    )
    if isinstance(found, Refusal):
        return found
    listed, more = found
    pool_id = context.pool.facts.user_pool_id
    shown = [
        {
            "ClientId": client.id,
            "UserPoolId": pool_id,
            "ClientName": client.settings.name,
        }
        for client in listed
    ]
    return {"UserPoolClients": shown, **more}


def _settings(given: Parameters, base: UserPoolClient) -> UserPoolClient | Refusal:
    lifetimes = {}
    units = given.structure("TokenValidityUnits")
    defaults = (base.access_token_s, base.id_token_s, base.refresh_token_s)
    for (name, (unit, low, high)), default in zip(
        _VALIDITIES.items(), defaults, strict=True
    ):
        number = given.integer(f"{name}Validity")
        length = default if not number else number * _UNITS[units.text(name) or unit]
        if not low <= length <= high:
            return invalid_parameter(words.TOKEN_VALIDITY % name)
        lifetimes[name] = length
    flows = given.items("ExplicitAuthFlows")
    rotation = given.structure("RefreshTokenRotation")
    return replace(
        base,
        flows=tuple(map(Flow, flows)) if flows else base.flows,
        access_token_s=lifetimes["AccessToken"],
        id_token_s=lifetimes["IdToken"],
        refresh_token_s=lifetimes["RefreshToken"],
        session_minutes=given.integer("AuthSessionValidity") or base.session_minutes,
        hides_users=given.text("PreventUserExistenceErrors") == _HIDES
        if given.has("PreventUserExistenceErrors")
        else base.hides_users,
        revokes_tokens=given.flag("EnableTokenRevocation", default=True),
        rotates_tokens=rotation.text("Feature") == "ENABLED",
        read_attributes=given.items("ReadAttributes") or None,
        write_attributes=given.items("WriteAttributes") or None,
        oauth_flows=given.items("AllowedOAuthFlows"),
        scopes=given.items("AllowedOAuthScopes"),
        callback_urls=given.items("CallbackURLs"),
        logout_urls=given.items("LogoutURLs"),
    )


def _shown(client: Client | None, context: PoolContext) -> Answer | Refusal:
    if client is None:
        return not_found(words.NO_CLIENT % "")
    settings = client.settings
    shown: dict[str, object] = {
        "UserPoolId": context.pool.facts.user_pool_id,
        "ClientName": settings.name,
        "ClientId": client.id,
        "ClientSecret": client.secret,
        "LastModifiedDate": seconds(client.modified_at),
        "CreationDate": seconds(client.created_at),
        "RefreshTokenValidity": settings.refresh_token_s,
        "AccessTokenValidity": settings.access_token_s,
        "IdTokenValidity": settings.id_token_s,
        "TokenValidityUnits": dict.fromkeys(_VALIDITIES, "seconds"),
        "ReadAttributes": settings.read_attributes,
        "WriteAttributes": settings.write_attributes,
        "ExplicitAuthFlows": [flow.value for flow in settings.flows],
        "CallbackURLs": settings.callback_urls or None,
        "LogoutURLs": settings.logout_urls or None,
        "AllowedOAuthFlows": settings.oauth_flows or None,
        "AllowedOAuthScopes": settings.scopes or None,
        "AllowedOAuthFlowsUserPoolClient": bool(settings.oauth_flows),
        "PreventUserExistenceErrors": _HIDES if settings.hides_users else _TELLS,
        "EnableTokenRevocation": settings.revokes_tokens,
        "AuthSessionValidity": settings.session_minutes,
    }
    if settings.rotates_tokens:
        shown["RefreshTokenRotation"] = {
            "Feature": "ENABLED",
            "RetryGracePeriodSeconds": 0,
        }
    return {
        "UserPoolClient": {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in shown.items()
            if value is not None
        }
    }


def _validity(name: str) -> Parameter:
    return Parameter(name, kind="integer", least=0, most=315_360_000)


_CLIENT_NAME = Parameter("ClientName", longest=128, form=NAME)
_NAMED = replace(_CLIENT_NAME, required=True)
_SETTINGS = (
    _validity("RefreshTokenValidity"),
    _validity("AccessTokenValidity"),
    _validity("IdTokenValidity"),
    Parameter(
        "TokenValidityUnits",
        kind="structure",
        members=tuple(Parameter(name, one_of=tuple(_UNITS)) for name in _VALIDITIES),
    ),
    Parameter("ReadAttributes", kind="list", longest=2048),
    Parameter("WriteAttributes", kind="list", longest=2048),
    Parameter("ExplicitAuthFlows", kind="list", one_of=tuple(Flow)),
    Parameter("CallbackURLs", kind="list", longest=1024),
    Parameter("LogoutURLs", kind="list", longest=1024),
    Parameter(
        "AllowedOAuthFlows",
        kind="list",
        one_of=("code", "implicit", "client_credentials"),
    ),
    Parameter("AllowedOAuthScopes", kind="list", longest=256),
    Parameter("AllowedOAuthFlowsUserPoolClient", kind="flag"),
    Parameter("PreventUserExistenceErrors", one_of=(_TELLS, _HIDES)),
    Parameter("EnableTokenRevocation", kind="flag"),
    Parameter("AuthSessionValidity", kind="integer", least=3, most=15),
    Parameter(
        "RefreshTokenRotation",
        kind="structure",
        members=(Parameter("Feature", required=True, one_of=("ENABLED", "DISABLED")),),
    ),
)
_CLIENT = (USER_POOL_ID, CLIENT_ID)

OPERATIONS = (
    Operation(
        "CreateUserPoolClient",
        (
            USER_POOL_ID,
            _NAMED,
            Parameter("GenerateSecret", kind="flag"),
            *_SETTINGS,
        ),
        _create,
        signed=True,
    ),
    Operation(
        "UpdateUserPoolClient",
        (*_CLIENT, _CLIENT_NAME, *_SETTINGS),
        _update,
        signed=True,
    ),
    Operation("DescribeUserPoolClient", _CLIENT, _describe, signed=True),
    Operation("DeleteUserPoolClient", _CLIENT, _delete, signed=True),
    Operation(
        "ListUserPoolClients",
        (
            USER_POOL_ID,
            Parameter("MaxResults", kind="integer", least=1, most=MOST),
            Parameter("NextToken", longest=131_072),
        ),
        _list,
        signed=True,
    ),
)
