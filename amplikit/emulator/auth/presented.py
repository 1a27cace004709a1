"""What a client presents: over HTTP, or as JSON in a real-time message."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from amplikit.emulator.auth.token_issuers import client_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.blueprint.modes import AuthMode
    from amplikit.emulator.auth.authorizer import Authorizer
    from amplikit.emulator.auth.token_issuers import OidcIssuer, OtherUserPool
    from amplikit.identity.directory import IdentityStore
    from amplikit.identity.sigv4 import SignedRequest
    from amplikit.identity.token_verifier import TokenVerifier, Trust

__all__ = ["Issuers", "Others", "Presented", "Trusted"]


@dataclass(frozen=True, slots=True)
class Presented:
    """A request's headers by lower-case name, and the request as it was signed."""

    headers: Mapping[str, str] = field(repr=False)
    signed: SignedRequest = field(repr=False)
    source_ip: tuple[str, ...] = ("127.0.0.1",)


@dataclass(frozen=True, slots=True)
class Issuers:
    """``iss`` of the tokens that the API's providers give out."""

    pools: tuple[str, ...]
    oidc: tuple[str, ...] = ()


class Trusted:
    """Whom one API trusts: its modes, its keys, credentials and token issuers.

    ``client_ids`` is what the app clients of the API's own pool must match;
    ``default_action`` is that pool's, None when it is not the default mode.
    """

    def __init__(
        self,
        modes: tuple[AuthMode, ...],
        identity: IdentityStore,
        tokens: TokenVerifier,
        issuer: str,
        others: Others | None = None,
    ) -> None:
        self.modes = modes
        self.identity = identity
        self.tokens = tokens
        self.issuer = issuer
        others = others or Others()
        self.pools = others.pools
        self.oidc = others.oidc
        self.authorizer = others.authorizer
        self.default_action = others.default_action
        self.issuers = Issuers(
            (issuer, *(pool.provider.issuer for pool in self.pools)),
            tuple(one.provider.issuer for one in self.oidc),
        )
        self._client_pattern = client_pattern(others.client_ids)
        self._narrowed: tuple[Trust, Trust] | None = None

    def trust(self) -> Trust:
        """Return whose tokens of the own pool are accepted; see ``TokenCache``."""
        trust = self.identity.trust(self.issuer)
        if self._client_pattern is None:
            return trust
        if self._narrowed is None or self._narrowed[0] is not trust:
            narrow = replace(trust, client_pattern=self._client_pattern)
            self._narrowed = trust, narrow
        return self._narrowed[1]


@dataclass(frozen=True, slots=True)
class Others:
    """Who vouches for tokens besides the API's own pool, and how that is limited."""

    client_ids: str | None = None
    default_action: str | None = "ALLOW"
    pools: tuple[OtherUserPool, ...] = ()
    oidc: tuple[OidcIssuer, ...] = ()
    authorizer: Authorizer | None = None
