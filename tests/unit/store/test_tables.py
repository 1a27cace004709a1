"""Tables that clients make beside those of the schema."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.resources import Attribute, AttributeType, Table, TableIndex
from amplikit.store import SqliteStore
from amplikit.store.interface import (
    DeleteRequest,
    GetRequest,
    Page,
    PutRequest,
    QueryRequest,
    Refused,
    ScanRequest,
    TableDescription,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

S, N = AttributeType.STRING, AttributeType.NUMBER
BY_OWNER = TableIndex("byOwner", Attribute("owner", S), None)
POST = Table("Post", Attribute("id", S), None, (BY_OWNER,))
MINE = Table("mine", Attribute("k", S), Attribute("n", N))
BY_V = TableIndex("byV", Attribute("v", S), None)
NO_TABLE = Refused("ResourceNotFoundException", "Requested resource not found")


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    with SqliteStore.in_memory((POST,)) as opened:
        yield opened


def type_of(answer: object) -> str:
    assert isinstance(answer, Refused)
    return answer.type


def test_a_table_is_made_used_and_deleted(store: SqliteStore) -> None:
    assert store.create_table(MINE) is None
    assert store.tables() == (POST, MINE)
    item = {"k": "1", "n": 1}
    store.put(PutRequest("mine", dict(item)))
    assert store.get(GetRequest("mine", item)) == item
    assert store.delete_table("mine") is None
    assert store.tables() == (POST,)
    assert store.get(GetRequest("mine", item)) == NO_TABLE
    assert store.delete_table("mine") == NO_TABLE
    assert store.describe("mine") == NO_TABLE


def test_a_table_made_again_is_empty(store: SqliteStore) -> None:
    store.create_table(MINE)
    store.put(PutRequest("mine", {"k": "1", "n": 1}))
    store.delete_table("mine")
    store.create_table(replace(MINE, sort_key=None))
    assert store.scan(ScanRequest("mine")) == Page((), 0, None)


def test_a_name_is_taken_once(store: SqliteStore) -> None:
    assert store.create_table(MINE) is None
    for table in (MINE, POST):
        assert type_of(store.create_table(table)) == "ResourceInUseException"


def test_a_table_of_the_schema_stays(store: SqliteStore) -> None:
    assert type_of(store.delete_table("Post")) == "ValidationException"
    for table in (replace(POST, indexes=()), replace(POST, sort_key=Attribute("s", S))):
        assert type_of(store.update_table(table)) == "ValidationException"
    assert store.tables() == (POST,)


def test_indexes_and_ttl_change_and_are_filled_at_once(store: SqliteStore) -> None:
    store.create_table(MINE)
    store.put(PutRequest("mine", {"k": "1", "n": 1, "v": "x", "until": 99}))
    store.put(PutRequest("mine", {"k": "2", "n": 1, "v": 3}))
    wider = replace(MINE, indexes=(BY_V,), ttl="until")
    assert store.update_table(wider) is None
    page = store.query(QueryRequest("mine", "x", "byV"))
    assert isinstance(page, Page)
    assert page.scanned_count == 1
    assert store.describe("mine") == TableDescription(wider, 2, 22)
    assert store.expire(100) == 1
    assert store.query(QueryRequest("mine", "x", "byV")) == Page((), 0, None)
    assert store.update_table(MINE) is None
    assert type_of(store.query(QueryRequest("mine", "x", "byV"))) == (
        "ValidationException"
    )
    assert store.update_table(replace(MINE, name="none")) == NO_TABLE


def test_counts_follow_every_write(store: SqliteStore) -> None:
    assert store.describe("Post") == TableDescription(POST, 0, 0)
    for text in ("a", "abc"):
        store.put(PutRequest("Post", {"id": "1", "t": text}))
    store.put(PutRequest("Post", {"id": "2"}))
    assert store.describe("Post") == TableDescription(POST, 2, 10)
    with store.rehearsal():
        store.put(PutRequest("Post", {"id": "3"}))
        assert store.describe("Post") == TableDescription(POST, 3, 13)
    store.delete(DeleteRequest("Post", {"id": "1"}))
    store.delete(DeleteRequest("Post", {"id": "1"}))
    assert store.describe("Post") == TableDescription(POST, 1, 3)


def test_tables_of_clients_outlive_a_change_of_the_schema(tmp_path: Path) -> None:
    with SqliteStore.open(tmp_path, (POST,), schema_hash="x") as one:
        one.create_table(MINE)
        one.put(PutRequest("mine", {"k": "1", "n": 1}))
    other = Table("Other", Attribute("id", S))
    with SqliteStore.open(tmp_path, (other,), schema_hash="y") as two:
        assert two.tables() == (other, MINE)
        assert two.get(GetRequest("mine", {"k": "1", "n": 1})) == {"k": "1", "n": 1}
    with SqliteStore.open(tmp_path, (MINE,), schema_hash="z") as three:
        assert three.tables() == (MINE,)
        assert type_of(three.delete_table("mine")) == "ValidationException"
        assert three.get(GetRequest("mine", {"k": "1", "n": 1})) is not None


def test_a_table_that_another_process_makes_is_there_at_once(tmp_path: Path) -> None:
    with (
        SqliteStore.open(tmp_path, (POST,), schema_hash="x") as one,
        SqliteStore.open(tmp_path, (POST,), schema_hash="x") as other,
    ):
        one.create_table(MINE)
        other.put(PutRequest("mine", {"k": "1", "n": 1}))
        description = one.describe("mine")
        assert description == TableDescription(MINE, 1, 5)
        other.put(PutRequest("mine", {"k": "2", "n": 1}))
        assert one.describe("mine") == TableDescription(MINE, 2, 10)
        other.delete_table("mine")
        assert one.get(GetRequest("mine", {"k": "1", "n": 1})) == NO_TABLE


def test_names_are_told_in_the_order_of_their_bytes(store: SqliteStore) -> None:
    for name in ("b", "é", "Z", "a.b", "a-b"):
        store.create_table(replace(MINE, name=name))
    names = [table.name for table in store.tables()]
    assert names == ["Post", "Z", "a-b", "a.b", "b", "é"]
