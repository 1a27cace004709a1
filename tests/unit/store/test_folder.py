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


def changed(folder: Path, *tables: Table) -> tuple[str, ...]:
    with SqliteStore.open(folder, tables, schema_hash="new") as store:
        return store.changed


def test_a_new_folder_and_the_same_schema_are_not_worth_a_word(folder: Path) -> None:
    assert changed(folder / "new", NOTE, POST) == ()
    assert changed(folder, POST, NOTE) == ()


@pytest.mark.parametrize(
    ("tables", "sentences"),
    [
        ((POST,), ["Table 'Note' is gone; it was empty."]),
        ((NOTE, POST, OTHER), ["Table 'Other' is new."]),
        (
            (replace(NOTE, sort_key=Attribute("at", N)), POST),
            ["Table 'Note' has the key (id: S, at: N) now; it was empty."],
        ),
        (
            (NOTE, replace(POST, indexes=())),
            ["Index 'byDate' of table 'Post' is gone."],
        ),
        (
            (NOTE, replace(POST, indexes=(BY_VIEWS, BY_DATE))),
            ["Index 'byViews' of table 'Post' is filled by (owner: S, views: N)."],
        ),
        (
            (NOTE, replace(POST, indexes=(replace(BY_DATE, sort_key=None),))),
            [
                (
                    "Index 'byDate' of table 'Post' is filled by (owner: S), which was "
                    "(owner: S, createdAt: S)."
                )
            ],
        ),
        (
            (NOTE, replace(POST, indexes=(replace(BY_DATE, projection="KEYS_ONLY"),))),
            [],
        ),
        (
            (NOTE, replace(POST, ttl="expires")),
            ["Items of table 'Post' expire by 'expires'."],
        ),
    ],
    ids=lambda value: value[0][:60] if value and isinstance(value, list) else "",
)
def test_a_schema_by_which_no_item_is_lost_is_taken_and_told(
    folder: Path, tables: tuple[Table, ...], sentences: list[str]
) -> None:
    assert list(changed(folder, *tables)) == sentences
    assert changed(folder, *tables) == ()
    with SqliteStore.open(folder, tables, schema_hash="new") as store:
        assert store.get(GetRequest("Post", {"id": "1"})) == ITEM
        post = next(table for table in tables if table.name == "Post")
        for index in post.indexes:
            expected = 0 if index.name == "byViews" else 1
            page = store.query(QueryRequest("Post", "a", index.name))
            assert isinstance(page, Page)
            assert page.scanned_count == expected
    with SqliteStore.open(folder, (NOTE, POST), schema_hash="old") as store:
        page = store.query(QueryRequest("Post", "a", "byDate"))
        assert isinstance(page, Page)
        assert page.items == (ITEM,)


ANOTHER = "data-folder-of-another-schema"
NO_POST = "The data folder has items in 'Post', which the schema does not have."


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ((), NO_POST),
        ((OTHER,), NO_POST),
        ((NOTE,), NO_POST),
        (
            (NOTE, replace(POST, partition_key=Attribute("id", N))),
            (
                "Table 'Post' of the data folder has items and the key (id: S), "
                "the schema's has (id: N)."
            ),
        ),
        (
            (NOTE, replace(POST, sort_key=Attribute("at", S))),
            (
                "Table 'Post' of the data folder has items and the key (id: S), "
                "the schema's has (id: S, at: S)."
            ),
        ),
    ],
)
def test_a_schema_by_which_items_would_be_lost_is_refused_and_changes_nothing(
    folder: Path, tables: tuple[Table, ...], message: str
) -> None:
    assert refusals(folder, *tables) == [(ANOTHER, message)]
    assert changed(folder, NOTE, POST) == ()
    with SqliteStore.open(folder, (NOTE, POST), schema_hash="old") as store:
        assert store.get(GetRequest("Post", {"id": "1"})) == ITEM


def test_every_table_whose_items_would_be_lost_is_named(folder: Path) -> None:
    with SqliteStore.open(folder, (NOTE, POST), schema_hash="old") as store:
        store.put(PutRequest("Note", {"id": "1"}))
    no_note = NO_POST.replace("Post", "Note")
    assert refusals(folder, OTHER) == [(ANOTHER, no_note), (ANOTHER, NO_POST)]


def test_a_folder_of_the_first_format_is_brought_forward(tmp_path: Path) -> None:
    """The file is as the first version of the store wrote it."""
    path = tmp_path / "items.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FIRST_FORMAT)
    path.chmod(0o600)
    expiring = replace(POST, ttl="views")
    assert changed(tmp_path, expiring) == ("Items of table 'Post' expire by 'views'.",)
    with SqliteStore.open(tmp_path, (expiring,), schema_hash="new") as store:
        page = store.query(QueryRequest("Post", "a", "byDate"))
        assert isinstance(page, Page)
        assert page.items == ({**ITEM, "views": 5},)
        assert store.transact_write((PutRequest("Post", {"id": "2"}),), "t") is None
        assert store.expire(6.0) == 1
        assert store.get(GetRequest("Post", {"id": "1"})) is None


FIRST_FORMAT = """
PRAGMA journal_mode = WAL;
CREATE TABLE items (
    place INTEGER, key BLOB, size INTEGER, item BLOB, PRIMARY KEY (place, key)
) WITHOUT ROWID;
CREATE TABLE entries (
    place INTEGER, key BLOB, PRIMARY KEY (place, key)
) WITHOUT ROWID;
CREATE TABLE layout (document BLOB);
PRAGMA application_id = 0x416D706C;
PRAGMA user_version = 1;
INSERT INTO layout VALUES (CAST('{"schemaHash":"x","nextNumber":3,"tables":[{
"number":1,"name":"Post","partitionKey":{"name":"id","type":"S"},"sortKey":null,
"ttl":null,"indexes":[{"number":2,"name":"byDate",
"partitionKey":{"name":"owner","type":"S"},"sortKey":{"name":"createdAt","type":"S"},
"local":false,"projection":"ALL","include":[]}]}]}' AS BLOB));
INSERT INTO items VALUES (1, X'48e6ac840746deec310001', 26,
    CAST('{"id":"1","owner":"a","createdAt":"d","views":5}' AS BLOB));
INSERT INTO entries VALUES (2, X'f6558e516275dee261000164000148e6ac840746deec310001');
"""


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
        connection.execute("PRAGMA user_version = 9")
    assert refusals(folder, NOTE, POST) == [
        (
            "data-folder-of-newer-format",
            (
                f"The file '{folder / 'items.sqlite3'}' has format 9, "
                "this amplikit reads formats up to 3."
            ),
        )
    ]


def test_every_problem_has_a_hint(folder: Path) -> None:
    with pytest.raises(DataFolderUnusable) as caught:
        SqliteStore.open(folder, (OTHER,), schema_hash="new")
    assert {problem.hint for problem in caught.value.problems} == {
        (
            "Export what you want to keep with 'amplikit tables export', delete the "
            "items with 'amplikit reset', or use another folder with --data."
        )
    }
