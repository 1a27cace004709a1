"""The record of what writes have changed, in their order, kept for a day.

    changes  sequence -> name, at, old, new, expired

A record is written in the transaction of its write, so the order is that of the
commits. As in DynamoDB, a write that leaves an item as it was leaves no record.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from amplikit.store.codec import decode, encode, same_items
from amplikit.store.interface import Change
from amplikit.store.positions import key_names

if TYPE_CHECKING:
    from amplikit.store.database import Database
    from amplikit.store.layout import Layout
    from amplikit.store.rows import Effect
    from amplikit.store.values import Measured

__all__ = ["CREATE_CHANGES", "ChangeLog"]

KEPT_S = 24 * 60 * 60
CREATE_CHANGES = """CREATE TABLE changes (
    sequence INTEGER PRIMARY KEY, name TEXT, at REAL,
    old BLOB, new BLOB, expired INTEGER
)"""
_RECORD = "INSERT INTO changes (name, at, old, new, expired) VALUES (?, ?, ?, ?, ?)"
_READ = (
    "SELECT sequence, name, at, old, new, expired FROM changes"
    " WHERE sequence > ? AND name <> '' AND (? = '' OR name = ?)"
    " ORDER BY sequence LIMIT ?"
)
# The last record's row stays in any case: the next one is numbered after it.
_CLEAR = (
    "DELETE FROM changes WHERE name = ?"
    " AND sequence < (SELECT max(sequence) FROM changes)"
)
_BLANK = "UPDATE changes SET name = '', old = NULL, new = NULL WHERE name = ?"
_PRUNE = (
    "DELETE FROM changes WHERE at < ? AND sequence IN"
    " (SELECT sequence FROM changes ORDER BY sequence LIMIT ?)"
    " AND sequence < (SELECT max(sequence) FROM changes)"
)


class ChangeLog:
    """Reads and writes records; the caller holds the database and its transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(
        self, effect: Effect, new: bytes | None, at_s: float, *, expired: bool
    ) -> None:
        """Add what a write has changed, if it has; ``new`` is the stored item."""
        if _is_same(effect.old, effect.new):
            return
        old = None if effect.old is None else encode(effect.old.item)
        row = (effect.stored.table.name, at_s, old, new, expired)
        self._database.execute(_RECORD, row)

    def read(
        self, layout: Layout, after: int, table: str | None, limit: int
    ) -> tuple[Change, ...]:
        """Return the first records after that one, of one table or of all."""
        keys = {each.table.name: key_names(each.table) for each in layout.tables}
        found = []
        only = table or ""
        rows = self._database.execute(_READ, (after, only, only, limit))
        with closing(rows):
            for sequence, name, at_s, old_data, new_data, expired in rows:
                old = None if old_data is None else decode(old_data)
                new = None if new_data is None else decode(new_data)
                item = new or old or {}
                key = {each: item[each] for each in keys[name]}
                change = Change(
                    sequence,
                    name,
                    "INSERT" if old is None else "REMOVE" if new is None else "MODIFY",
                    key,
                    old,
                    new,
                    at_s,
                    bool(expired),
                )
                found.append(change)
        return tuple(found)

    def prune(self, now_s: float, limit: int) -> int:
        """Remove records that are a day old, and return how many."""
        return self._database.execute(_PRUNE, (now_s - KEPT_S, limit)).rowcount

    def clear(self, name: str) -> None:
        """Remove the records of a table that is no more."""
        for statement in (_CLEAR, _BLANK):
            self._database.execute(statement, (name,))


def _is_same(old: Measured | None, new: Measured | None) -> bool:
    if old is None or new is None:
        return old is new
    # Python's own comparison is quick, and takes True for 1.
    return old.item == new.item and same_items(old.item, new.item)
