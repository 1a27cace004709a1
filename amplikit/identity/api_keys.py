"""API keys: AppSync's, and those of the partner gateway's usage plans."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from amplikit.blueprint.config import Mechanism
from amplikit.identity.entropy import LOWER, MIXED

if TYPE_CHECKING:
    from amplikit.blueprint.config import UsagePlan
    from amplikit.identity.database import Database, Row
    from amplikit.identity.entropy import Entropy

__all__ = ["ApiKey", "ApiKeyKind", "ApiKeyRefused", "ApiKeys"]

ApiKeyKind: TypeAlias = Literal["appsync", "gateway"]

_HOUR_S = 3600
_MAX_KEYS = 50
_MAX_DAYS = 365
_HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key; ``id`` may be shown, ``value`` is the secret that callers send."""

    id: str
    name: str
    kind: ApiKeyKind
    usage_plan: str | None
    created_at: datetime
    expires_at: datetime
    value: str = field(repr=False)

    def expired(self, now: datetime) -> bool:
        """Whether the key is refused at ``now``."""
        return self.expires_at <= now

    @property
    def lifetime_days(self) -> int:
        """The whole days that it was made for, within what AppSync allows."""
        # The expiry was rounded down to the hour, so the last day is not whole.
        hours = (self.expires_at - self.created_at).total_seconds() / _HOUR_S
        return min(max(1, -int(-hours // _HOURS_A_DAY)), _MAX_DAYS)


@dataclass(frozen=True, slots=True)
class ApiKeyRefused:
    """Why a key was not made, in AppSync's words; HTTP 400."""

    type: str
    message: str


class ApiKeys:
    """The keys of ``identity.sqlite``; changes of other processes are seen at once."""

    def __init__(self, database: Database, entropy: Entropy) -> None:
        self._database = database
        self._entropy = entropy
        self._by_digest: dict[bytes, ApiKey] = {}
        self._version: tuple[int, int] | None = None

    def all(self, now: datetime) -> list[ApiKey]:
        """Return all keys: first the plain AppSync ones, live before expired."""
        rows = self._database.rows("SELECT * FROM api_key ORDER BY position")
        return sorted(map(_api_key, rows), key=lambda key: _rank(key, now))

    def find(self, value: str) -> ApiKey | None:
        """Return the key with this value, expired or not.

        Looked up by hash, so that timing tells nothing about other keys.
        """
        version = self._database.version()
        if version != self._version:
            rows = self._database.rows("SELECT * FROM api_key")
            keys = map(_api_key, rows)
            self._by_digest = {_digest(key.value): key for key in keys}
            self._version = version
        key = self._by_digest.get(_digest(value))
        if key is None or not hmac.compare_digest(_bytes(key.value), _bytes(value)):
            return None
        return key

    def get(self, reference: str) -> ApiKey | None:
        """Return the key with this id, or else the newest one with this name."""
        row = self._database.row(
            "SELECT * FROM api_key WHERE ? IN (id, name)"
            " ORDER BY id = ? DESC, position DESC",
            *(reference, reference),
        )
        return _api_key(row) if row else None

    def create(
        self,
        name: str,
        now: datetime,
        *,
        plan: UsagePlan | None = None,
        days: int = 7,
        expires_at: datetime | None = None,
    ) -> ApiKey | ApiKeyRefused:
        """Make a key that expires in ``days``, rounded down to the hour.

        ``expires_at`` sets the instant exactly and unchecked, for tests and
        demonstrations that cannot wait. A plan enforced by a gateway gets a gateway
        key; AppSync knows no usage plans.
        """
        gateway = plan is not None and plan.mechanism is Mechanism.GATEWAY
        expiry = _expiry(now, days) if expires_at is None else expires_at
        if isinstance(expiry, ApiKeyRefused):
            return expiry
        return self._insert(
            ApiKey(
                id=self._entropy.text(LOWER, 10),
                name=name,
                kind="gateway" if gateway else "appsync",
                usage_plan=plan.name if plan else None,
                created_at=now,
                expires_at=expiry,
                value=self._new_value("gateway" if gateway else "appsync"),
            )
        )

    def rotate(
        self, reference: str, now: datetime, days: int | None = None
    ) -> ApiKey | ApiKeyRefused | None:
        """Make a successor of a key; the old one works until its own expiry.

        Without ``days`` it lives as long as the old one did. None when there is no
        such key.
        """
        old = self.get(reference)
        if old is None:
            return None
        expiry = _expiry(now, old.lifetime_days if days is None else days)
        if isinstance(expiry, ApiKeyRefused):
            return expiry
        return self._insert(
            ApiKey(
                id=self._entropy.text(LOWER, 10),
                name=old.name,
                kind=old.kind,
                usage_plan=old.usage_plan,
                created_at=now,
                expires_at=expiry,
                value=self._new_value(old.kind),
            )
        )

    def revoke(self, reference: str) -> ApiKey | None:
        """Delete a key and return it; it is refused from now on."""
        with self._database.transaction():
            key = self.get(reference)
            if key:
                self._database.write("DELETE FROM api_key WHERE id = ?", key.id)
        return key

    def _new_value(self, kind: ApiKeyKind) -> str:
        if kind == "gateway":
            return self._entropy.text(MIXED, 40)
        return f"da2-{self._entropy.text(LOWER, 26)}"

    def _insert(self, key: ApiKey) -> ApiKey | ApiKeyRefused:
        with self._database.transaction():
            if key.kind == "appsync" and self._appsync_keys() >= _MAX_KEYS:
                return ApiKeyRefused(
                    "ApiKeyLimitExceededException",
                    "The API key exceeded a limit. Try your request again.",
                )
            self._database.write(
                "INSERT INTO api_key (id, value, name, kind, usage_plan, created_at,"
                " expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                *(key.id, key.value, key.name, key.kind, key.usage_plan),
                *(_milliseconds(key.created_at), _milliseconds(key.expires_at)),
            )
        return key

    def _appsync_keys(self) -> int:
        rows = self._database.rows("SELECT id FROM api_key WHERE kind = 'appsync'")
        return len(rows)


def _expiry(now: datetime, days: int) -> datetime | ApiKeyRefused:
    if not 1 <= days <= _MAX_DAYS:
        return ApiKeyRefused(
            "ApiKeyValidityOutOfBoundsException",
            "The API key expiration must be set to a value between 1 and 365 days from"
            " creation (for CreateApiKey) or from update (for UpdateApiKey).",
        )
    seconds = int((now + timedelta(days=days)).timestamp())
    return datetime.fromtimestamp(seconds - seconds % _HOUR_S, UTC)


def _rank(key: ApiKey, now: datetime) -> tuple[bool, bool]:
    plain = key.kind == "appsync" and key.usage_plan is None
    return (not plain, key.expired(now))


def _bytes(value: str) -> bytes:
    # A header may hold anything; what is no text still must not raise.
    return value.encode("utf-8", "surrogatepass")


def _digest(value: str) -> bytes:
    return hashlib.sha256(_bytes(value)).digest()


def _milliseconds(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


def _api_key(row: Row) -> ApiKey:
    return ApiKey(
        id=row["id"],
        name=row["name"],
        kind=row["kind"],
        usage_plan=row["usage_plan"],
        created_at=datetime.fromtimestamp(row["created_at"] / 1000, UTC),
        expires_at=datetime.fromtimestamp(row["expires_at"] / 1000, UTC),
        value=row["value"],
    )
