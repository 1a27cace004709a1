"""Items and index entries in SQLite, and the decoded items in front of them.

    items    (place, key) -> size, item       place: the number of the table
    entries  (place, key)                     place: the number of the index

An entry's key ends in the key of its item, so the item is written in one place only.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from amplikit.store.cache import ItemCache
from amplikit.store.codec import decode, encode
from amplikit.store.keys import row_key_of_entry
from amplikit.store.positions import entry_key, key_names
from amplikit.store.refusals import Invalid
from amplikit.store.values import Measured

if TYPE_CHECKING:
    from collections.abc import Generator

    from amplikit.store.database import Database
    from amplikit.store.interface import Item
    from amplikit.store.keys import KeyRange
    from amplikit.store.layout import StoredIndex, StoredTable

__all__ = ["CREATE", "Entries", "Rows", "index_entries"]

Entries = frozenset[tuple[int, bytes]]

CREATE = (
    """CREATE TABLE items (
        place INTEGER, key BLOB, size INTEGER, item BLOB, PRIMARY KEY (place, key)
    ) WITHOUT ROWID""",
    """CREATE TABLE entries (
        place INTEGER, key BLOB, PRIMARY KEY (place, key)
    ) WITHOUT ROWID""",
)
_READ = "SELECT size, item FROM items WHERE place = ? AND key = ?"
_WRITE = "INSERT OR REPLACE INTO items (place, key, size, item) VALUES (?, ?, ?, ?)"
_DELETE = "DELETE FROM items WHERE place = ? AND key = ?"
_ENTER = "INSERT OR REPLACE INTO entries (place, key) VALUES (?, ?)"
_LEAVE = "DELETE FROM entries WHERE place = ? AND key = ?"
_ALL = "SELECT key, size, item FROM items WHERE place = ?"
_WALK_ITEMS = (
    "SELECT key, size, item FROM items WHERE place = ? AND key >= ? AND key < ?"
    " ORDER BY key LIMIT ?"
)
_WALK_ITEMS_BACK = (
    "SELECT key, size, item FROM items WHERE place = ? AND key >= ? AND key < ?"
    " ORDER BY key DESC LIMIT ?"
)
_WALK_ENTRIES = (
    "SELECT key FROM entries WHERE place = ? AND key >= ? AND key < ?"
    " ORDER BY key LIMIT ?"
)
_WALK_ENTRIES_BACK = (
    "SELECT key FROM entries WHERE place = ? AND key >= ? AND key < ?"
    " ORDER BY key DESC LIMIT ?"
)
_NO_LIMIT = -1


class Rows:
    """Reads and writes rows; the caller holds the database and its transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cache = ItemCache()

    def forget(self) -> None:
        """Drop every decoded item: what is on disk may be newer."""
        self._cache.clear()

    def read(self, place: int, key: bytes) -> Measured | None:
        """Return the item at that key; not to be handed out, see ``SqliteStore``."""
        cached = self._cache.get((place, key))
        if cached is not None:
            return cached
        row = self._database.execute(_READ, (place, key)).fetchone()
        return None if row is None else self._decoded(place, key, *row)

    def write(
        self,
        stored: StoredTable,
        key: bytes,
        new: Measured,
        entries: Entries,
        old: Measured | None,
    ) -> None:
        """Put the item at that key, and its entries into the indexes."""
        self._enter(entries, _entries(stored, key, old))
        row = (stored.number, key, new.size_bytes, encode(new.item))
        self._database.execute(_WRITE, row)
        self._cache.put((stored.number, key), new)

    def delete(self, stored: StoredTable, key: bytes, old: Measured) -> None:
        """Remove the item at that key, and its entries."""
        self._enter(frozenset(), _entries(stored, key, old))
        self._database.execute(_DELETE, (stored.number, key))
        self._cache.drop((stored.number, key))

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
            for (entry,) in entries:
                found = self.read(stored.number, row_key_of_entry(entry, parts))
                if found is None:
                    raise AssertionError("an index entry without its item")
                yield found

    def fill(self, stored: StoredTable, one: StoredIndex) -> None:
        """Enter every item of the table that fits into a new index.

        Those with a key attribute of another type stay out, as in DynamoDB.
        """
        with closing(self._database.execute(_ALL, (stored.number,))) as rows:
            self._database.execute_many(
                _ENTER,
                (
                    (one.number, entry)
                    for key, _, item in rows
                    if (entry := _entry_if_fit(one, decode(item), key)) is not None
                ),
            )

    def _enter(self, new: Entries, old: Entries) -> None:
        for entry in old - new:
            self._database.execute(_LEAVE, entry)
        for entry in new - old:
            self._database.execute(_ENTER, entry)

    def _decoded(self, place: int, key: bytes, size: int, data: bytes) -> Measured:
        item = decode(data)
        nested = any(isinstance(value, (list, dict)) for value in item.values())
        measured = Measured(item, size, nested)
        self._cache.put((place, key), measured)
        return measured


def index_entries(stored: StoredTable, item: Item, key: bytes) -> Entries:
    """Return the places and keys of a canonical item's index entries.

    Raises ``Invalid`` when an index cannot take it.
    """
    return frozenset(
        (one.number, entry)
        for one in stored.indexes
        if (entry := entry_key(one.index, item, key)) is not None
    )


def _entries(stored: StoredTable, key: bytes, old: Measured | None) -> Entries:
    if old is None:
        return frozenset()
    return frozenset(
        (one.number, entry)
        for one in stored.indexes
        if (entry := _entry_if_fit(one, old.item, key)) is not None
    )


def _entry_if_fit(one: StoredIndex, item: Item, key: bytes) -> bytes | None:
    try:
        return entry_key(one.index, item, key)
    except Invalid:
        return None
