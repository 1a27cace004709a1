"""Rounds of writers that are killed in the middle, and what must be there then."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from workload import (
    COUNTER,
    SCHEMA_HASH,
    TABLES,
    Operation,
    State,
    operation,
    place_of,
)

from amplikit.store import SqliteStore
from amplikit.store.interface import GetRequest, Page, ScanRequest

if TYPE_CHECKING:
    from random import Random

    from amplikit.blueprint.resources import Attribute, Table, TableIndex
    from amplikit.store.interface import Item

WORKLOAD = Path(__file__).with_name("workload.py")
WRITERS = 4
LONGEST_S = 0.5


@dataclass(slots=True)
class Rounds:
    """What is known to be written after the rounds so far."""

    folder: Path
    seed: int
    random: Random
    numbers: list[int] = field(default_factory=lambda: [0] * WRITERS)
    state: State = field(default_factory=dict)
    counted: int = 0
    acknowledged: int = 0
    unfinished: int = 0

    def one(self) -> None:
        """Let all write, kill all, and compare."""
        processes = [self._start(writer) for writer in range(WRITERS)]
        for writer in range(WRITERS):
            self._wait_for_a_write(writer, processes[writer])
        time.sleep(self.random.random() * LONGEST_S)
        for process in processes:
            process.send_signal(signal.SIGKILL)
        for process in processes:
            assert process.wait() == -signal.SIGKILL, "a writer failed by itself"
        with SqliteStore.open(
            self.folder / "data", TABLES, schema_hash=SCHEMA_HASH
        ) as store:
            sure, perhaps = 0, 0
            for writer in range(WRITERS):
                counts = self._compare(store, writer)
                sure, perhaps = sure + counts[0], perhaps + counts[1]
            self._compare_counter(store, sure, perhaps)
            check_indexes(store, TABLES)
        check_integrity(self.folder / "data")

    def _acknowledged_file(self, writer: int) -> Path:
        return self.folder / f"acknowledged-{writer}"

    def _start(self, writer: int) -> subprocess.Popen[bytes]:
        self._acknowledged_file(writer).unlink(missing_ok=True)
        arguments = [
            str(self.folder / "data"),
            str(self._acknowledged_file(writer)),
            str(self.seed),
            str(writer),
            str(self.numbers[writer]),
        ]
        return subprocess.Popen([sys.executable, str(WORKLOAD), *arguments])

    def _wait_for_a_write(self, writer: int, process: subprocess.Popen[bytes]) -> None:
        file = self._acknowledged_file(writer)
        while not (file.exists() and file.stat().st_size):
            assert process.poll() is None, "a writer failed by itself"
            time.sleep(0.005)

    def _compare(self, store: SqliteStore, writer: int) -> tuple[int, int]:
        """Return how often the writer counted for sure, and perhaps once more."""
        done = self._acknowledged_file(writer).stat().st_size
        first = self.numbers[writer]
        counted = 0
        for number in range(first, first + done):
            one = operation(self.seed, writer, number)
            if one.kind == "count":
                counted += 1
            else:
                self.state.update(one.after(self.state))
        begun = operation(self.seed, writer, first + done)
        last = begun.kind == "count" or self._settle(store, begun)
        self._compare_items(store, writer)
        self.acknowledged += done
        # What was begun is not repeated: it may or may not be there.
        self.numbers[writer] = first + done + 1
        self.unfinished += last
        return counted, int(begun.kind == "count")

    def _settle(self, store: SqliteStore, begun: Operation) -> bool:
        """Find out whether the unacknowledged operation was done; never half."""
        before = {place_of(write): self._known(write) for write in begun.writes}
        after = begun.after(self.state)
        there = {place: _read(store, *place) for place in after}
        if begun.kind == "batch":
            for place, item in there.items():
                assert item in (before[place], after[place]), place
        else:
            assert there in (before, after), f"half of {begun} is there: {there}"
        self.state.update(there)
        return there != before

    def _known(self, write: object) -> Item | None:
        return self.state.get(place_of(write))

    def _compare_items(self, store: SqliteStore, writer: int) -> None:
        for place, item in self.state.items():
            if place[1].startswith(f"w{writer}-"):
                assert _read(store, *place) == item, f"{place} is not as acknowledged"

    def _compare_counter(self, store: SqliteStore, sure: int, perhaps: int) -> None:
        counter = _read(store, "Log", COUNTER) or {"count": 0}
        counted = counter["count"]
        assert isinstance(counted, int)
        low = self.counted + sure
        assert low <= counted <= low + perhaps, (
            f"{counted}, not {low} to {low + perhaps}"
        )
        self.counted = counted


def check_indexes(store: SqliteStore, tables: tuple[Table, ...]) -> None:
    """Check that every index holds every item it should, as it is, and no other."""
    for table in tables:
        items = _scan(store, table.name, None)
        for index in table.indexes:
            wanted = [
                _projected(table, index, item) for item in items if _in(index, item)
            ]
            found = _scan(store, table.name, index.name)
            assert _sorted(found) == _sorted(wanted), f"{table.name}.{index.name}"


def check_integrity(folder: Path) -> None:
    """Check the file by SQLite's own means."""
    (file,) = folder.glob("items.sqlite3")
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def _read(store: SqliteStore, table: str, name: str) -> Item | None:
    answer = store.get(GetRequest(table, {"id": name}))
    assert answer is None or isinstance(answer, dict), answer
    return answer


def _scan(store: SqliteStore, table: str, index: str | None) -> list[Item]:
    items: list[Item] = []
    start: Item | None = None
    while True:
        page = store.scan(ScanRequest(table, index, start=start))
        assert isinstance(page, Page), page
        items += page.items
        start = page.last_key
        if start is None:
            return items


def _keys(keyed: Table | TableIndex) -> list[str]:
    keys: list[Attribute | None] = [keyed.partition_key, keyed.sort_key]
    return [key.name for key in keys if key is not None]


def _in(index: TableIndex, item: Item) -> bool:
    return all(name in item for name in _keys(index))


def _projected(table: Table, index: TableIndex, item: Item) -> Item:
    if index.projection == "ALL":
        return item
    names = {*_keys(table), *_keys(index), *index.include}
    return {name: value for name, value in item.items() if name in names}


def _sorted(items: list[Item]) -> list[Item]:
    return sorted(items, key=lambda item: str(item["id"]))
