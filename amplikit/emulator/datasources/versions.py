"""An item's versions: what a write makes of it, and how two writes are merged.

Source: AppSync developer guide, "Versioned data sources" and "Automerge".
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from amplikit.blueprint.conflicts import BASE_TABLE_TTL_S, DELTA_TABLE_TTL_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.store.interface import AttributeValue, Item

__all__ = [
    "CHANGED_AT",
    "DELETED",
    "METADATA",
    "VERSION",
    "change_record",
    "changed",
    "day_of",
    "deleted",
    "merged",
    "milliseconds",
    "version_of",
]

VERSION: Final = "_version"
DELETED: Final = "_deleted"
CHANGED_AT: Final = "_lastChangedAt"
_TTL: Final = "_ttl"
METADATA: Final = frozenset({VERSION, DELETED, CHANGED_AT, _TTL})


def version_of(item: Mapping[str, AttributeValue]) -> int:
    """Return an item's version: 0 for one that was written without."""
    version = item.get(VERSION)
    return version if isinstance(version, int) else 0


def milliseconds(now: str) -> int:
    """Return an instant (ISO 8601, Z) in milliseconds since 1970."""
    return round(datetime.fromisoformat(now).timestamp() * 1000)


def changed(
    current: Mapping[str, AttributeValue],
    changes: Mapping[str, AttributeValue],
    now: str,
) -> Item:
    """Return the next version of an item; null takes an attribute away."""
    item = {
        name: value
        for name, value in (dict(current) | dict(changes)).items()
        if value is not None or name not in changes
    }
    return item | {VERSION: version_of(current) + 1, CHANGED_AT: milliseconds(now)}


def deleted(current: Mapping[str, AttributeValue], now: str) -> Item:
    """Return what is kept of a deleted item, for as long as it is."""
    gone_at = milliseconds(now) // 1000 + BASE_TABLE_TTL_S
    return changed(current, {DELETED: True, _TTL: gone_at}, now)


def merged(
    current: Mapping[str, AttributeValue], changes: Mapping[str, AttributeValue]
) -> Item:
    """Return what Automerge leaves of changes that were made of another version.

    What the item has stays; what it has not is added, lists grow at their end, sets
    unite, and maps are merged member by member.
    """
    left: Item = {}
    for name, value in changes.items():
        known = current.get(name)
        match known, value:
            case (None, _):
                left[name] = value
            case (list(), list()):
                left[name] = [*known, *value]
            case (frozenset(), frozenset()):
                left[name] = known | value  # type: ignore[operator]  # sets of one kind
            case (dict(), dict()):
                left[name] = {**known, **merged(known, value)}
            case _:
                left[name] = known
    return left


def change_record(
    table: str, key: tuple[str, ...], item: Mapping[str, AttributeValue], now: str
) -> Item:
    """Return the record of a change in the log: by day, then time, key and version."""
    values = [now[11:-1], *(str(item[name]) for name in key), str(item[VERSION])]
    return dict(item) | {
        "ds_pk": day_of(table, now),
        "ds_sk": ":".join(values),
        _TTL: milliseconds(now) // 1000 + DELTA_TABLE_TTL_S,
    }


def day_of(table: str, now: str) -> str:
    """Return the log's partition of a day: the data source's name and the date."""
    return f"{table}Table:{now[:10]}"
