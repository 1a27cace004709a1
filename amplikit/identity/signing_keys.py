"""The user pool's two RSA keys: id tokens and access tokens have a kid each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from joserfc.jwk import RSAKey

if TYPE_CHECKING:
    from amplikit.identity.database import Database

__all__ = ["SigningKey", "TokenUse", "jwks", "make_signing_keys", "read_signing_keys"]

TokenUse: TypeAlias = Literal["id", "access"]
_KEY_BITS = 2048


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private RS256 key."""

    kid: str
    token_use: TokenUse
    key: RSAKey = field(repr=False)


def make_signing_keys(database: Database) -> None:
    """Write the keys of a new pool."""
    uses: tuple[TokenUse, ...] = ("id", "access")
    for use in uses:
        key = RSAKey.generate_key(_KEY_BITS)
        database.write(
            "INSERT INTO signing_key VALUES (?, ?, ?)",
            *(key.thumbprint(), use, key.as_pem(private=True).decode()),
        )


def read_signing_keys(database: Database) -> tuple[SigningKey, ...]:
    """Return the pool's keys, the one for id tokens first."""
    rows = database.rows("SELECT * FROM signing_key ORDER BY token_use DESC")
    return tuple(
        SigningKey(row["kid"], row["token_use"], RSAKey.import_key(row["pem"]))
        for row in rows
    )


def jwks(keys: tuple[SigningKey, ...]) -> dict[str, list[dict[str, object]]]:
    """Return the document at ``<issuer>/.well-known/jwks.json``: public parts only."""
    return {
        "keys": [
            {
                "kid": signing.kid,
                "alg": "RS256",
                **signing.key.as_dict(private=False),
                "use": "sig",
            }
            for signing in keys
        ]
    }
