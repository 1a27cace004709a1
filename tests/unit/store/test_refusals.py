"""Every request that DynamoDB refuses, by type and text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.resources import Attribute, AttributeType, Table, TableIndex
from amplikit.store import SqliteStore
from amplikit.store.conditions import (
    AttributeExists,
    Comparison,
    Given,
    Path,
    SortCondition,
)
from amplikit.store.interface import (
    ConditionFailed,
    DeleteRequest,
    GetRequest,
    Item,
    Key,
    PutRequest,
    QueryRequest,
    Refused,
    ScanRequest,
    UpdateRequest,
    Written,
)
from amplikit.store.updates import (
    Added,
    Arithmetic,
    Assigned,
    IfNotExists,
    ListAppend,
    Update,
    assign,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

S, N, B = AttributeType.STRING, AttributeType.NUMBER, AttributeType.BINARY
TABLES = (
    Table(
        "Post",
        Attribute("id", S),
        indexes=(
            TableIndex("byDate", Attribute("owner", S), Attribute("createdAt", S)),
            TableIndex("byBin", Attribute("bin", B), None),
            TableIndex("byKeys", Attribute("owner", S), None, projection="KEYS_ONLY"),
        ),
    ),
    Table("Entry", Attribute("p", S), Attribute("s", N)),
    Table("Text", Attribute("p", S), Attribute("s", S)),
)
INVALID = "One or more parameter values were invalid: "
NOT_VALID = "One or more parameter values are not valid. "
NO_MATCH = "The provided key element does not match the schema"
EMPTY_ID = (
    f"{NOT_VALID}The AttributeValue for a key attribute cannot contain an empty "
    "string value. Key: id"
)
HASH_TOO_LONG = (
    f"{INVALID}Size of hashkey has exceeded the maximum size limit of2048 bytes"
)
RANGE_TOO_LONG = (
    f"{INVALID}Aggregated size of all range keys has exceeded the size limit of "
    "1024 bytes"
)
TOO_LARGE = "Item size has exceeded the maximum allowed size"
UPDATE_TOO_LARGE = "Item size to update has exceeded the maximum allowed size"
CONDITION_TYPE = f"{INVALID}Condition parameter type does not match schema type"
START = "The provided starting key is invalid"


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    with SqliteStore.in_memory(TABLES) as opened:
        for number in range(3):
            opened.put(PutRequest("Entry", {"p": "a", "s": number}))
        yield opened


def message(answer: object) -> str:
    assert isinstance(answer, Refused)
    assert answer.type == "ValidationException"
    return answer.message


@pytest.mark.parametrize(
    ("table", "key", "expected"),
    [
        ("Post", {"x": "1"}, NO_MATCH),
        ("Post", {}, NO_MATCH),
        ("Post", {"id": "1", "x": "1"}, NO_MATCH),
        ("Post", {"id": 1}, NO_MATCH),
        ("Post", {"id": None}, NO_MATCH),
        ("Post", {"id": True}, NO_MATCH),
        ("Entry", {"p": "1"}, NO_MATCH),
        ("Entry", {"p": "1", "s": True}, NO_MATCH),
        ("Post", {"id": ""}, EMPTY_ID),
        ("Post", {"id": "a" * 2049}, HASH_TOO_LONG),
        ("Post", {"id": "é" * 1025}, HASH_TOO_LONG),
        ("Text", {"p": "a", "s": "s" * 1025}, RANGE_TOO_LONG),
    ],
)
@pytest.mark.parametrize("operation", ["get", "update", "delete"])
def test_a_key_that_does_not_fit_is_refused(
    store: SqliteStore, operation: str, table: str, key: Key, expected: str
) -> None:
    calls: dict[str, Callable[[], object]] = {
        "get": lambda: store.get(GetRequest(table, key)),
        "update": lambda: store.update(UpdateRequest(table, key, assign({"v": 1}))),
        "delete": lambda: store.delete(DeleteRequest(table, key)),
    }
    assert message(calls[operation]()) == expected


@pytest.mark.parametrize(
    ("table", "item", "expected"),
    [
        ("Post", {"x": "1"}, f"{INVALID}Missing the key id in the item"),
        ("Entry", {"p": "1"}, f"{INVALID}Missing the key s in the item"),
        (
            "Post",
            {"id": 1},
            f"{INVALID}Type mismatch for key id expected: S actual: N",
        ),
        (
            "Post",
            {"id": None},
            f"{INVALID}Type mismatch for key id expected: S actual: NULL",
        ),
        (
            "Entry",
            {"p": "a", "s": True},
            f"{INVALID}Type mismatch for key s expected: N actual: BOOL",
        ),
        ("Post", {"id": ""}, EMPTY_ID),
        ("Post", {"id": "a" * 2049}, HASH_TOO_LONG),
        ("Text", {"p": "a", "s": "s" * 1025}, RANGE_TOO_LONG),
        (
            "Post",
            {"id": "1", "owner": "o", "createdAt": None},
            (
                f"{INVALID}Type mismatch for Index Key createdAt Expected: S Actual: "
                "NULL "
                "IndexName: byDate"
            ),
        ),
        (
            "Post",
            {"id": "1", "createdAt": 5},
            (
                f"{INVALID}Type mismatch for Index Key createdAt Expected: S Actual: N "
                "IndexName: byDate"
            ),
        ),
        (
            "Post",
            {"id": "1", "owner": ["a"]},
            (
                f"{INVALID}Type mismatch for Index Key owner Expected: S Actual: L "
                "IndexName: byDate"
            ),
        ),
        (
            "Post",
            {"id": "1", "createdAt": ""},
            (
                f"{NOT_VALID}A value specified for a secondary index key is not "
                "supported. "
                "The AttributeValue for a key attribute cannot contain an empty string "
                "value. IndexName: byDate, IndexKey: createdAt"
            ),
        ),
        (
            "Post",
            {"id": "1", "bin": b""},
            (
                f"{NOT_VALID}A value specified for a secondary index key is not "
                "supported. "
                "The AttributeValue for a key attribute cannot contain an empty binary "
                "value. IndexName: byBin, IndexKey: bin"
            ),
        ),
        ("Post", {"id": "1", "owner": "a" * 2049}, HASH_TOO_LONG),
        ("Post", {"id": "1", "createdAt": "a" * 1025}, RANGE_TOO_LONG),
        ("Post", {"id": "1", "x": "a" * (409_600 - 3)}, TOO_LARGE),
        ("Post", {"id": "1", "": "a"}, "Empty attribute name"),
    ],
)
def test_an_item_that_does_not_fit_is_refused_whatever_the_condition(
    store: SqliteStore, table: str, item: Item, expected: str
) -> None:
    failing = AttributeExists(Path(("nope",)))
    assert message(store.put(PutRequest(table, item, failing))) == expected
    assert message(store.put(PutRequest(table, item))) == expected


@pytest.mark.parametrize(
    ("projection", "include", "rest", "room"),
    [
        ("ALL", (), {"l": "k"}, 204_793),
        ("KEYS_ONLY", (), {"l": "k"}, 409_589),
        ("INCLUDE", ("x",), {"l": "k"}, 204_794),
        ("INCLUDE", ("v",), {"l": "k", "v": "vvvv"}, 409_579),
        ("ALL", (), {}, 409_595),
    ],
    ids=["all of it", "its keys", "the large one", "another", "not in the index"],
)
def test_the_copy_in_a_local_index_counts_as_the_item(
    projection: str, include: tuple[str, ...], rest: Item, room: int
) -> None:
    index = TableIndex(
        "local",
        Attribute("p", S),
        Attribute("l", S),
        local=True,
        projection=projection,
        include=include,
    )
    table = Table("T", Attribute("p", S), Attribute("s", S), (index,))
    store = SqliteStore.in_memory((table,))
    item: Item = {"p": "a", "s": "a", **rest}
    fits = store.put(PutRequest("T", {**item, "x": "a" * room}))
    assert isinstance(fits, Written)
    too_large = {**item, "x": "a" * (room + 1)}
    assert message(store.put(PutRequest("T", too_large))) == TOO_LARGE
    longer = assign({"x": "a" * (room + 1)})
    update = store.update(UpdateRequest("T", {"p": "a", "s": "a"}, longer))
    assert message(update) == UPDATE_TOO_LARGE


def test_an_item_of_exactly_400_kb_is_accepted(store: SqliteStore) -> None:
    item: Item = {"id": "1", "x": "a" * (409_600 - 4)}
    assert store.put(PutRequest("Post", item)) == Written(None, item)


@pytest.mark.parametrize(
    ("values", "remove", "expected"),
    [
        (
            {"id": "1"},
            frozenset(),
            f"{INVALID}Cannot update attribute id. This attribute is part of the key",
        ),
        (
            {},
            frozenset({"id"}),
            f"{INVALID}Cannot update attribute id. This attribute is part of the key",
        ),
        (
            {"x": 1},
            frozenset({"x"}),
            (
                "Invalid UpdateExpression: Two document paths overlap with each other; "
                "must remove or rewrite one of these paths; path one: [x], path two: "
                "[x]"
            ),
        ),
        (
            {"createdAt": None},
            frozenset(),
            (
                f"{INVALID}Type mismatch for Index Key createdAt Expected: S Actual: "
                "NULL "
                "IndexName: byDate"
            ),
        ),
        (
            {"createdAt": ""},
            frozenset(),
            (
                f"{NOT_VALID}The update expression attempted to update a secondary "
                "index "
                "key to a value that is not supported. The AttributeValue for a key "
                "attribute cannot contain an empty string value."
            ),
        ),
        (
            {"bin": b""},
            frozenset(),
            (
                f"{NOT_VALID}The update expression attempted to update a secondary "
                "index key to a value that is not supported. The AttributeValue for a "
                "key attribute cannot contain an empty binary value."
            ),
        ),
        ({"x": "a" * 409_600}, frozenset(), UPDATE_TOO_LARGE),
        ({"y": "a" * 200_000}, frozenset(), UPDATE_TOO_LARGE),
    ],
)
def test_an_update_that_does_not_fit_is_refused_and_changes_nothing(
    store: SqliteStore, values: Item, remove: frozenset[str], expected: str
) -> None:
    before = {"id": "1", "x": "a" * 300_000}
    store.put(PutRequest("Post", dict(before)))
    request = UpdateRequest("Post", {"id": "1"}, assign(values, remove))
    assert message(store.update(request)) == expected
    assert store.get(GetRequest("Post", {"id": "1"})) == before


def test_a_failed_condition_comes_before_the_index_of_an_update(
    store: SqliteStore,
) -> None:
    failing = AttributeExists(Path(("id",)))
    request = UpdateRequest("Post", {"id": "1"}, assign({"createdAt": None}), failing)
    assert store.update(request) == ConditionFailed(None)


def sort(operator: str, *values: object) -> SortCondition:
    return SortCondition(operator, values)  # type: ignore[arg-type]  # also wrong ones


KEY_EXPRESSION = "Invalid KeyConditionExpression: "


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (
            QueryRequest("Entry", "a", limit=0),
            (
                "1 validation error detected: Value '0' at 'limit' failed to satisfy "
                "constraint: Member must have value greater than or equal to 1"
            ),
        ),
        (
            QueryRequest("Entry", "a", index="nope"),
            "The table does not have the specified index: nope",
        ),
        (QueryRequest("Entry", 1), CONDITION_TYPE),
        (QueryRequest("Entry", None), CONDITION_TYPE),
        (QueryRequest("Entry", "a", sort=sort(">", "x")), CONDITION_TYPE),
        (QueryRequest("Entry", "a", sort=sort("=", [])), CONDITION_TYPE),
        (QueryRequest("Post", ""), EMPTY_ID),
        (QueryRequest("Post", "a" * 2049), HASH_TOO_LONG),
        (
            QueryRequest("Text", "a", sort=sort("<", "s" * 1025)),
            RANGE_TOO_LONG,
        ),
        (
            QueryRequest("Post", "o", index="byDate", sort=sort("begins_with", "")),
            (
                f"{NOT_VALID}A value specified for a secondary index key is not "
                "supported. "
                "The AttributeValue for a key attribute cannot contain an empty string "
                "value. IndexName: byDate, IndexKey: createdAt"
            ),
        ),
        (
            QueryRequest("Entry", "a", sort=sort("begins_with", 1)),
            (
                f"{KEY_EXPRESSION}Incorrect operand type for operator or function; "
                "operator or function: begins_with, operand type: N"
            ),
        ),
        (
            QueryRequest("Entry", "a", sort=sort(">", [])),
            (
                f"{KEY_EXPRESSION}Incorrect operand type for operator or function; "
                "operator or function: >, operand type: L"
            ),
        ),
        (
            QueryRequest("Entry", "a", sort=sort("BETWEEN", 3, 1)),
            (
                f"{KEY_EXPRESSION}The BETWEEN operator requires upper bound to be "
                "greater "
                "than or equal to lower bound; lower bound operand: AttributeValue: "
                "{N:3}, "
                "upper bound operand: AttributeValue: {N:1}"
            ),
        ),
        (
            QueryRequest("Post", "a", sort=sort(">", "x")),
            "Query key condition not supported",
        ),
        (
            QueryRequest("Entry", "a", filter=Comparison(Path(("s",)), "<>", Given(1))),
            (
                "Filter Expression can only contain non-primary key attributes: "
                "Primary key attribute: s"
            ),
        ),
        (
            QueryRequest(
                "Post",
                "o",
                index="byKeys",
                filter=AttributeExists(Path(("title", "x"))),
            ),
            (
                f"{INVALID}Secondary index byKeys does not project one or more filter "
                "attributes: [title]"
            ),
        ),
        (QueryRequest("Entry", "a", start={}), f"{START}: {NO_MATCH}"),
        (QueryRequest("Entry", "a", start={"p": "a"}), f"{START}: {NO_MATCH}"),
        (
            QueryRequest("Entry", "a", start={"p": "a", "s": "1"}),
            f"{START}: {NO_MATCH}",
        ),
        (
            QueryRequest("Entry", "a", start={"p": "b", "s": 1}),
            (
                "The provided starting key is outside query boundaries based on "
                "provided "
                "conditions"
            ),
        ),
        (
            QueryRequest("Entry", "a", sort=sort(">", 3), start={"p": "a", "s": 1}),
            "The provided starting key does not match the range key predicate",
        ),
        (
            QueryRequest("Post", "o", index="byDate", start={"id": "1"}),
            START,
        ),
        (
            QueryRequest(
                "Post",
                "o",
                index="byDate",
                start={"id": "1", "owner": "o", "createdAt": 1},
            ),
            (
                f"{START}: {INVALID}Type mismatch for Index Key createdAt Expected: S "
                "Actual: N IndexName: byDate"
            ),
        ),
        (
            ScanRequest("Entry", limit=-1),
            (
                "1 validation error detected: Value '-1' at 'limit' failed to satisfy "
                "constraint: Member must have value greater than or equal to 1"
            ),
        ),
        (
            ScanRequest("Entry", index="x"),
            "The table does not have the specified index: x",
        ),
        (ScanRequest("Entry", start={"p": "a"}), f"{START}: {NO_MATCH}"),
        (
            ScanRequest(
                "Entry",
                filter=Comparison(Path(("x",)), "<", Given(True)),  # noqa: FBT003
            ),
            (
                "Invalid FilterExpression: Incorrect operand type for operator or "
                "function; operator or function: <, operand type: BOOL"
            ),
        ),
    ],
)
def test_a_read_that_does_not_fit_is_refused(
    store: SqliteStore, request_: QueryRequest | ScanRequest, expected: str
) -> None:
    if isinstance(request_, QueryRequest):
        assert message(store.query(request_)) == expected
    else:
        assert message(store.scan(request_)) == expected


NOT_SCALAR = (
    "Key attributes must be scalars; list random access '[]' and map lookup '.' are "
    "not allowed: "
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (AttributeExists(Path(("id", "x"))), f"{NOT_SCALAR}Key: id"),
        (AttributeExists(Path(("owner", 0))), f"{NOT_SCALAR}IndexKey: owner"),
    ],
)
def test_a_path_into_a_key_is_refused(
    store: SqliteStore, condition: AttributeExists, expected: str
) -> None:
    key: Item = {"id": "1"}
    answers = (
        store.put(PutRequest("Post", key, condition)),
        store.update(UpdateRequest("Post", key, assign({"x": 1}), condition)),
        store.delete(DeleteRequest("Post", key, condition)),
        store.query(QueryRequest("Post", "1", filter=condition)),
        store.scan(ScanRequest("Post", filter=condition)),
    )
    assert [message(answer) for answer in answers] == [expected] * 5


@pytest.mark.parametrize(
    "update",
    [
        Update(set=(Assigned(Path(("owner", "x")), Given(1)),)),
        Update(set=(Assigned(Path(("x",)), Path(("owner", "x"))),)),
        Update(
            set=(
                Assigned(
                    Path(("x",)),
                    ListAppend(Given([]), IfNotExists(Path(("owner", 0)), Given([]))),
                ),
            )
        ),
        Update(
            set=(
                Assigned(Path(("x",)), Arithmetic(Given(1), "-", Path(("owner", "x")))),
            )
        ),
        Update(remove=(Path(("owner", 0)),)),
        Update(add=(Added(Path(("owner", "x")), Given(1)),)),
    ],
    ids=["set", "read", "in functions", "in a sum", "remove", "add"],
)
def test_an_update_does_not_look_into_a_key(store: SqliteStore, update: Update) -> None:
    answer = store.update(UpdateRequest("Post", {"id": "1"}, update))
    assert message(answer) == f"{NOT_SCALAR}IndexKey: owner"


def test_a_projection_does_not_look_into_a_key(store: SqliteStore) -> None:
    inside = (Path(("id", "x")),)
    get = GetRequest("Post", {"id": "1"}, inside)
    answers = (
        store.get(get),
        store.query(QueryRequest("Post", "1", projection=inside)),
        store.scan(ScanRequest("Post", projection=inside)),
        store.batch_get((get,)),
        store.transact_get((get,)),
    )
    assert {message(answer) for answer in answers} == {f"{NOT_SCALAR}Key: id"}


def test_an_unknown_table_is_refused(store: SqliteStore) -> None:
    refused = Refused("ResourceNotFoundException", "Requested resource not found")
    assert store.get(GetRequest("Nope", {"id": "1"})) == refused
    assert store.put(PutRequest("Nope", {"id": "1"})) == refused
    assert store.update(UpdateRequest("Nope", {"id": "1"}, assign({}))) == refused
    assert store.delete(DeleteRequest("Nope", {"id": "1"})) == refused
    assert store.query(QueryRequest("Nope", "1")) == refused
    assert store.scan(ScanRequest("Nope")) == refused


def test_a_float_is_a_type_error_and_writes_nothing(store: SqliteStore) -> None:
    with pytest.raises(TypeError, match="float"):
        store.put(PutRequest("Post", {"id": "1", "x": 1.5}))  # type: ignore[dict-item]  # the point
    assert store.get(GetRequest("Post", {"id": "1"})) is None
