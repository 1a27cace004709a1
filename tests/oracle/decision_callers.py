"""Everybody who may call: our value, and the ``$ctx.identity`` that AppSync shows."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amplikit.blueprint.modes import AuthMode
from amplikit.identity.caller import ApiKeyCaller, Caller, IamCaller, UserPoolCaller

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.blueprint.api import Api, AuthRule

__all__ = ["Holder", "Persona", "claims_named", "groups_named", "personas", "rules_of"]

ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool"
POOL = "us-east-1:oracle-identity-pool"
ASSUMED = "arn:aws:sts::123456789012:assumed-role"
SIGNED_IN = f"{ASSUMED}/oracleAuthRole/CognitoIdentityCredentials"
PLAIN_ROLE = "a function's role"
GUEST = f"{ASSUMED}/oracleUnauthRole/CognitoIdentityCredentials"


@dataclass(frozen=True)
class Holder:
    """Who comes in a mode that the emulator has no identification for."""

    mode: AuthMode
    claims: Mapping[str, object]
    label: str
    iam: None = field(default=None)


@dataclass(frozen=True)
class Persona:
    """A caller, with what ``$util.authType()`` and ``$ctx.identity`` say of it."""

    label: str
    caller: Caller | Holder
    auth_type: str
    identity: dict[str, object] | None


def rules_of(api: Api) -> list[AuthRule]:
    """Return every rule of a schema."""
    rules = []
    for model in api.models:
        rules += model.rules or ()
        for one in model.fields:
            rules += one.rules or ()
    return rules


def groups_named(api: Api) -> list[str]:
    """Return the static groups that the rules name."""
    return sorted({name for rule in rules_of(api) for name in rule.groups})


def claims_named(api: Api) -> tuple[list[str], list[str]]:
    """Return the claims that hold identities, and those that hold groups."""
    identities = {
        part
        for rule in rules_of(api)
        for part in (rule.identity_claim or "").split("::")
        if part not in {"", "sub", "username", "cognito:username"}
    }
    groups = {
        rule.group_claim
        for rule in rules_of(api)
        if rule.groups or rule.groups_field is not None
    }
    return sorted(identities), sorted(groups)


def personas(api: Api) -> list[Persona]:
    """Return the callers of the modes that are switched on."""
    users = _users(api)
    strangers = [_of_provider(one) for one in users]
    everybody = [*users, *strangers, _api_key(), *_roles(), _by_function()]
    # The service lets nobody in by a mode that is off; the rules alone would not know.
    inside = [one for one in everybody if one.caller.mode in api.auth.modes]
    outside = [one for one in everybody if one not in inside]
    # A plain role where there is none, whom IAM access would let in.
    outside.sort(key=lambda one: one.label != PLAIN_ROLE)
    return [*inside, *outside[:1]]


def _users(api: Api) -> list[Persona]:
    identity_claims, group_claims = claims_named(api)
    groups = groups_named(api) or (["Admin"] if group_claims else [])

    def user(label: str, name: str, sub: str, **claims: object) -> Persona:
        custom = dict.fromkeys(identity_claims, f"{name}-custom")
        return _user(label, name, {"sub": sub, "username": name} | custom | claims)

    no_sub: dict[str, object] = {"sub": None, "username": "alice", "email": "a-1"}
    two_names: dict[str, object] = {"cognito:username": "bob"}

    found = [
        user("alice", "alice", "a-1"),
        user("bob", "bob", "b-2"),
        user("alice with an id token", "alice", "a-1", **_id_token("alice")),
        user("alice, named otherwise for Cognito", "alice", "a-1", **two_names),
        user("alice without a username claim", "alice", "a-1", username=None),
        _user("alice without a sub", "alice", no_sub),
    ]
    if identity_claims:
        absent = dict.fromkeys(identity_claims)
        found.append(user("alice without the custom claims", "alice", "a-1", **absent))
    for claim in group_claims:
        # In no static group, so that only the item's groups decide.
        found.append(user("dave of Others", "dave", "d-4", **{claim: ["Others"]}))
        found.append(user("dave of Others as text", "dave", "d-4", **{claim: "Others"}))
        for group in groups:
            member = {claim: ["Others", group]}
            found.append(user(f"carol of {group}", "carol", "c-3", **member))
            found.append(user(f"alice of {group}", "alice", "a-1", **member))
            shapes = {
                "text": group,
                "a JSON text": json.dumps([group, "Others"]),
                "a longer text": f"Super{group}",
            }
            for shape, value in shapes.items():
                label, given = f"carol of {group} as {shape}", {claim: value}
                found.append(user(label, "carol", "c-3", **given))
        found.append(user("carol of no group", "carol", "c-3", **{claim: []}))
    return found


def _id_token(name: str) -> dict[str, object]:
    return {"username": None, "cognito:username": name}


def _user(label: str, name: str, claims: dict[str, object]) -> Persona:
    given = {claim: value for claim, value in claims.items() if value is not None}
    groups = given.get("cognito:groups")
    caller = UserPoolCaller(
        sub=str(claims["sub"] or "a-1"),
        username=name,
        issuer=ISSUER,
        claims=given,
        groups=tuple(groups) if isinstance(groups, list) else (),
    )
    identity: dict[str, object] = {
        "sub": caller.sub,
        "issuer": caller.issuer,
        "username": caller.username,
        "claims": given,
        "sourceIp": list(caller.source_ip),
        "defaultAuthStrategy": caller.default_auth_strategy,
        "groups": list(caller.groups) or None,
    }
    return Persona(label, caller, "User Pool Authorization", identity)


def _of_provider(user: Persona) -> Persona:
    """Return the holder of a user's claims in another provider's token."""
    label = f"{user.label}, by OIDC"
    holder = Holder(AuthMode.OIDC, user.caller.claims, label)
    identity: dict[str, object] = {
        # A token has a subject always; what is left out of some is the claim.
        "sub": user.caller.claims.get("sub", "a-1"),
        "issuer": "https://tokens.example.com",
        "claims": user.caller.claims,
    }
    return Persona(label, holder, "Open ID Connect Authorization", identity)


def _by_function() -> Persona:
    holder = Holder(AuthMode.LAMBDA, {}, "whom a function lets in")
    identity: dict[str, object] = {"resolverContext": {"key": "value"}}
    return Persona(holder.label, holder, "Lambda Authorization", identity)


def _api_key() -> Persona:
    return Persona("an API key", ApiKeyCaller("key"), "API Key Authorization", None)


def _roles() -> list[Persona]:
    pool = {
        "cognito_identity_pool_id": POOL,
        "cognito_identity_id": "us-east-1:identity",
    }
    return [
        _role(
            "the signed-in role",
            SIGNED_IN,
            cognito_identity_auth_type="authenticated",
            **pool,
        ),
        _role(
            "the guest role",
            GUEST,
            cognito_identity_auth_type="unauthenticated",
            **pool,
        ),
        _role(PLAIN_ROLE, f"{ASSUMED}/profileFnRole/profileFn"),
        _role("an admin role", f"{ASSUMED}/app-adminRole-1-dev/console"),
    ]


def _role(label: str, arn: str, **cognito: str) -> Persona:
    caller = IamCaller(
        role=arn.split("/")[1],
        user_arn=arn,
        account_id="123456789012",
        access_key_id="ASIAEXAMPLE",
        username="AROAEXAMPLE:session",
        **cognito,
    )
    identity: dict[str, object] = {
        "accountId": caller.account_id,
        "cognitoIdentityPoolId": caller.cognito_identity_pool_id,
        "cognitoIdentityId": caller.cognito_identity_id,
        "sourceIp": list(caller.source_ip),
        "username": caller.username,
        "userArn": caller.user_arn,
        "cognitoIdentityAuthType": caller.cognito_identity_auth_type,
        "cognitoIdentityAuthProvider": caller.cognito_identity_auth_provider,
    }
    return Persona(label, caller, "IAM Authorization", identity)
