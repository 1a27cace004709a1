"""What expires, and the record of changes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.resources import Attribute, AttributeType, Table
from amplikit.store import SqliteStore
from amplikit.store.interface import (
    Change,
    DeleteRequest,
    GetRequest,
    Page,
    PutRequest,
    ScanRequest,
    UpdateRequest,
)
from amplikit.store.updates import assign

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from amplikit.store.interface import AttributeValue, Item

S = AttributeType.STRING
SESSION = Table("Session", Attribute("id", S), ttl="until")
NOTE = Table("Note", Attribute("id", S))
NOW_S = 2_000_000_000
FIVE_YEARS_S = 5 * 365 * 24 * 60 * 60


def at_now() -> float:
    return float(NOW_S)


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    with SqliteStore.in_memory((SESSION, NOTE), clock=at_now) as opened:
        yield opened


def ids(store: SqliteStore) -> set[str]:
    page = store.scan(ScanRequest("Session"))
    assert isinstance(page, Page)
    return {str(item["id"]) for item in page.items}


@pytest.mark.parametrize(
    ("until", "expires"),
    [
        (NOW_S - 1, True),
        (NOW_S, False),
        (NOW_S + 1, False),
        (Decimal(NOW_S) - Decimal("0.5"), True),
        (NOW_S - FIVE_YEARS_S, True),
        (NOW_S - FIVE_YEARS_S - 1, False),
        (0, False),
        (-1, False),
        (10**37, False),
        (NOW_S * 1000, False),
        (str(NOW_S - 1), False),
        (None, False),
        (True, False),
        ([NOW_S - 1], False),
        (frozenset({Decimal(NOW_S - 1)}), False),
    ],
)
def test_only_a_number_of_seconds_that_have_passed_expires(
    store: SqliteStore, until: AttributeValue, *, expires: bool
) -> None:
    store.put(PutRequest("Session", {"id": "1", "until": until}))
    assert store.expire(NOW_S) == int(expires)
    assert ids(store) == (set() if expires else {"1"})


def test_an_item_expires_by_what_it_says_last(store: SqliteStore) -> None:
    store.put(PutRequest("Session", {"id": "1", "until": NOW_S - 1}))
    store.put(PutRequest("Session", {"id": "2", "until": NOW_S + 1}))
    store.put(PutRequest("Session", {"id": "3", "until": NOW_S - 1}))
    store.put(PutRequest("Session", {"id": "4", "until": NOW_S - 1}))
    store.update(UpdateRequest("Session", {"id": "1"}, assign({"until": NOW_S + 9})))
    store.update(UpdateRequest("Session", {"id": "3"}, assign({}, ("until",))))
    store.delete(DeleteRequest("Session", {"id": "4"}))
    assert store.expire(NOW_S) == 0
    assert store.expire(NOW_S + 5) == 1
    assert ids(store) == {"1", "3"}


def test_more_than_a_batch_expires_in_one_call(store: SqliteStore) -> None:
    for number in range(2500):
        store.put(PutRequest("Session", {"id": f"{number}", "until": NOW_S - number}))
    assert store.expire(NOW_S) == 2499
    assert store.expire(NOW_S) == 0
    assert ids(store) == {"0"}


def test_items_that_were_there_before_the_ttl_expire(tmp_path: Path) -> None:
    with SqliteStore.open(tmp_path, (NOTE,), schema_hash="x") as opened:
        opened.put(PutRequest("Note", {"id": "1", "until": NOW_S - 1}))
    for table, count in (
        (NOTE, 0),
        (Table("Note", Attribute("id", S), ttl="until"), 1),
    ):
        with SqliteStore.open(tmp_path, (table,), schema_hash="x") as opened:
            assert opened.expire(NOW_S) == count


def test_changes_are_recorded_in_order_once_they_are_kept(store: SqliteStore) -> None:
    store.put(PutRequest("Note", {"id": "before"}))
    store.keep_changes(keep=True)
    one: Item = {"id": "1", "l": [1], "s": frozenset("abcde")}
    two: Item = {"id": "1", "l": [2], "s": frozenset("abcde")}
    store.put(PutRequest("Note", one))
    store.update(UpdateRequest("Note", {"id": "1"}, assign({"l": [2]})))
    store.put(PutRequest("Session", {"id": "s", "until": NOW_S - 1}))
    same: Item = {"s": frozenset("edcba"), "l": [2], "id": "1"}
    store.put(PutRequest("Note", same))  # changes nothing
    store.delete(DeleteRequest("Note", {"id": "1"}))
    store.delete(DeleteRequest("Note", {"id": "1"}))  # changes nothing
    store.expire(NOW_S)
    store.keep_changes(keep=False)
    store.put(PutRequest("Note", {"id": "after"}))
    key: Item = {"id": "1"}
    session: Item = {"id": "s", "until": NOW_S - 1}
    expected = (
        Change(1, "Note", "INSERT", key, None, one, NOW_S),
        Change(2, "Note", "MODIFY", key, one, two, NOW_S),
        Change(3, "Session", "INSERT", {"id": "s"}, None, session, NOW_S),
        Change(4, "Note", "REMOVE", key, two, None, NOW_S),
        Change(5, "Session", "REMOVE", {"id": "s"}, session, None, NOW_S, expired=True),
    )
    assert store.changes() == expected
    assert store.changes(2, limit=2) == expected[2:4]
    assert store.changes(table="Session") == (expected[2], expected[4])
    assert store.changes(5) == ()
    assert store.changes(table="Nope") == ()


def test_a_write_that_is_undone_leaves_no_record(store: SqliteStore) -> None:
    store.keep_changes(keep=True)
    with store.rehearsal():
        store.put(PutRequest("Note", {"id": "1"}))
        assert len(store.changes()) == 1
    assert store.changes() == ()


def test_records_are_a_day_old_at_most_and_never_numbered_again(
    store: SqliteStore,
) -> None:
    store.keep_changes(keep=True)
    for number in range(3):
        store.put(PutRequest("Note", {"id": f"{number}"}))
    store.expire(NOW_S + 24 * 60 * 60)
    assert len(store.changes()) == 3
    store.expire(NOW_S + 24 * 60 * 60 + 1)
    assert [change.sequence for change in store.changes()] == [3]
    store.put(PutRequest("Note", {"id": "4"}))
    assert [change.sequence for change in store.changes()] == [3, 4]
    store.clear()
    assert store.changes() == ()
    store.put(PutRequest("Note", {"id": "5"}))
    assert [change.sequence for change in store.changes()] == [5]


def test_that_changes_are_kept_is_seen_by_every_process(tmp_path: Path) -> None:
    with (
        SqliteStore.open(tmp_path, (NOTE,), schema_hash="x") as one,
        SqliteStore.open(tmp_path, (NOTE,), schema_hash="x") as other,
    ):
        one.keep_changes(keep=True)
        other.put(PutRequest("Note", {"id": "1"}))
        assert [change.key for change in one.changes()] == [{"id": "1"}]
        assert other.get(GetRequest("Note", {"id": "1"})) == {"id": "1"}
