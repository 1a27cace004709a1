"""A JSON Web Token in its one canonical spelling, read but not yet believed."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Unverified", "claims_by_shape", "decode", "number", "split"]

_MAX_LENGTH = 65_536
_PARTS = 3


@dataclass(frozen=True, slots=True)
class Unverified:
    """What a token says of itself."""

    header: Mapping[str, object] = field(repr=False)
    claims: Mapping[str, object] = field(repr=False)


def decode(token: str) -> Unverified | None:
    """Return header and claims, or None when this is no signed JWT."""
    parts = split(token)
    if parts is None:
        return None
    try:
        objects = orjson.loads(parts[0]), orjson.loads(parts[1])
    except orjson.JSONDecodeError:
        return None
    if not all(isinstance(value, dict) for value in objects):
        return None
    return Unverified(*objects)


def split(token: str) -> tuple[bytes, bytes, bytes] | None:
    """Return the three parts of a compact JWS, none of them misspelt."""
    parts = token.split(".") if len(token) <= _MAX_LENGTH else []
    if len(parts) != _PARTS:
        return None
    header, payload, signature = map(_decode_part, parts)
    if header is None or payload is None or not signature:
        return None
    return header, payload, signature


def claims_by_shape(token: str) -> Mapping[str, object] | None:
    """Return the claims of whatever looks like a JWT, however it is spelt."""
    parts = token.split(".")
    if len(parts) != _PARTS or len(token) > _MAX_LENGTH:
        return None
    try:
        header, claims = (
            orjson.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
            for part in parts[:2]
        )
    except (binascii.Error, ValueError):
        return None
    return claims if isinstance(header, dict) and isinstance(claims, dict) else None


def number(claims: Mapping[str, object], name: str) -> float | None:
    """Return a time claim in epoch seconds; None when it is absent or no number."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def _decode_part(part: str) -> bytes | None:
    """Decode base64url in its one canonical spelling: no padding, no spare bits set.

    Otherwise the last letter of a token could be changed without notice.
    """
    try:
        decoded = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_")
    except (binascii.Error, ValueError):
        return None
    canonical = base64.urlsafe_b64encode(decoded).rstrip(b"=").decode()
    return decoded if canonical == part else None
