"""What an operation of the identity pool gets to work with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amplikit.identity.identity_pool.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from amplikit.blueprint.identity_pool import IdentityPoolSettings
    from amplikit.identity.credentials import Credentials
    from amplikit.identity.facts import Facts
    from amplikit.identity.identity_pool.identities import Login
    from amplikit.identity.identity_pool.open_id_tokens import OpenIdTokens
    from amplikit.identity.identity_pool.roles import PoolRoles

__all__ = ["PoolCall", "VerifiedLogin", "VerifyLogin"]


@dataclass(frozen=True, slots=True)
class VerifiedLogin:
    """A login whose token holds; ``claims`` are of the own user pool's tokens."""

    login: Login
    claims: Mapping[str, object] | None = field(repr=False, default=None)


VerifyLogin = Callable[[str, str], Awaitable[VerifiedLogin | Refusal]]
"""Verifies the token of a provider, both as they stand among the logins."""


@dataclass(frozen=True, slots=True)
class PoolCall:
    """The pool, and what belongs to one request.

    ``trusts`` says whether a role, by its name, lets the pool's identities assume it.
    """

    facts: Facts
    settings: IdentityPoolSettings
    roles: PoolRoles
    credentials: Credentials
    open_id_tokens: OpenIdTokens
    verify_login: VerifyLogin
    trusts: Callable[[str], bool]
    now: datetime
