"""Batches: several reads or writes, each for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.resources import Attribute, AttributeType, Table, TableIndex
from amplikit.store import SqliteStore
from amplikit.store.conditions import Path
from amplikit.store.interface import (
    DeleteRequest,
    GetRequest,
    PutRequest,
    Refused,
    Unprocessed,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.store.interface import Item

S = AttributeType.STRING
POST = Table(
    "Post", Attribute("id", S), None, (TableIndex("o", Attribute("o", S), None),)
)
NOTE = Table("Note", Attribute("id", S))
DUPLICATES = "Provided list of item keys contains duplicates"
NO_TABLE = Refused("ResourceNotFoundException", "Requested resource not found")


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    with SqliteStore.in_memory((POST, NOTE)) as opened:
        opened.put(PutRequest("Post", {"id": "1", "o": "a", "l": [1, 2]}))
        yield opened


def put(id_: object, table: str = "Post", **more: object) -> PutRequest:
    item: Item = {"id": id_, **more}  # type: ignore[dict-item]  # odd ones are the point
    return PutRequest(table, item)


def get(id_: str, table: str = "Post") -> GetRequest:
    return GetRequest(table, {"id": id_})


def test_a_batch_reads_from_several_tables_in_the_order_of_its_requests(
    store: SqliteStore,
) -> None:
    store.put(put("1", "Note", text="n"))
    part = GetRequest("Post", {"id": "1"}, (Path(("l", 1)),))
    assert store.batch_get((get("1", "Note"), get("none"), part)) == (
        {"id": "1", "text": "n"},
        None,
        {"l": [2]},
    )


def test_what_a_batch_gives_is_the_callers_own(store: SqliteStore) -> None:
    for _ in range(2):
        answer = store.batch_get((get("1"),))
        assert answer == ({"id": "1", "o": "a", "l": [1, 2]},)
        assert isinstance(answer, tuple)
        assert isinstance(answer[0], dict)
        answer[0]["l"] = "mine"


def test_what_goes_beyond_16_mb_is_to_be_asked_for_again(store: SqliteStore) -> None:
    for number in range(60):
        store.put(put(f"b{number}", t="x" * 300_000))
    answer = store.batch_get(tuple(get(f"b{number}") for number in range(60)))
    assert isinstance(answer, tuple)
    assert [isinstance(one, dict) for one in answer] == [True] * 55 + [False] * 5
    assert answer[55:] == tuple(Unprocessed((number,)) for number in range(55, 60))


def test_a_batch_puts_and_deletes(store: SqliteStore) -> None:
    requests = (put("2", o="b"), DeleteRequest("Post", {"id": "1"}), put("1", "Note"))
    assert store.batch_write(requests) == Unprocessed(())
    found = store.batch_get((get("1"), get("2"), get("1", "Note")))
    assert found == (None, {"id": "2", "o": "b"}, {"id": "1"})


@pytest.mark.parametrize(
    ("requests", "expected"),
    [
        ((put("2"), put("2")), DUPLICATES),
        ((put("2"), DeleteRequest("Post", {"id": "2"})), DUPLICATES),
        (
            tuple(put(str(number)) for number in range(26)),
            "Too many items requested for the BatchWriteItem call",
        ),
        (
            (put("2"), put(3)),
            "The provided key element does not match the schema",
        ),
        (
            (put("2"), put("3", t="x" * 410_000)),
            "Item size has exceeded the maximum allowed size",
        ),
        (
            (put("2"), put("3", o="")),
            (
                "One or more parameter values are not valid. A value specified for a "
                "secondary index key is not supported. The AttributeValue for a key "
                "attribute cannot contain an empty string value. IndexName: o, "
                "IndexKey: o"
            ),
        ),
    ],
)
def test_a_batch_that_holds_what_does_not_fit_writes_nothing(
    store: SqliteStore, requests: tuple[PutRequest, ...], expected: str
) -> None:
    assert store.batch_write(requests) == Refused("ValidationException", expected)
    assert store.batch_get((get("2"), get("0"))) == (None, None)


def test_25_writes_and_100_reads_are_no_more_than_a_batch_takes(
    store: SqliteStore,
) -> None:
    assert store.batch_write(tuple(put(f"{n}") for n in range(25))) == Unprocessed(())
    answer = store.batch_get(tuple(get(f"{number}") for number in range(100)))
    assert isinstance(answer, tuple)
    assert len(answer) == 100
    assert answer[:25] == tuple({"id": f"{number}"} for number in range(25))


def test_a_batch_of_reads_is_refused_as_a_whole(store: SqliteStore) -> None:
    too_many = tuple(get(f"{number}") for number in range(101))
    assert store.batch_get((get("1"), get("1"))) == Refused(
        "ValidationException", DUPLICATES
    )
    assert store.batch_get(too_many) == Refused(
        "ValidationException", "Too many items requested for the BatchGetItem call"
    )
    assert store.batch_get((get("1"), get("1", "Nope"))) == NO_TABLE
    assert store.batch_write((put("2"), put("1", "Nope"))) == NO_TABLE
    assert store.batch_get((get("2"),)) == (None,)


def test_the_same_key_in_two_tables_is_no_duplicate(store: SqliteStore) -> None:
    assert store.batch_write((put("2"), put("2", "Note"))) == Unprocessed(())
