"""Several connections, threads and processes on one folder; a killed process."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.resources import Attribute, AttributeType, Table, TableIndex
from amplikit.store import SqliteStore
from amplikit.store.conditions import AttributeExists, Path
from amplikit.store.interface import (
    DeleteRequest,
    GetRequest,
    Page,
    PutRequest,
    QueryRequest,
    ScanRequest,
    UpdateRequest,
    Written,
)
from amplikit.store.updates import assign

if TYPE_CHECKING:
    from pathlib import Path as FilePath

S = AttributeType.STRING
BY_OWNER = TableIndex("byOwner", Attribute("owner", S), Attribute("n", S))
POST = Table("Post", Attribute("id", S), None, (BY_OWNER,))
BARE = Table("Post", Attribute("id", S))
WRITER = """
import sys
from pathlib import Path
from amplikit.blueprint.resources import Attribute, AttributeType, Table, TableIndex
from amplikit.store import SqliteStore
from amplikit.store.interface import PutRequest

S = AttributeType.STRING
index = TableIndex("byOwner", Attribute("owner", S), Attribute("n", S))
post = Table("Post", Attribute("id", S), None, (index,))
folder, name = Path(sys.argv[1]), sys.argv[2]
with SqliteStore.open(folder, (post,), schema_hash="x") as store:
    for number in range(int(sys.argv[3])):
        id_ = f"{name}-{number}"
        item = {"id": id_, "owner": name, "n": f"{number:06}", "text": "x" * 500}
        store.put(PutRequest("Post", item))
        print(id_, flush=True)
"""


def open_store(folder: FilePath, *tables: Table) -> SqliteStore:
    return SqliteStore.open(folder, tables or (POST,), schema_hash="x")


def start_writer(folder: FilePath, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), name, str(count)],
        stdout=subprocess.PIPE,
        text=True,
    )


def all_ids(store: SqliteStore, index: str | None = None) -> set[str]:
    ids: set[str] = set()
    start = None
    while True:
        page = store.scan(ScanRequest("Post", index, start=start))
        assert isinstance(page, Page)
        ids |= {str(item["id"]) for item in page.items}
        if (start := page.last_key) is None:
            return ids


@pytest.mark.parametrize("round_", range(3))
def test_what_was_acknowledged_survives_kill_9(tmp_path: FilePath, round_: int) -> None:
    writers = [start_writer(tmp_path, f"w{n}", 1_000_000) for n in range(2)]
    acknowledged: set[str] = set()
    for writer in writers:
        assert writer.stdout is not None
        for _ in range(40 + 60 * round_):
            acknowledged.add(writer.stdout.readline().strip())
    for writer in writers:
        writer.send_signal(signal.SIGKILL)
        assert writer.stdout is not None
        # What reached the pipe whole was acknowledged, too.
        rest = writer.stdout.read()
        acknowledged |= set(rest[: rest.rfind("\n") + 1].split())
        writer.stdout.close()
        writer.wait()
    with open_store(tmp_path) as store:
        found = all_ids(store)
        assert acknowledged <= found
        assert all_ids(store, "byOwner") == found
    with closing(sqlite3.connect(tmp_path / "items.sqlite3")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_processes_that_write_at_once_lose_nothing(tmp_path: FilePath) -> None:
    writers = [start_writer(tmp_path, f"w{n}", 50) for n in range(4)]
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0
    with open_store(tmp_path) as store:
        expected = {f"w{writer}-{n}" for writer in range(4) for n in range(50)}
        assert all_ids(store) == expected


def test_a_change_by_another_connection_is_seen_at_once(tmp_path: FilePath) -> None:
    key = {"id": "1"}
    with open_store(tmp_path) as one, open_store(tmp_path) as other:
        for text in ("a", "b"):
            one.put(PutRequest("Post", {**key, "owner": text, "n": "1"}))
            for store in (one, other):
                found = store.get(GetRequest("Post", key))
                assert found == {**key, "owner": text, "n": "1"}
                page = store.query(QueryRequest("Post", text, "byOwner"))
                assert isinstance(page, Page)
                assert page.items == (found,)
        other.delete(DeleteRequest("Post", key))
        assert one.get(GetRequest("Post", key)) is None


def test_an_index_added_by_another_process_is_kept_up_to_date(
    tmp_path: FilePath,
) -> None:
    with open_store(tmp_path, BARE) as old:
        old.put(PutRequest("Post", {"id": "1", "owner": "a", "n": "1"}))
        with open_store(tmp_path, POST) as new:
            old.put(PutRequest("Post", {"id": "2", "owner": "a", "n": "2"}))
            old.update(UpdateRequest("Post", {"id": "1"}, assign({"n": "3"})))
            page = new.query(QueryRequest("Post", "a", "byOwner"))
            assert isinstance(page, Page)
            assert [item["id"] for item in page.items] == ["2", "1"]


def test_threads_that_create_the_same_item_succeed_once(tmp_path: FilePath) -> None:
    absent = AttributeExists(Path(("id",)), wanted=False)
    won: list[str] = []
    with open_store(tmp_path) as store:

        def create(name: str) -> None:
            for number in range(50):
                item = {"id": f"{number}", "by": name}
                answer = store.put(PutRequest("Post", dict(item), absent))
                if answer == Written(None, dict(item)):
                    won.append(item["id"])

        threads = [threading.Thread(target=create, args=(f"{n}",)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(won) == sorted(str(number) for number in range(50))


def test_a_rehearsal_is_not_seen_by_another_connection(tmp_path: FilePath) -> None:
    with open_store(tmp_path) as one, open_store(tmp_path) as other:
        with one.rehearsal():
            one.put(PutRequest("Post", {"id": "1"}))
            assert other.get(GetRequest("Post", {"id": "1"})) is None
        assert one.get(GetRequest("Post", {"id": "1"})) is None
        other.put(PutRequest("Post", {"id": "1"}))
        assert one.get(GetRequest("Post", {"id": "1"})) == {"id": "1"}
