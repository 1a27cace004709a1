"""Kills a process while it adds indexes to a table full of items, or drops them.

Run as a program, it opens a data folder with the tables that hold the indexes, or not.
"""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rounds import check_indexes, check_integrity
from workload import SCHEMA_HASH, TABLES

from amplikit.store import SqliteStore
from amplikit.store.interface import Page, PutRequest, ScanRequest
from amplikit.store.layout import Layout

if TYPE_CHECKING:
    from random import Random

    from amplikit.blueprint.resources import Table
    from amplikit.store.interface import Item

ITEMS = 8_000
BATCH = 25
BARE = tuple(replace(table, indexes=()) for table in TABLES)
WANTED = {"with": TABLES, "without": BARE}


@dataclass(slots=True)
class Indexing:
    """A folder that is opened with indexes and without, in turns, and killed."""

    folder: Path
    random: Random
    longest_s: float = 1.0
    interrupted: int = 0
    _items: list[Item] = field(default_factory=list)

    def fill(self) -> None:
        """Write the items, and learn how long it takes to enter them."""
        random = self.random
        self._items = [
            {
                "id": f"item-{number}",
                "owner": random.choice("abc"),
                "rank": random.randrange(100),
                "kind": random.choice("kl"),
                "text": "x" * random.randrange(200),
            }
            for number in range(ITEMS)
        ]
        with _open(self.folder, BARE) as store:
            for start in range(0, ITEMS, BATCH):
                batch = self._items[start : start + BATCH]
                answer = store.batch_write(
                    tuple(PutRequest("Post", item) for item in batch)
                )
                assert answer.positions == (), answer
        begin = time.monotonic()
        with self._start("with") as process:
            process.wait()
        self.longest_s = time.monotonic() - begin
        assert self._has_indexes()

    def one(self) -> None:
        """Begin to change the indexes, kill, and look at what is there."""
        had = self._has_indexes()
        with self._start("without" if had else "with") as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"begun\n"
            time.sleep(self.random.random() * self.longest_s)
            process.send_signal(signal.SIGKILL)
        has = self._has_indexes()
        self.interrupted += had == has
        check_integrity(self.folder)
        with _open(self.folder, WANTED["with" if has else "without"]) as store:
            assert store.changed == (), "the folder was not as its layout says"
            page = store.scan(ScanRequest("Post", limit=1))
            assert isinstance(page, Page)
            check_indexes(store, TABLES if has else BARE)
            self._check_items(store)

    def _start(self, wanted: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, __file__, str(self.folder), wanted]
        return subprocess.Popen(command, stdout=subprocess.PIPE)

    def _has_indexes(self) -> bool:
        """Say what the layout says; there are no entries of another index."""
        (file,) = self.folder.glob("items.sqlite3")
        with closing(sqlite3.connect(file)) as connection:
            ((document,),) = connection.execute("SELECT document FROM layout")
            places = connection.execute("SELECT DISTINCT place FROM entries").fetchall()
        layout = Layout.from_json(document)
        known = {index.number for stored in layout.tables for index in stored.indexes}
        assert {place for (place,) in places} <= known, "half an index is there"
        return bool(known)

    def _check_items(self, store: SqliteStore) -> None:
        found: list[Item] = []
        start: Item | None = None
        while True:
            page = store.scan(ScanRequest("Post", start=start))
            assert isinstance(page, Page), page
            found += page.items
            start = page.last_key
            if start is None:
                break
        wanted = {str(item["id"]): item for item in self._items}
        assert {str(item["id"]): item for item in found} == wanted


def _open(folder: Path, tables: tuple[Table, ...]) -> SqliteStore:
    return SqliteStore.open(folder, tables, schema_hash=SCHEMA_HASH)


def main(folder: str, wanted: str) -> None:
    """Open the folder, and tell when that begins."""
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    _open(Path(folder), WANTED[wanted]).close()


if __name__ == "__main__":
    main(*sys.argv[1:])
