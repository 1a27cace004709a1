"""Verified tokens are remembered, by the hash of the whole token."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from amplikit.identity.caller import Claims

__all__ = ["RefusalReason", "TokenCache", "TokenRefusal", "VerifiedClaims"]

_CACHED = 4096
Trusted = TypeVar("Trusted")


class RefusalReason(StrEnum):
    """Why a token is refused, for the operator's log."""

    MALFORMED = "malformed"
    ALGORITHM = "algorithm"
    ISSUER = "issuer"
    UNKNOWN_KEY = "unknown-key"
    SIGNATURE = "signature"
    USE = "use"
    CLIENT = "client"
    NOT_YET = "not-yet-valid"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class VerifiedClaims:
    """The claims of a token that holds until ``expires_at`` (epoch seconds)."""

    claims: Claims = field(repr=False)
    expires_at: float


@dataclass(frozen=True, slots=True)
class TokenRefusal:
    """A refused token: AppSync's message, and why, in words for the log."""

    reason: RefusalReason
    message: str
    detail: str = ""


class TokenCache(Generic[Trusted]):
    """Remembers what ``verify`` has found sound, as long as it holds.

    The end is looked at each time. Another object to trust empties the cache: whoever
    hands it out makes a new one when a key, a client or a user has changed.
    """

    def __init__(
        self,
        verify: Callable[[str, Trusted, datetime], VerifiedClaims | TokenRefusal],
    ) -> None:
        self._verify = verify
        self._trust: Trusted | None = None
        self._cache: OrderedDict[bytes, VerifiedClaims] = OrderedDict()

    def verify(
        self, token: str, trust: Trusted, now: datetime
    ) -> VerifiedClaims | TokenRefusal:
        """Return the claims, or why AppSync refuses the token."""
        if trust is not self._trust:
            self._cache.clear()
            self._trust = trust
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._cache.get(digest)
        if known and now.timestamp() < known.expires_at:
            return known
        result = self._verify(token, trust, now)
        if isinstance(result, VerifiedClaims):
            self._cache[digest] = result
            if len(self._cache) > _CACHED:
                self._cache.popitem(last=False)
        return result
