"""Items and index entries in SQLite, and the decoded items in front of them.

    items    (place, key) -> size, item       place: the number of the table
    entries  (place, key) -> size, item       place: the number of the index

An entry's key ends in the key of its item, and it has a copy of an item that is not
large: so a page of an index is read in one go, whatever the size of the table. Without
a copy the item is looked up. What expires is an index of its own, by time.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from amplikit.store.cache import ItemCache
from amplikit.store.codec import decode, encode
from amplikit.store.keys import TIME_BYTES, KeyRange, row_key_of_entry, time_key
from amplikit.store.positions import entry_key, key_names
from amplikit.store.refusals import Invalid
from amplikit.store.values import Measured

if TYPE_CHECKING:
    from collections.abc import Generator
    from collections.abc import Set as AbstractSet

    from amplikit.store.database import Database
    from amplikit.store.interface import Item
    from amplikit.store.layout import StoredIndex, StoredTable

__all__ = ["CREATE", "Effect", "Entries", "Rows", "Total", "index_entries"]

Entries = frozenset[tuple[int, bytes]]

CREATE = (
    """CREATE TABLE items (
        place INTEGER, key BLOB, size INTEGER, item BLOB, PRIMARY KEY (place, key)
    ) WITHOUT ROWID""",
    """CREATE TABLE entries (
        place INTEGER, key BLOB, size INTEGER, item BLOB, PRIMARY KEY (place, key)
    ) WITHOUT ROWID""",
)
_READ = "SELECT size, item FROM items WHERE place = ? AND key = ?"
_WRITE = "INSERT OR REPLACE INTO items (place, key, size, item) VALUES (?, ?, ?, ?)"
_DELETE = "DELETE FROM items WHERE place = ? AND key = ?"
_ENTER = "INSERT OR REPLACE INTO entries (place, key, size, item) VALUES (?, ?, ?, ?)"
_LEAVE = "DELETE FROM entries WHERE place = ? AND key = ?"
_ALL = "SELECT key, size, item FROM items WHERE place = ?"
_TOTAL = "SELECT count(*), ifnull(sum(size), 0) FROM items WHERE place = ?"
_ANY = "SELECT 1 FROM items WHERE place = ? LIMIT 1"
_CLEAR_ITEMS = "DELETE FROM items WHERE place = ?"
_CLEAR_ENTRIES = "DELETE FROM entries WHERE place = ?"
_WALK_ITEMS = (
    "SELECT key, size, item FROM items WHERE place = ? AND key >= ? AND key < ?"
    " ORDER BY key LIMIT ?"
)
_WALK_ITEMS_BACK = (
    "SELECT key, size, item FROM items WHERE place = ? AND key >= ? AND key < ?"
    " ORDER BY key DESC LIMIT ?"
)
_WALK_ENTRIES = (
    "SELECT key, size, item FROM entries WHERE place = ? AND key >= ? AND key < ?"
    " ORDER BY key LIMIT ?"
)
_WALK_ENTRIES_BACK = (
    "SELECT key, size, item FROM entries WHERE place = ? AND key >= ? AND key < ?"
    " ORDER BY key DESC LIMIT ?"
)
_NO_LIMIT = -1
_MAX_COPY_BYTES = 4096
_NO_ENTRIES: Entries = frozenset()


@dataclass(frozen=True, slots=True)
class Effect:
    """What a write makes of one row; ``entries`` are those of the new item.

    With the very same item as old and new it leaves the row as it is.
    """

    stored: StoredTable
    key: bytes
    old: Measured | None
    new: Measured | None
    entries: Entries = _NO_ENTRIES


class Total(NamedTuple):
    """The items of a table, and their size by DynamoDB's rules."""

    items: int
    size_bytes: int

    def after(self, old: Measured | None, new: Measured | None) -> Total:
        """Return the total after an item was replaced; None: there is none."""
        items = (new is not None) - (old is not None)
        size_bytes = (new.size_bytes if new else 0) - (old.size_bytes if old else 0)
        return Total(self.items + items, self.size_bytes + size_bytes)


class Rows:
    """Reads and writes rows; the caller holds the database and its transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cache = ItemCache()
        self._totals: dict[int, Total] = {}
        self._sorted_by: dict[int, tuple[str, ...]] = {}

    def forget(self) -> None:
        """Drop every decoded item and total: what is on disk may be newer."""
        self._cache.clear()
        self._totals.clear()
        self._sorted_by.clear()

    def read(self, place: int, key: bytes) -> Measured | None:
        """Return the item at that key; not to be handed out, see ``SqliteStore``."""
        cached = self._cache.get((place, key))
        if cached is not None:
            return cached
        row = self._database.execute(_READ, (place, key)).fetchone()
        return None if row is None else self._decoded(place, key, *row)

    def apply(self, effect: Effect) -> bytes | None:
        """Let the row be what the write makes of it, and return how it is stored."""
        stored, key, old, new = effect.stored, effect.key, effect.old, effect.new
        if new is old:
            return None
        place = stored.number
        if old and not (new and self._same_entries(stored, old, new)):
            for entry in _entries(stored, key, old) - effect.entries:
                self._database.execute(_LEAVE, entry)
        data = None
        if new is not None:
            data = encode(new.item)
            for entry in effect.entries:
                row = _entry_row(stored, entry, new.size_bytes, data)
                self._database.execute(_ENTER, row)
            self._database.execute(_WRITE, (place, key, new.size_bytes, data))
            self._cache.put((place, key), new)
        elif old is not None:
            self._database.execute(_DELETE, (place, key))
            self._cache.drop((place, key))
        if place in self._totals:
            self._totals[place] = self._totals[place].after(old, new)
        return data

    def total(self, stored: StoredTable) -> Total:
        """Return how many items the table holds, and their size.

        Counted when it is first asked for, or when another process has written, and
        kept from then on.
        """
        place = stored.number
        if place not in self._totals:
            row = self._database.execute(_TOTAL, (place,)).fetchone()
            self._totals[place] = Total(*row)
        return self._totals[place]

    def is_empty(self, stored: StoredTable) -> bool:
        """Say whether the table holds no item."""
        return self._database.execute(_ANY, (stored.number,)).fetchone() is None

    def clear(self, *places: int) -> None:
        """Remove all items and entries of these numbers."""
        for place in places:
            self._database.execute(_CLEAR_ITEMS, (place,))
            self._database.execute(_CLEAR_ENTRIES, (place,))
        self.forget()

    def expired(
        self, stored: StoredTable, from_s: int, before_s: int, limit: int
    ) -> list[bytes]:
        """Return keys of items whose time has passed, those that passed first first."""
        if stored.expiry is None:
            return []
        within = KeyRange(time_key(from_s), time_key(before_s))
        bounds = (stored.expiry, within.low, within.high, limit)
        with closing(self._database.execute(_WALK_ENTRIES, bounds)) as entries:
            return [entry[TIME_BYTES:] for entry, _, _ in entries]

    def walk(
        self,
        stored: StoredTable,
        one: StoredIndex | None,
        within: KeyRange,
        limit: int | None,
        *,
        forward: bool = True,
    ) -> Generator[Measured]:
        """Yield items in the order of the table's, or the index's, keys.

        To be closed when it is left early: it keeps a read transaction open.
        """
        place = stored.number if one is None else one.number
        most = _NO_LIMIT if limit is None else limit
        bounds = (place, within.low, within.high, most)
        if one is None:
            walk = _WALK_ITEMS if forward else _WALK_ITEMS_BACK
            with closing(self._database.execute(walk, bounds)) as rows:
                for key, size, item in rows:
                    cached = self._cache.get((place, key))
                    yield cached or self._decoded(place, key, size, item)
            return
        parts = len(key_names(one.index))
        walk = _WALK_ENTRIES if forward else _WALK_ENTRIES_BACK
        with closing(self._database.execute(walk, bounds)) as entries:
            for entry, size, item in entries:
                if item is not None:
                    yield _measured(size, item)
                    continue
                found = self.read(stored.number, row_key_of_entry(entry, parts))
                if found is None:
                    raise AssertionError("an index entry without its item")
                yield found

    def fill(self, stored: StoredTable, places: AbstractSet[int]) -> None:
        """Enter every item of the table that fits into these of its indexes.

        Those with a key attribute of another type stay out, as in DynamoDB.
        """
        with closing(self._database.execute(_ALL, (stored.number,))) as rows:
            self._database.execute_many(
                _ENTER,
                (
                    _entry_row(stored, entry, size, item)
                    for key, size, item in rows
                    for entry in _fitting(stored, key, decode(item))
                    if entry[0] in places
                ),
            )

    def _same_entries(self, stored: StoredTable, old: Measured, new: Measured) -> bool:
        """Say whether no attribute has changed that an index is sorted by."""
        names = self._sorted_by.get(stored.number)
        if names is None:
            names = self._sorted_by[stored.number] = _sorted_by(stored)
        before, after = old.item, new.item
        for name in names:
            one, other = before.get(name), after.get(name)
            if one != other or type(one) is not type(other):
                return False
        return True

    def _decoded(self, place: int, key: bytes, size: int, data: bytes) -> Measured:
        measured = _measured(size, data)
        self._cache.put((place, key), measured)
        return measured


def index_entries(stored: StoredTable, item: Item, key: bytes) -> Entries:
    """Return the places and keys of a canonical item's entries.

    Raises ``Invalid`` when an index cannot take it.
    """
    if not stored.indexes and stored.expiry is None:
        return _NO_ENTRIES
    entries = [
        (one.number, entry)
        for one in stored.indexes
        if (entry := entry_key(one.index, item, key)) is not None
    ]
    return frozenset((*entries, *_expiring(stored, key, item)))


def _measured(size: int, data: bytes) -> Measured:
    """Return a stored item; a text that looks like a list or map is taken for one."""
    nested = data.find(b"{", 1) > 0 or b"[" in data
    return Measured(decode(data), size, nested)


def _entry_row(
    stored: StoredTable, entry: tuple[int, bytes], size: int, data: bytes
) -> tuple[int, bytes, int | None, bytes | None]:
    place, key = entry
    if place == stored.expiry or len(data) > _MAX_COPY_BYTES:
        return place, key, None, None
    return place, key, size, data


def _sorted_by(stored: StoredTable) -> tuple[str, ...]:
    names = [name for one in stored.indexes for name in key_names(one.index)]
    if stored.table.ttl is not None:
        names.append(stored.table.ttl)
    return tuple(dict.fromkeys(names))


def _entries(stored: StoredTable, key: bytes, old: Measured | None) -> Entries:
    if old is None or not (stored.indexes or stored.expiry):
        return _NO_ENTRIES
    return frozenset(_fitting(stored, key, old.item))


def _fitting(
    stored: StoredTable, key: bytes, item: Item
) -> Generator[tuple[int, bytes]]:
    for one in stored.indexes:
        try:
            entry = entry_key(one.index, item, key)
        except Invalid:
            continue
        if entry is not None:
            yield one.number, entry
    yield from _expiring(stored, key, item)


def _expiring(
    stored: StoredTable, key: bytes, item: Item
) -> Generator[tuple[int, bytes]]:
    if stored.expiry is None or stored.table.ttl is None:
        return
    at = item.get(stored.table.ttl)
    if isinstance(at, (int, Decimal)) and not isinstance(at, bool):
        yield stored.expiry, time_key(at) + key
