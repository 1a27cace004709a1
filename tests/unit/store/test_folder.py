"""What a data folder is, whose it is, and which schema it takes."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.resources import Attribute, AttributeType, Table, TableIndex
from amplikit.errors import DataFolderUnusable
from amplikit.store import SqliteStore
from amplikit.store.interface import (
    GetRequest,
    Page,
    PutRequest,
    QueryRequest,
    ScanRequest,
)

if TYPE_CHECKING:
    from amplikit.store.interface import Item

S, N = AttributeType.STRING, AttributeType.NUMBER
BY_DATE = TableIndex("byDate", Attribute("owner", S), Attribute("createdAt", S))
BY_VIEWS = TableIndex("byViews", Attribute("owner", S), Attribute("views", N))
NOTE = Table("Note", Attribute("id", S))
POST = Table("Post", Attribute("id", S), None, (BY_DATE,))
OTHER = Table("Other", Attribute("id", S))
ITEM: Item = {"id": "1", "owner": "a", "createdAt": "d"}


def refusals(folder: Path, *tables: Table) -> list[tuple[str, str]]:
    with pytest.raises(DataFolderUnusable) as caught:
        SqliteStore.open(folder, tables, schema_hash="new")
    return [(problem.code, problem.message) for problem in caught.value.problems]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a data folder with tables Note and Post and one post."""
    made = tmp_path / "deep" / "data"
    with SqliteStore.open(made, (NOTE, POST), schema_hash="old") as store:
        store.put(PutRequest("Post", ITEM))
    return made


def test_a_new_folder_is_private_and_ignored_by_git(folder: Path) -> None:
    with SqliteStore.open(folder, (NOTE, POST), schema_hash="old") as store:
        store.put(PutRequest("Note", {"id": "1"}))
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        modes = {
            path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()
        }
    assert modes == {
        ".gitignore": 0o600,
        "items.sqlite3": 0o600,
        "items.sqlite3-shm": 0o600,
        "items.sqlite3-wal": 0o600,
    }
    assert (folder / ".gitignore").read_text("utf-8") == "*\n"


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine", "utf-8")
    tmp_path.chmod(0o755)
    SqliteStore.open(tmp_path, (NOTE,), schema_hash="x").close()
    assert not (tmp_path / ".gitignore").exists()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_items_are_there_when_the_folder_is_opened_again(folder: Path) -> None:
    for durability in ("normal", "full"):
        with SqliteStore.open(
            folder, (POST, NOTE), schema_hash="new", durability=durability
        ) as store:
            assert store.get(GetRequest("Post", {"id": "1"})) == ITEM


def test_a_schema_that_adds_tables_and_indexes_is_taken(folder: Path) -> None:
    with SqliteStore.open(folder, (NOTE, POST), schema_hash="old") as store:
        store.put(PutRequest("Post", {**ITEM, "id": "2", "views": 2}))
        store.put(PutRequest("Post", {**ITEM, "id": "3", "views": "many"}))
        store.put(PutRequest("Post", {**ITEM, "id": "4", "views": 1}))
    wider = replace(POST, indexes=(BY_VIEWS, BY_DATE))
    with SqliteStore.open(folder, (OTHER, wider, NOTE), schema_hash="new") as store:
        page = store.query(QueryRequest("Post", "a", "byViews"))
        assert isinstance(page, Page)
        assert [item["id"] for item in page.items] == ["4", "2"]
        assert store.scan(ScanRequest("Other")) == Page((), 0, None)
        dated = store.query(QueryRequest("Post", "a", "byDate"))
        assert isinstance(dated, Page)
        assert dated.scanned_count == 4


def test_a_change_of_ttl_is_taken(folder: Path) -> None:
    expiring = replace(POST, ttl="expires")
    SqliteStore.open(folder, (NOTE, expiring), schema_hash="new").close()
    SqliteStore.open(folder, (NOTE, POST), schema_hash="old").close()


ANOTHER = "data-folder-of-another-schema"
NO_NOTE = "The data folder holds table 'Note', which the schema does not have."
NO_POST = "The data folder holds table 'Post', which the schema does not have."


@pytest.mark.parametrize(
    ("tables", "messages"),
    [
        ((), [NO_NOTE, NO_POST]),
        ((OTHER,), [NO_NOTE, NO_POST]),
        ((POST,), [NO_NOTE]),
        ((POST, OTHER), [NO_NOTE]),
        (
            (NOTE, replace(POST, indexes=(BY_VIEWS,))),
            [
                (
                    "The data folder holds index 'byDate' of table 'Post', "
                    "which the schema does not have."
                )
            ],
        ),
        (
            (NOTE, replace(POST, partition_key=Attribute("id", N))),
            [
                (
                    "Table 'Post' of the data folder has the key (id: S), "
                    "the schema's has (id: N)."
                )
            ],
        ),
        (
            (NOTE, replace(POST, sort_key=Attribute("at", S))),
            [
                (
                    "Table 'Post' of the data folder has the key (id: S), "
                    "the schema's has (id: S, at: S)."
                )
            ],
        ),
        (
            (NOTE, replace(POST, indexes=(replace(BY_DATE, projection="KEYS_ONLY"),))),
            [
                (
                    "Index 'byDate' of table 'Post' is global (owner: S, createdAt: S) "
                    "ALL in the data folder, global (owner: S, createdAt: S) KEYS_ONLY "
                    "in the schema."
                )
            ],
        ),
        (
            (NOTE, replace(POST, indexes=(replace(BY_DATE, sort_key=None),))),
            [
                (
                    "Index 'byDate' of table 'Post' is global (owner: S, createdAt: S) "
                    "ALL in the data folder, global (owner: S) ALL in the schema."
                )
            ],
        ),
    ],
    ids=lambda value: "" if isinstance(value, tuple) else str(value[0])[:60],
)
def test_the_folder_of_another_schema_is_refused_and_stays_as_it_was(
    folder: Path, tables: tuple[Table, ...], messages: list[str]
) -> None:
    assert refusals(folder, *tables) == [(ANOTHER, message) for message in messages]
    with SqliteStore.open(folder, (NOTE, POST), schema_hash="old") as store:
        assert store.get(GetRequest("Post", {"id": "1"})) == ITEM


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x", "utf-8")
    for wrong in (file, file / "data"):
        assert refusals(wrong, NOTE) == [
            ("data-folder-not-a-folder", f"The data folder '{wrong}' is not a folder.")
        ]


def test_a_folder_that_cannot_be_made_is_refused() -> None:
    ((code, _),) = refusals(Path("/proc/no/such/folder"), NOTE)
    assert code == "data-folder-not-writable"


def test_a_folder_in_the_files_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "items.sqlite3").mkdir()
    ((code, message),) = refusals(tmp_path, NOTE)
    assert code == "data-folder-not-writable"
    assert str(tmp_path / "items.sqlite3") in message


@pytest.mark.parametrize("name", ["items.sqlite3-wal", "items.sqlite3-shm"])
def test_a_folder_in_place_of_sqlites_own_files_is_refused(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).mkdir()
    ((code, _),) = refusals(tmp_path, NOTE)
    assert code == "data-folder-not-writable"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_file_that_others_may_use_is_refused(folder: Path, mode: int) -> None:
    (folder / "items.sqlite3").chmod(mode)
    ((code, _),) = refusals(folder, NOTE, POST)
    assert code == "data-folder-readable-by-others"


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to look at" * 40, b"x"]
)
def test_a_file_that_is_no_database_is_refused(folder: Path, content: bytes) -> None:
    path = folder / "items.sqlite3"
    path.write_bytes(content)
    assert refusals(folder, NOTE, POST) == [
        ("data-folder-damaged", f"The file '{path}' is damaged, or not amplikit's.")
    ]
    assert path.read_bytes() == content


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "items.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE mine (x)")
    path.chmod(0o600)
    before = path.read_bytes()
    assert refusals(tmp_path, NOTE) == [
        ("data-folder-damaged", f"The file '{path}' is damaged, or not amplikit's.")
    ]
    assert path.read_bytes() == before


def test_a_damaged_page_is_told_and_is_no_traceback(folder: Path) -> None:
    with SqliteStore.open(folder, (NOTE, POST), schema_hash="old") as store:
        for number in range(1000):
            store.put(PutRequest("Note", {"id": f"{number}", "text": "x" * 100}))
    path = folder / "items.sqlite3"
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    ((code, _),) = refusals(folder, NOTE, POST)
    assert code == "data-folder-damaged"


def test_a_newer_format_is_refused(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "items.sqlite3")) as connection:
        connection.execute("PRAGMA user_version = 2")
    assert refusals(folder, NOTE, POST) == [
        (
            "data-folder-of-newer-format",
            (
                f"The file '{folder / 'items.sqlite3'}' has format 2, "
                "this amplikit reads formats up to 1."
            ),
        )
    ]


def test_every_problem_has_a_hint(folder: Path) -> None:
    with pytest.raises(DataFolderUnusable) as caught:
        SqliteStore.open(folder, (OTHER,), schema_hash="new")
    assert {problem.hint for problem in caught.value.problems} == {
        "Use another folder with --data, or delete this one."
    }
