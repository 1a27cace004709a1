"""The public keys of other issuers: asked for when needed, kept, and asked for again.

Keys are kept for an hour. A key that is not known is asked for again, but not more
often than every ten seconds, so that made-up names cost the issuer nothing. While the
issuer cannot be reached, known keys hold for a day.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import orjson

from amplikit.emulator.auth.fetch import FetchFailed
from amplikit.identity.jwk_set import JwkSet, read_jwk_set

if TYPE_CHECKING:
    from collections.abc import Callable

    from amplikit.emulator.auth.fetch import Fetch

__all__ = ["IssuerKeys"]

_FRESH: Final = timedelta(hours=1)
_HOLDS: Final = timedelta(hours=24)
_PAUSE: Final = timedelta(seconds=10)
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_KEY_SETS: Final = "/.well-known/jwks.json"
_DISCOVERY: Final = "/.well-known/openid-configuration"


class IssuerKeys:
    """The keys of one issuer, by discovery, or at the place where a user pool has them.

    ``allowed`` says to which URLs a discovery document may lead.
    """

    def __init__(
        self,
        issuer: str,
        fetch: Fetch,
        *,
        allowed: Callable[[str], bool] | None = None,
    ) -> None:
        self._issuer = issuer.rstrip("/")
        self._fetch = fetch
        self._allowed = allowed
        self._lock = asyncio.Lock()
        self._keys: JwkSet | None = None
        self._document = b""
        self._read_at = _NEVER
        self._asked_at = _NEVER
        self.issuer = issuer
        """As the issuer itself spells it, once that is known."""

    async def find(self, kid: str, now: datetime) -> JwkSet:
        """Return the keys, the one of this name among them if it is published.

        The same object comes back until the issuer publishes others. Raises
        ``FetchFailed`` when the issuer cannot be reached and nothing is known.
        """
        if not self._holds(kid, now):
            async with self._lock:
                if not self._holds(kid, now) and not self._paused(now):
                    await self._ask(now)
        if self._keys is None or not self._within(_HOLDS, self._read_at, now):
            raise FetchFailed(f"the issuer '{self._issuer}' has not told its keys")
        return self._keys

    def _holds(self, kid: str, now: datetime) -> bool:
        fresh = self._within(_FRESH, self._read_at, now)
        return fresh and self._keys is not None and self._keys.has(kid)

    def _paused(self, now: datetime) -> bool:
        return self._within(_PAUSE, self._asked_at, now)

    @staticmethod
    def _within(duration: timedelta, since: datetime, now: datetime) -> bool:
        # A clock that went back must not make anything last for longer.
        return since != _NEVER and timedelta(0) <= now - since < duration

    async def _ask(self, now: datetime) -> None:
        self._asked_at = now
        try:
            document = await self._fetch(await self._place())
        except FetchFailed:
            if self._keys is None:
                raise
            return
        if document != self._document:
            keys = read_jwk_set(document)
            if keys is None:
                raise FetchFailed(f"the keys of '{self._issuer}' are no key set")
            self._keys, self._document = keys, document
        self._read_at = now

    async def _place(self) -> str:
        """Return where the keys are."""
        if self._allowed is None:
            return self._issuer + _KEY_SETS
        url = self._issuer + _DISCOVERY
        try:
            found = orjson.loads(await self._fetch(url))
        except orjson.JSONDecodeError as error:
            raise FetchFailed(f"{url} is not JSON") from error
        issuer = found.get("issuer") if isinstance(found, dict) else None
        place = found.get("jwks_uri") if isinstance(found, dict) else None
        if not isinstance(issuer, str) or issuer.rstrip("/") != self._issuer:
            raise FetchFailed(f"{url} is of another issuer, {issuer!r}")
        if not isinstance(place, str) or not self._allowed(place):
            raise FetchFailed(f"{url} has the keys at {place!r}, which is not https")
        self.issuer = issuer
        return place
