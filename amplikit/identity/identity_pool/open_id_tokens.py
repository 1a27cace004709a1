"""The pool's own OpenID tokens, which STS takes for credentials (the classic flow).

Source: Cognito identity API reference, ``GetOpenIdToken``.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from amplikit.identity.compact_jwt import decode, number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from amplikit.identity.database import Database
    from amplikit.identity.facts import Facts
    from amplikit.identity.identity_pool.identities import Identity

__all__ = ["ISSUER", "OpenIdTokens"]

ISSUER: Final = "https://cognito-identity.amazonaws.com"
_ALGORITHM: Final = "RS512"
_LIFETIME: Final = timedelta(minutes=10)
_KEY_BITS: Final = 2048
_FACT: Final = "identity_pool_key"


class OpenIdTokens:
    """Issues and verifies them, with a key that is made when it is first needed."""

    def __init__(self, database: Database, facts: Facts) -> None:
        self._database = database
        self._facts = facts
        self._key: RSAKey | None = None

    def issue(self, identity: Identity, now: datetime) -> str:
        """Return a token that holds for ten minutes."""
        amr = ["authenticated" if identity.logins else "unauthenticated"]
        for login in identity.logins:
            amr += [login.provider, f"{login.provider}:{login.subject}"]
        issued = int(now.timestamp())
        claims = {
            "sub": identity.identity_id,
            "aud": self._facts.identity_pool_id,
            "amr": amr,
            "iss": ISSUER,
            "exp": issued + int(_LIFETIME.total_seconds()),
            "iat": issued,
        }
        key = self._own_key()
        header = {"kid": key.thumbprint(), "typ": "JWS", "alg": _ALGORITHM}
        payload = json.dumps(claims, separators=(",", ":"))
        return jws.serialize_compact(header, payload, key, algorithms=[_ALGORITHM])

    def verify(self, token: str, now: datetime) -> Mapping[str, object] | None:
        """Return the claims of a token of this pool that holds."""
        decoded = decode(token)
        if decoded is None or decoded.header.get("alg") != _ALGORITHM:
            return None
        try:
            jws.deserialize_compact(token, self._own_key(), algorithms=[_ALGORITHM])
        except (JoseError, ValueError):
            return None
        claims = decoded.claims
        if (claims.get("iss"), claims.get("aud")) != (
            ISSUER,
            self._facts.identity_pool_id,
        ):
            return None
        expires_at = number(claims, "exp")
        holds = expires_at is not None and now.timestamp() < expires_at
        return claims if holds else None

    def _own_key(self) -> RSAKey:
        if self._key is None:
            made = RSAKey.generate_key(_KEY_BITS).as_pem(private=True).decode()
            # Another process may have made one meanwhile.
            self._database.write(
                "INSERT OR IGNORE INTO fact VALUES (?, ?)", _FACT, made
            )
            row = self._database.row("SELECT value FROM fact WHERE name = ?", _FACT)
            self._key = RSAKey.import_key(row["value"] if row else made)
        return self._key
