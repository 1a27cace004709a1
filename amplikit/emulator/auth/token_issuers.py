"""Issuers whose keys are elsewhere: OpenID Connect ones, and other user pools."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from amplikit.blueprint.patterns import java_pattern
from amplikit.emulator.auth.issuers import IssuerKeys
from amplikit.identity.oidc import OidcTrust, verify_oidc_token
from amplikit.identity.token_cache import TokenCache
from amplikit.identity.token_verifier import TokenVerifier, Trust
from amplikit.identity.tokens import ALGORITHM

if TYPE_CHECKING:
    from datetime import datetime

    from amplikit.blueprint.providers import OidcProvider, UserPoolProvider
    from amplikit.emulator.auth.fetch import Fetch
    from amplikit.identity.jwk_set import JwkSet
    from amplikit.identity.token_cache import TokenRefusal, VerifiedClaims

__all__ = ["OidcIssuer", "OtherUserPool", "client_pattern"]

_HTTPS: Final = re.compile(r"https://.+", re.ASCII)
_NOTHING: Final = re.compile(r"(?!)")


def client_pattern(text: str | None) -> re.Pattern[str] | None:
    """Return what client ids must match; one that cannot be read lets nobody in."""
    return None if text is None else java_pattern(text) or _NOTHING


class OidcIssuer:
    """One issuer of ``OPENID_CONNECT``; ``alone`` when it is all that the API has."""

    def __init__(self, provider: OidcProvider, fetch: Fetch, *, alone: bool) -> None:
        self.provider = provider
        self._alone = alone
        self._keys = IssuerKeys(provider.issuer, fetch, allowed=self._may_lead_to)
        self._tokens = TokenCache(verify_oidc_token)
        self._trust: OidcTrust | None = None

    async def verify(
        self, token: str, kid: str, now: datetime
    ) -> VerifiedClaims | TokenRefusal:
        """Return the claims of a token. Raises ``FetchFailed``."""
        keys = await self._keys.find(kid, now)
        if self._trust is None or self._trust.keys is not keys:
            provider = self.provider
            self._trust = OidcTrust(
                issuer=None if self._alone else self._keys.issuer,
                keys=keys,
                client_pattern=client_pattern(provider.client_ids),
                iat_ttl_ms=provider.iat_ttl_ms,
                auth_ttl_ms=provider.auth_ttl_ms,
            )
        return self._tokens.verify(token, self._trust, now)

    def _may_lead_to(self, url: str) -> bool:
        """Whether the keys may be there: over TLS, or as the issuer itself is."""
        scheme, _, rest = self.provider.issuer.partition("://")
        origin = f"{scheme}://{rest.partition('/')[0]}/"
        return bool(_HTTPS.fullmatch(url)) or url.startswith(origin)


class OtherUserPool:
    """A user pool beside the API's own."""

    def __init__(self, provider: UserPoolProvider, fetch: Fetch) -> None:
        self.provider = provider
        self._keys = IssuerKeys(provider.issuer, fetch)
        self._tokens = TokenVerifier()
        self._known: tuple[JwkSet, Trust] | None = None

    async def verify(
        self, token: str, kid: str, now: datetime
    ) -> VerifiedClaims | TokenRefusal:
        """Return the claims of a token. Raises ``FetchFailed``."""
        keys = await self._keys.find(kid, now)
        if self._known is None or self._known[0] is not keys:
            trust = Trust(
                issuer=self.provider.issuer,
                keys=keys.rsa_keys(ALGORITHM),
                client_ids=None,
                client_pattern=client_pattern(self.provider.client_ids),
            )
            self._known = keys, trust
        return self._tokens.verify(token, self._known[1], now)
