"""Transactions: all or nothing, with a reason for each item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.resources import Attribute, AttributeType, Table, TableIndex
from amplikit.store import SqliteStore
from amplikit.store.conditions import AttributeExists, Given, Path
from amplikit.store.interface import (
    CheckRequest,
    DeleteRequest,
    GetRequest,
    Page,
    PutRequest,
    QueryRequest,
    Reason,
    Refused,
    TransactionCanceled,
    UpdateRequest,
)
from amplikit.store.updates import Arithmetic, Assigned, Update, assign

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path as FilePath

    from amplikit.store.interface import Item, TransactionItem

S = AttributeType.STRING
POST = Table(
    "Post", Attribute("id", S), None, (TableIndex("o", Attribute("o", S), None),)
)
NOTE = Table("Note", Attribute("id", S))
THERE = AttributeExists(Path(("id",)))
ABSENT = AttributeExists(Path(("id",)), wanted=False)
ONE: Item = {"id": "1", "o": "a", "n": "text"}
FINE = Reason("None")
FAILED = "The conditional request failed"
KEY = {"id": "1"}


class Clock:
    """A time that tests move."""

    now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> Iterator[SqliteStore]:
    with SqliteStore.in_memory((POST, NOTE), clock=clock) as opened:
        opened.put(PutRequest("Post", dict(ONE)))
        yield opened


def put(id_: object, **more: object) -> PutRequest:
    item: Item = {"id": id_, **more}  # type: ignore[dict-item]  # odd ones are the point
    return PutRequest("Post", item)


def add_one(id_: str) -> UpdateRequest:
    path = Path(("n",))
    update = Update((Assigned(path, Arithmetic(path, "+", Given(1))),))
    return UpdateRequest("Post", {"id": id_}, update)


def test_a_transaction_does_all_of_its_writes(store: SqliteStore) -> None:
    assert (
        store.transact_write(
            (
                UpdateRequest("Post", KEY, assign({"o": "b"}), THERE),
                PutRequest("Note", {"id": "1"}),
                CheckRequest("Post", {"id": "none"}, ABSENT),
                DeleteRequest("Note", {"id": "none"}),
                put("2", o="b"),
            )
        )
        is None
    )
    assert store.get(GetRequest("Note", KEY)) == KEY
    assert store.get(GetRequest("Post", {"id": "none"})) is None
    page = store.query(QueryRequest("Post", "b", "o"))
    assert isinstance(page, Page)
    assert {str(item["id"]) for item in page.items} == {"1", "2"}


def test_a_condition_that_fails_cancels_all_and_every_item_has_its_reason(
    store: SqliteStore,
) -> None:
    items: tuple[TransactionItem, ...] = (
        put("2"),
        PutRequest("Post", {"id": "1", "new": True}, ABSENT),
        UpdateRequest("Post", {"id": "3"}, assign({"n": 1}), THERE),
        CheckRequest("Post", {"id": "4"}, THERE),
    )
    assert store.transact_write(items) == TransactionCanceled(
        (
            FINE,
            Reason("ConditionalCheckFailed", FAILED, ONE),
            Reason("ConditionalCheckFailed", FAILED),
            Reason("ConditionalCheckFailed", FAILED),
        )
    )
    assert store.transact_get(
        tuple(GetRequest("Post", {"id": f"{n}"}) for n in (1, 2, 3))
    ) == (ONE, None, None)


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (
            put(1),
            (
                "One or more parameter values were invalid: Type mismatch for key id "
                "expected: S actual: N"
            ),
        ),
        (
            put("9", o=1),
            (
                "One or more parameter values were invalid: Type mismatch for Index "
                "Key o Expected: S Actual: N IndexName: o"
            ),
        ),
        (
            DeleteRequest("Post", {"id": 1}),
            "The provided key element does not match the schema",
        ),
        (
            UpdateRequest("Post", KEY, assign({"id": "2"})),
            (
                "One or more parameter values were invalid: Cannot update attribute "
                "id. This attribute is part of the key"
            ),
        ),
        (
            add_one("1"),
            "An operand in the update expression has an incorrect data type",
        ),
        (
            add_one("new"),
            (
                "The provided expression refers to an attribute that does not exist in "
                "the item"
            ),
        ),
        (
            UpdateRequest(
                "Post",
                KEY,
                assign({"x": "x" * 250_000, "y": {"z": "z" * 200_000}}),
            ),
            None,
        ),
    ],
)
def test_what_does_not_fit_the_item_is_a_reason(
    store: SqliteStore, item: TransactionItem, message: str | None
) -> None:
    answer = store.transact_write((put("2"), item))
    if message is None:
        assert isinstance(answer, Refused)
    else:
        reason = Reason("ValidationError", message)
        assert answer == TransactionCanceled((FINE, reason))
    assert store.get(GetRequest("Post", {"id": "2"})) is None
    assert store.get(GetRequest("Post", KEY)) == ONE


@pytest.mark.parametrize(
    ("items", "type_", "message"),
    [
        (
            (put("2"), DeleteRequest("Post", {"id": "2"})),
            "ValidationException",
            "Transaction request cannot include multiple operations on one item",
        ),
        (
            (),
            "ValidationException",
            (
                "Value [] at 'transactItems' failed to satisfy constraint: Member must "
                "have length greater than or equal to 1"
            ),
        ),
        (
            tuple(put(f"{number}") for number in range(101)),
            "ValidationException",
            "Member must have length less than or equal to 100",
        ),
        (
            (PutRequest("Nope", {"id": "1"}), put("2")),
            "ResourceNotFoundException",
            "Requested resource not found",
        ),
        (
            (put("2"), put("")),
            "ValidationException",
            (
                "One or more parameter values are not valid. The AttributeValue for a "
                "key attribute cannot contain an empty string value. Key: id"
            ),
        ),
        (
            tuple(put(f"b{number}", t="x" * 399_000) for number in range(11)),
            "ValidationException",
            "Transaction payload size cannot exceed 4MB. Payload Size: 4389056",
        ),
    ],
)
def test_a_transaction_is_refused_before_anything_is_tried(
    store: SqliteStore, items: tuple[TransactionItem, ...], type_: str, message: str
) -> None:
    assert store.transact_write(items) == Refused(type_, message)
    assert store.get(GetRequest("Post", {"id": "2"})) is None
    assert store.get(GetRequest("Post", {"id": "b0"})) is None


def test_100_items_are_one_transaction(store: SqliteStore) -> None:
    assert (
        store.transact_write(tuple(put(f"p{number}") for number in range(100))) is None
    )
    requests = tuple(GetRequest("Post", {"id": f"p{number}"}) for number in range(100))
    assert store.transact_get(requests) == tuple(
        {"id": f"p{number}"} for number in range(100)
    )


def test_a_transaction_reads_and_is_refused_like_one_that_writes(
    store: SqliteStore,
) -> None:
    get = GetRequest("Post", KEY)
    part = GetRequest("Post", {"id": "1"}, (Path(("n",)),))
    assert store.transact_get((part, GetRequest("Note", KEY))) == ({"n": "text"}, None)
    assert store.transact_get((get, part)) == Refused(
        "ValidationException",
        "Transaction request cannot include multiple operations on one item",
    )
    for number in range(11):
        store.put(put(f"b{number}", t="x" * 399_000))
    requests = tuple(GetRequest("Post", {"id": f"b{number}"}) for number in range(11))
    assert store.transact_get(requests) == Refused(
        "ValidationException", "Payload in response is too large.4389056"
    )


def test_a_token_lets_the_same_items_be_done_once(
    store: SqliteStore, clock: Clock
) -> None:
    store.put(put("n", n=1))
    for _ in range(2):
        assert store.transact_write((add_one("n"),), "token") is None
    clock.now_s += 599
    assert store.transact_write((add_one("n"),), "token") is None
    assert store.get(GetRequest("Post", {"id": "n"})) == {"id": "n", "n": 2}
    clock.now_s += 2
    assert store.transact_write((add_one("n"),), "token") is None
    assert store.get(GetRequest("Post", {"id": "n"})) == {"id": "n", "n": 3}


def test_a_token_of_other_items_is_refused(store: SqliteStore) -> None:
    sets = frozenset({"a", "b", "c"}), frozenset({"c", "b", "a"})
    assert store.transact_write((put("2", s=sets[0], b=1),), "token") is None
    same = PutRequest("Post", {"b": 1, "s": sets[1], "id": "2"})
    assert store.transact_write((same,), "token") is None
    for other in (put("2"), put("2", s=sets[0], b=True), put("2", s=sets[0], b="1")):
        assert store.transact_write((other,), "token") == Refused(
            "IdempotentParameterMismatchException",
            "Specified idempotent token was used with different request parameters "
            "within the idempotency window",
        )


def test_a_token_of_a_cancelled_transaction_is_free(store: SqliteStore) -> None:
    failing = PutRequest("Post", dict(ONE), ABSENT)
    assert isinstance(store.transact_write((failing,), "token"), TransactionCanceled)
    assert store.transact_write((put("2"),), "token") is None


def test_a_token_is_known_to_another_process(tmp_path: FilePath) -> None:
    for _ in range(2):
        with SqliteStore.open(tmp_path, (POST,), schema_hash="x") as opened:
            opened.put(PutRequest("Post", {"id": "n", "n": 1}))
            assert opened.transact_write((add_one("n"),), "token") is None
    with SqliteStore.open(tmp_path, (POST,), schema_hash="x") as opened:
        assert opened.get(GetRequest("Post", {"id": "n"})) == {"id": "n", "n": 1}
