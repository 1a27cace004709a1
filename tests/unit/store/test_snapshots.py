"""Snapshots: saved beside writers, restored in one step."""

from __future__ import annotations

import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.resources import Attribute, AttributeType, Table, TableIndex
from amplikit.errors import DataFolderUnusable
from amplikit.store import SqliteStore
from amplikit.store.interface import (
    DeleteRequest,
    GetRequest,
    Page,
    PutRequest,
    QueryRequest,
    Refused,
    ScanRequest,
    Written,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from amplikit.store.interface import Item

S = AttributeType.STRING
BY_OWNER = TableIndex("byOwner", Attribute("owner", S), None)
POST = Table("Post", Attribute("id", S), None, (BY_OWNER,))
NOTE = Table("Note", Attribute("id", S))
MINE = Table(
    "mine", Attribute("k", S), None, (TableIndex("i", Attribute("v", S), None),)
)
ITEM: Item = {"id": "1", "owner": "a", "l": [1, {"x": b"y"}]}
KEY = {"id": "1"}


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteStore]:
    opened = (
        SqliteStore.open(tmp_path / "data", (POST, NOTE), schema_hash="x")
        if request.param == "folder"
        else SqliteStore.in_memory((POST, NOTE))
    )
    with opened:
        opened.put(PutRequest("Post", ITEM))
        yield opened


def owned(store: SqliteStore) -> tuple[Item, ...]:
    page = store.query(QueryRequest("Post", "a", "byOwner"))
    assert isinstance(page, Page)
    return page.items


def problems(call: Callable[[], object]) -> list[str]:
    with pytest.raises(DataFolderUnusable) as caught:
        call()
    return [problem.code for problem in caught.value.problems]


def test_a_store_goes_back_to_what_it_held(store: SqliteStore, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    store.save(saved)
    for _ in range(2):
        store.put(PutRequest("Post", {"id": "1", "owner": "b"}))
        store.put(PutRequest("Post", {"id": "2", "owner": "a"}))
        store.put(PutRequest("Note", {"id": "1"}))
        assert store.restore(saved) == ()
        assert store.get(GetRequest("Post", KEY)) == ITEM
        assert owned(store) == (ITEM,)
        assert store.scan(ScanRequest("Note")) == Page((), 0, None)
        description = store.describe("Post")
        assert not isinstance(description, Refused)
        assert description.item_count == 1
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} <= {"saved", "data"}


def test_a_snapshot_can_be_written_over(store: SqliteStore, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    store.save(saved)
    store.delete(DeleteRequest("Post", KEY))
    store.save(saved)
    store.put(PutRequest("Post", ITEM))
    store.restore(saved)
    assert owned(store) == ()


def test_tables_of_clients_go_and_come_with_a_snapshot(
    store: SqliteStore, tmp_path: Path
) -> None:
    store.save(tmp_path / "without")
    store.create_table(MINE)
    store.put(PutRequest("mine", {"k": "1", "v": "x"}))
    store.save(tmp_path / "with")
    store.restore(tmp_path / "without")
    assert store.tables() == (NOTE, POST)
    assert store.create_table(replace(MINE, partition_key=Attribute("z", S))) is None
    assert store.put(PutRequest("mine", {"z": "1"})) == Written(None, {"z": "1"})
    store.restore(tmp_path / "with")
    page = store.query(QueryRequest("mine", "x", "i"))
    assert isinstance(page, Page)
    assert page.items == ({"k": "1", "v": "x"},)


def test_a_restored_store_has_the_tables_of_its_schema(tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    with SqliteStore.in_memory((NOTE, replace(POST, indexes=()))) as then:
        then.put(PutRequest("Post", ITEM))
        then.save(saved)
    with SqliteStore.in_memory((POST,)) as now:
        now.create_table(MINE)
        assert now.restore(saved) == (
            "Table 'Note' is gone; it was empty.",
            "Index 'byOwner' of table 'Post' is filled by (owner: S).",
        )
        assert owned(now) == (ITEM,)
    with SqliteStore.in_memory((NOTE,)) as other:
        other.put(PutRequest("Note", {"id": "1"}))
        assert problems(lambda: other.restore(saved)) == [
            "data-folder-of-another-schema"
        ]
        assert other.get(GetRequest("Note", KEY)) == KEY
        assert other.tables() == (NOTE,)


def test_another_process_sees_what_was_restored(tmp_path: Path) -> None:
    folder, saved = tmp_path / "data", tmp_path / "saved"
    with (
        SqliteStore.open(folder, (POST, NOTE), schema_hash="x") as one,
        SqliteStore.open(folder, (POST, NOTE), schema_hash="x") as other,
    ):
        one.put(PutRequest("Post", ITEM))
        other.save(saved)
        one.put(PutRequest("Post", {"id": "1", "owner": "b"}))
        other.restore(saved)
        assert one.get(GetRequest("Post", KEY)) == ITEM
        assert owned(one) == (ITEM,)
        assert other.put(PutRequest("Note", KEY)) == Written(None, KEY)


def test_changes_go_on_after_a_restore(store: SqliteStore, tmp_path: Path) -> None:
    store.save(tmp_path / "saved")
    store.keep_changes(keep=True)
    store.put(PutRequest("Note", {"id": "1"}))
    store.restore(tmp_path / "saved")
    store.put(PutRequest("Note", {"id": "2"}))
    changes = [(one.sequence, one.key["id"]) for one in store.changes()]
    assert changes == [(1, "1"), (2, "2")]


@pytest.mark.parametrize("content", [b"", b"x", b"not a snapshot at all " * 400])
def test_what_is_no_snapshot_is_refused(
    store: SqliteStore, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "saved"
    path.write_bytes(content)
    assert problems(lambda: store.restore(path)) == ["data-folder-damaged"]
    assert path.read_bytes() == content
    assert owned(store) == (ITEM,)


def test_a_damaged_snapshot_changes_nothing(store: SqliteStore, tmp_path: Path) -> None:
    path = tmp_path / "saved"
    for number in range(500):
        store.put(PutRequest("Note", {"id": f"{number}", "text": "x" * 100}))
    store.save(path)
    content = bytearray(path.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    path.write_bytes(content)
    assert problems(lambda: store.restore(path)) == ["data-folder-damaged"]
    assert owned(store) == (ITEM,)
    assert isinstance(store.put(PutRequest("Note", {"id": "0"})), Written)


def test_a_snapshot_of_a_newer_format_is_refused(
    store: SqliteStore, tmp_path: Path
) -> None:
    path = tmp_path / "saved"
    store.save(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    assert problems(lambda: store.restore(path)) == ["data-folder-of-newer-format"]


def test_a_snapshot_needs_a_folder_that_can_be_written(
    store: SqliteStore, tmp_path: Path
) -> None:
    path = tmp_path / "none" / "saved"
    assert problems(lambda: store.save(path)) == ["data-folder-not-writable"]
    for missing in (path, tmp_path / "saved"):
        assert problems(partial(store.restore, missing)) == ["data-folder-not-writable"]
        assert not missing.exists()
    assert owned(store) == (ITEM,)


def test_clearing_leaves_the_tables_of_the_schema(store: SqliteStore) -> None:
    store.create_table(MINE)
    store.clear()
    assert store.tables() == (NOTE, POST)
    assert store.get(GetRequest("Post", KEY)) is None
    assert owned(store) == ()
    assert store.put(PutRequest("Post", ITEM)) == Written(None, ITEM)
    assert owned(store) == (ITEM,)


RESTORER = """
import sys
from pathlib import Path
from amplikit.store import SqliteStore

folder = Path(sys.argv[1])
with SqliteStore.open_as_it_is(folder / "data") as store:
    while True:
        for name in ("few", "many"):
            store.restore(folder / name)
            print(name, flush=True)
            store.save(folder / "last")
"""


@pytest.mark.parametrize("rounds", [1, 2, 5])
def test_a_kill_in_the_middle_leaves_one_state_or_the_other(
    tmp_path: Path, rounds: int
) -> None:
    counts = {"few": 50, "many": 400}
    with SqliteStore.open(tmp_path / "data", (POST, NOTE), schema_hash="x") as store:
        for name, count in counts.items():
            store.clear()
            for number in range(count):
                item: Item = {"id": f"{name}{number}", "owner": "a", "t": "x" * 200}
                store.put(PutRequest("Post", item))
            store.save(tmp_path / name)
    command = [sys.executable, "-c", RESTORER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as restorer:
        assert restorer.stdout is not None
        for _ in range(rounds):
            restorer.stdout.readline()
        restorer.send_signal(signal.SIGKILL)
    with SqliteStore.open(tmp_path / "data", (POST, NOTE), schema_hash="x") as store:
        found = owned(store)
        assert len(found) in counts.values()
        assert len({str(item["id"]).rstrip("0123456789") for item in found}) == 1
        store.save(tmp_path / "last")
        store.restore(tmp_path / "last")
        assert owned(store) == found
    with closing(sqlite3.connect(tmp_path / "data" / "items.sqlite3")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"data", "few", "many", "last"}
