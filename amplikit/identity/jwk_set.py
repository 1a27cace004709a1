"""A published set of public keys, of which only sound ones are kept.

Source: RFC 7517 (sets), RFC 7518 (which key fits which algorithm, 2048 bits for RSA).
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

import orjson
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ALGORITHMS", "JwkSet", "PublicKey", "read_jwk_set"]

PublicKey: TypeAlias = RSAKey | ECKey
_Members: TypeAlias = dict[str, str | list[str]]  # as joserfc has it

_RSA: Final = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
_CURVES: Final = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
# No HS: whoever can verify with a shared secret can sign with it, and a published set
# has no secrets.
ALGORITHMS: Final = _RSA | frozenset(_CURVES.values())
_MIN_RSA_BITS: Final = 2048
_MAX_KEYS: Final = 100
_PUBLIC_MEMBERS: Final = ("kty", "n", "e", "crv", "x", "y")


@dataclass(frozen=True, slots=True)
class _Entry:
    kid: str
    algorithms: frozenset[str]
    key: PublicKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class JwkSet:
    """The keys of one issuer."""

    entries: tuple[_Entry, ...]

    def has(self, kid: str) -> bool:
        """Whether a key of this name is published."""
        return any(entry.kid == kid for entry in self.entries)

    def find(self, kid: str, algorithm: str) -> PublicKey | None:
        """Return the key of this name that may be used with an algorithm."""
        return next(
            (
                entry.key
                for entry in self.entries
                if entry.kid == kid and algorithm in entry.algorithms
            ),
            None,
        )

    def rsa_keys(self, algorithm: str) -> dict[str, RSAKey]:
        """Return the RSA keys that may be used with an algorithm, by name."""
        return {
            entry.kid: entry.key
            for entry in reversed(self.entries)
            if isinstance(entry.key, RSAKey) and algorithm in entry.algorithms
        }


def read_jwk_set(document: bytes) -> JwkSet | None:
    """Return the keys of a document that can verify; None when it is no key set."""
    try:
        value = orjson.loads(document)
    except orjson.JSONDecodeError:
        return None
    keys = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(keys, list):
        return None
    entries = (_entry(key) for key in keys[:_MAX_KEYS] if isinstance(key, dict))
    return JwkSet(tuple(entry for entry in entries if entry is not None))


def _entry(jwk: Mapping[str, object]) -> _Entry | None:
    kid, operations = jwk.get("kid"), jwk.get("key_ops")
    if not isinstance(kid, str) or jwk.get("use", "sig") != "sig":
        return None
    if operations is not None and (
        not isinstance(operations, list) or "verify" not in operations
    ):
        return None
    public = {name: jwk[name] for name in _PUBLIC_MEMBERS if name in jwk}
    if not all(isinstance(value, str) for value in public.values()):
        return None
    members: _Members = {name: str(value) for name, value in public.items()}
    found = _rsa(members) if members.get("kty") == "RSA" else _ec(members)
    if found is None:
        return None
    key, algorithms = found
    declared = jwk.get("alg")
    if declared is not None:
        algorithms &= frozenset({str(declared)})
    return _Entry(kid, algorithms, key)


def _rsa(members: _Members) -> tuple[PublicKey, frozenset[str]] | None:
    try:
        modulus = urlsafe_b64decode(str(members.get("n", "")) + "==")
        # Asked first: the library only warns of a short key.
        if int.from_bytes(modulus, "big").bit_length() < _MIN_RSA_BITS:
            return None
        key = RSAKey.import_key(members)
    except (JoseError, ValueError, KeyError, TypeError):
        return None
    return key, _RSA


def _ec(members: _Members) -> tuple[PublicKey, frozenset[str]] | None:
    algorithm = _CURVES.get(str(members.get("crv")))
    if members.get("kty") != "EC" or algorithm is None:
        return None
    try:
        key = ECKey.import_key(members)
        on_curve = key.raw_value is not None
    except (JoseError, ValueError, KeyError, TypeError):
        return None
    return (key, frozenset({algorithm})) if on_curve else None
