"""Conditional writes, rehearsals, and what each operation returns."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.resources import Attribute, AttributeType, Table, TableIndex
from amplikit.store import SqliteStore
from amplikit.store.conditions import AttributeExists, Comparison, Given, Path
from amplikit.store.interface import (
    ConditionFailed,
    DeleteRequest,
    GetRequest,
    Page,
    PutRequest,
    QueryRequest,
    Refused,
    UpdateRequest,
    Written,
)
from amplikit.store.updates import Update, assign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.store.interface import Item

S = AttributeType.STRING
POST = Table(
    "Post",
    Attribute("id", S),
    indexes=(TableIndex("byOwner", Attribute("owner", S), None),),
)
ABSENT = AttributeExists(Path(("id",)), wanted=False)
OWNED = Comparison(Path(("owner",)), "=", Given("alice"))
KEY = {"id": "1"}
ALICES: Item = {"id": "1", "owner": "alice", "n": 1}


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    with SqliteStore.in_memory((POST,)) as opened:
        yield opened


def test_a_put_replaces_the_whole_item(store: SqliteStore) -> None:
    store.put(PutRequest("Post", ALICES))
    new: Item = {"id": "1", "x": None}
    assert store.put(PutRequest("Post", new)) == Written(ALICES, new)
    assert store.get(GetRequest("Post", KEY)) == {"id": "1", "x": None}
    assert store.query(QueryRequest("Post", "alice", "byOwner")) == Page((), 0, None)


def test_a_put_whose_condition_fails_returns_what_is_there(store: SqliteStore) -> None:
    written = store.put(PutRequest("Post", ALICES, ABSENT))
    assert written == Written(None, ALICES)
    again = store.put(PutRequest("Post", {"id": "1"}, ABSENT))
    assert again == ConditionFailed(ALICES)
    assert store.get(GetRequest("Post", KEY)) == ALICES


def test_an_update_sets_removes_and_returns_the_new_item(store: SqliteStore) -> None:
    store.put(PutRequest("Post", ALICES))
    request = UpdateRequest("Post", KEY, assign({"m": {"a": [1]}}, ("n", "gone")))
    expected: Item = {"id": "1", "owner": "alice", "m": {"a": [1]}}
    assert store.update(request) == Written(ALICES, expected)
    assert store.get(GetRequest("Post", KEY)) == expected


def test_an_update_of_nothing_creates_the_item(store: SqliteStore) -> None:
    assert store.update(UpdateRequest("Post", KEY, Update())) == Written(None, KEY)
    assert store.get(GetRequest("Post", KEY)) == KEY


def test_an_update_or_delete_whose_condition_fails_changes_nothing(
    store: SqliteStore,
) -> None:
    assert store.update(
        UpdateRequest("Post", KEY, assign({"n": 2}), OWNED)
    ) == ConditionFailed(None)
    assert store.delete(DeleteRequest("Post", KEY, OWNED)) == ConditionFailed(None)
    bobs: Item = {"id": "1", "owner": "bob"}
    store.put(PutRequest("Post", bobs))
    assert store.update(
        UpdateRequest("Post", KEY, assign({"n": 2}), OWNED)
    ) == ConditionFailed(bobs)
    assert store.delete(DeleteRequest("Post", KEY, OWNED)) == ConditionFailed(bobs)
    assert store.get(GetRequest("Post", KEY)) == bobs


def test_a_delete_returns_what_was_there(store: SqliteStore) -> None:
    store.put(PutRequest("Post", ALICES))
    assert store.delete(DeleteRequest("Post", KEY, OWNED)) == Written(ALICES, None)
    assert store.delete(DeleteRequest("Post", KEY)) == Written(None, None)
    assert store.get(GetRequest("Post", KEY)) is None


def test_odd_names_and_values_are_only_data() -> None:
    name = "'; DROP TABLE items; --"
    table = Table(name, Attribute('"', S), Attribute("\0", S))
    key = {'"': "%", "\0": "\0\x01"}
    with SqliteStore.in_memory((table,)) as odd:
        assert odd.put(PutRequest(name, {**key, "": 1})) == Refused(
            "ValidationException", "Empty attribute name"
        )
        odd.put(PutRequest(name, {**key, "__proto__": "x"}))
        assert odd.get(GetRequest(name, key)) == {**key, "__proto__": "x"}


def test_a_rehearsal_is_undone_with_its_cache(store: SqliteStore) -> None:
    store.put(PutRequest("Post", ALICES))
    with store.rehearsal():
        store.update(UpdateRequest("Post", KEY, assign({"owner": "bob"})))
        store.put(PutRequest("Post", {"id": "2"}))
        with store.rehearsal():
            store.delete(DeleteRequest("Post", KEY))
            assert store.get(GetRequest("Post", KEY)) is None
        assert store.get(GetRequest("Post", KEY)) == {**ALICES, "owner": "bob"}
    assert store.get(GetRequest("Post", KEY)) == ALICES
    assert store.get(GetRequest("Post", {"id": "2"})) is None
    assert store.query(QueryRequest("Post", "alice", "byOwner")) == Page(
        (ALICES,), 1, None
    )


def test_a_rehearsal_that_raises_is_undone(store: SqliteStore) -> None:
    def fail() -> None:
        with store.rehearsal():
            store.put(PutRequest("Post", ALICES))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert store.get(GetRequest("Post", KEY)) is None


def test_a_write_of_another_thread_waits_for_the_rehearsal(store: SqliteStore) -> None:
    writer = threading.Thread(target=store.put, args=(PutRequest("Post", ALICES),))
    with store.rehearsal():
        writer.start()
        store.put(PutRequest("Post", {"id": "2"}))
    writer.join()
    assert store.get(GetRequest("Post", KEY)) == ALICES
    assert store.get(GetRequest("Post", {"id": "2"})) is None


def test_another_task_cannot_slip_a_write_into_a_rehearsal(store: SqliteStore) -> None:
    async def write() -> None:
        store.put(PutRequest("Post", ALICES))

    async def rehearse() -> None:
        task = asyncio.create_task(write())
        with store.rehearsal():
            await asyncio.wait([task])
        with pytest.raises(RuntimeError, match="must not await"):
            task.result()

    asyncio.run(rehearse())
    assert store.get(GetRequest("Post", KEY)) is None
    assert store.put(PutRequest("Post", ALICES)) == Written(None, ALICES)
