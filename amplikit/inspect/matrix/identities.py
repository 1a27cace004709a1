"""Who is asked about: the columns of the matrix, from the schema and the config."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operations import Authorize, GroupIs, OwnerIs, Who
from amplikit.blueprint.resources import RoleKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from amplikit.blueprint.grants import RoleSubject
    from amplikit.blueprint.operations import Grant
    from amplikit.blueprint.resources import Blueprint, Role

__all__ = ["Identity", "Principal", "identities", "joined"]

_POOL_CLAIM = "cognito:groups"
_A_POOL = "identity-pool"
_TOKENS = ((AuthMode.USER_POOLS, "", ""), (AuthMode.OIDC, "oidc-", "OIDC "))
_POOL_ROLES = {
    RoleKind.IDENTITY_POOL_AUTHENTICATED: (
        "authenticated",
        "signed-in-role",
        "signed-in role",
        "Somebody who is signed in, by IAM with the identity pool's credentials.",
    ),
    RoleKind.IDENTITY_POOL_UNAUTHENTICATED: (
        "unauthenticated",
        "guest",
        "guest role",
        "Somebody who is not signed in, by IAM with the identity pool's credentials.",
    ),
}


@dataclass(frozen=True, slots=True)
class Principal:
    """An IAM principal as the rules see it."""

    user_arn: str
    cognito_identity_pool_id: str | None = None
    cognito_identity_id: str | None = None
    cognito_identity_auth_type: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """A column: a kind of caller.

    ``role`` is the IAM role whose policy counts; None with IAM means a role that the
    project does not have, whose policy is taken to allow everything. Every item is
    taken to name the caller in ``owns``, and one of the caller's groups in
    ``member_of``.
    """

    id: str
    label: str
    note: str
    mode: AuthMode
    claims: Mapping[str, object] = field(default_factory=dict)
    iam: RoleSubject | None = None
    role: str | None = None
    owns: str | None = None
    member_of: str | None = None


def identities(
    blueprint: Blueprint, groups: Iterable[str], account_id: str
) -> tuple[Identity, ...]:
    """Return the callers of the modes that are on; ``groups`` are the config's."""
    everybody = (
        *(one for mode in _TOKENS for one in _token_holders(blueprint, groups, *mode)),
        Identity("api-key", "API key", "Whoever has an API key.", AuthMode.API_KEY),
        *_pool_roles(blueprint.roles, account_id),
        *_roles(blueprint, account_id),
        Identity(
            "lambda",
            "Lambda authorizer",
            "Whoever the Lambda authorizer lets in, without fields that it denies.",
            AuthMode.LAMBDA,
        ),
    )
    return tuple(one for one in everybody if one.mode in blueprint.auth.modes)


def joined(
    first: tuple[Identity, ...], second: tuple[Identity, ...]
) -> tuple[Identity, ...]:
    """Return the columns of either, with the claims of both."""
    found = {one.id: one for one in first}
    for one in second:
        known = found.get(one.id, one)
        found[one.id] = replace(known, claims={**one.claims, **known.claims})
    return tuple(found.values())


def _token_holders(
    blueprint: Blueprint, groups: Iterable[str], mode: AuthMode, key: str, kind: str
) -> Iterator[Identity]:
    grants = tuple(grant for grant in _grants(blueprint) if grant.mode is mode)
    claims = _claims(grants)
    user = Identity(
        f"{key}user",
        f"{kind}user",
        "Somebody signed in who is in no group; whose the item is, is not known.",
        mode,
        claims,
    )
    yield user
    yield from _static_members(user, grants, groups, (key, kind))
    owners = dict.fromkeys(g.item.attribute for g in grants if _owned(g) and g.item)
    for name in sorted(owners):
        yield replace(
            user,
            id=f"{key}owner:{name}",
            label=f"{kind}owner" if len(owners) == 1 else f"{kind}owner in '{name}'",
            note=f"The user whom the item names in '{name}'.",
            owns=name,
        )
    named = sorted({g.item.attribute for g in grants if isinstance(g.item, GroupIs)})
    for name in named:
        of_item = {
            g.item.claim: ["a group"] for g in grants if isinstance(g.item, GroupIs)
        }
        one = len(named) == 1
        yield replace(
            user,
            id=f"{key}member:{name}",
            label=f"{kind}item's group" if one else f"{kind}group in '{name}'",
            note=f"A member of a group that the item names in '{name}'.",
            claims=claims | of_item,
            member_of=name,
        )


def _static_members(
    user: Identity,
    grants: tuple[Grant, ...],
    groups: Iterable[str],
    named: tuple[str, str],
) -> Iterator[Identity]:
    key, kind = named
    static = {
        (grant.group_claim, name)
        for grant in grants
        if grant.who is Who.GROUPS
        for name in grant.names
    }
    if user.mode is AuthMode.USER_POOLS:
        static |= {(_POOL_CLAIM, name) for name in groups}
    for claim, name in sorted(static, key=lambda one: (one[0] != _POOL_CLAIM, one)):
        own = claim == _POOL_CLAIM
        place = "" if own else f" by claim '{claim}'"
        yield replace(
            user,
            id=f"{key}group:{name}" if own else f"{key}group:{claim}:{name}",
            label=f"{kind}group '{name}'{place}",
            note=f"A member of group '{name}'{place}; whose the item is, is not known.",
            claims={**user.claims, claim: [name]},
        )


def _claims(grants: Iterable[Grant]) -> dict[str, object]:
    """Return a token with every claim that some rule takes an owner from."""
    claims = {"sub": "sub", "username": "username"}
    for grant in grants:
        if isinstance(grant.item, OwnerIs):
            claims |= {parts[0]: parts[0] for parts in grant.item.claims}
    return {**claims}


def _owned(grant: Grant) -> bool:
    return isinstance(grant.item, OwnerIs)


def _pool_roles(roles: Iterable[Role], account_id: str) -> Iterator[Identity]:
    for role in roles:
        if role.kind in _POOL_ROLES:
            kind, key, label, note = _POOL_ROLES[role.kind]
            principal = Principal(_arn(account_id, role.name), _A_POOL, key, kind)
            yield Identity(
                key, label, note, AuthMode.IAM, iam=principal, role=role.name
            )


def _roles(blueprint: Blueprint, account_id: str) -> Iterator[Identity]:
    names = blueprint.admin_role_names
    free = dict.fromkeys(names)
    known = dict.fromkeys(
        role.name for role in blueprint.roles if role.kind is RoleKind.FUNCTION
    )
    for name in known:
        arn = _arn(account_id, name)
        admin = [one for one in names if one in arn]
        for one in admin:
            free.pop(one, None)
        note = f"The IAM role '{name}'"
        if admin:
            note += f", an admin role: its ARN contains '{admin[0]}'"
        yield Identity(
            f"role:{name}",
            name,
            f"{note}.",
            AuthMode.IAM,
            iam=Principal(arn),
            role=name,
        )
    for name in free:
        yield Identity(
            f"admin:{name}",
            f"admin role '{name}'",
            f"A role whose ARN contains '{name}'. The project has none: its IAM policy "
            "is taken to allow everything.",
            AuthMode.IAM,
            iam=Principal(_arn(account_id, name)),
        )


def _arn(account_id: str, role: str) -> str:
    return f"arn:aws:sts::{account_id}:assumed-role/{role}/*"


def _grants(blueprint: Blueprint) -> Iterator[Grant]:
    for resolver in blueprint.resolvers:
        for function in resolver.functions:
            for operation in (*function.before, *function.after):
                if isinstance(operation, Authorize):
                    yield from operation.grants
