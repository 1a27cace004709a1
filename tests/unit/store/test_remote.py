"""The store over DynamoDB's wire protocol gives what the embedded store gives."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.resources import Attribute, AttributeType, Table, TableIndex
from amplikit.errors import ToolkitError
from amplikit.store import SqliteStore
from amplikit.store.conditions import (
    And,
    AttributeExists,
    AttributeTypeIs,
    BeginsWith,
    Between,
    Comparison,
    Contains,
    Given,
    In,
    Not,
    Or,
    Path,
    Size,
    SortCondition,
)
from amplikit.store.dynamodb import open_dynamodb
from amplikit.store.interface import (
    CheckRequest,
    DeleteRequest,
    GetRequest,
    PutRequest,
    QueryRequest,
    Refused,
    ScanRequest,
    Unprocessed,
    UpdateRequest,
)
from amplikit.store.updates import (
    Added,
    Arithmetic,
    Assigned,
    Deleted,
    IfNotExists,
    ListAppend,
    Update,
    assign,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import ServeTables

    from amplikit.store.interface import Item, Store

S, N, B = AttributeType.STRING, AttributeType.NUMBER, AttributeType.BINARY
POST = Table(
    "Post",
    Attribute("owner", S),
    Attribute("at", N),
    (
        TableIndex("byTitle", Attribute("owner", S), Attribute("title", S), local=True),
        TableIndex(
            "short",
            Attribute("owner", S),
            Attribute("kind", S),
            local=True,
            projection="KEYS_ONLY",
        ),
        TableIndex("byKind", Attribute("kind", S), Attribute("at", N)),
        TableIndex(
            "some",
            Attribute("kind", S),
            None,
            projection="INCLUDE",
            include=("title",),
        ),
    ),
)
BLOB = Table("Blob", Attribute("id", B))
TABLES = (POST, BLOB)


def path(*parts: str | int) -> Path:
    return Path(parts)


def posts() -> list[Item]:
    return [
        {
            "owner": f"o{number % 3}",
            "at": number,
            "title": f"t{number % 5}",
            "kind": "k" if number % 2 else "l",
            "tags": frozenset({"a", f"{number}"}),
            "scores": frozenset({Decimal(number), Decimal("1.5")}),
            "exact": Decimal("-123456789012345678901234567890.12345678"),
            "raw": bytes([number]),
            "raws": frozenset({b"", bytes([number])}),
            "none": None,
            "yes": True,
            "map": {"list": [1, "x", {"deep": [b"\0"]}], "select": ""},
        }
        for number in range(12)
    ]


@pytest.fixture
def embedded() -> Iterator[SqliteStore]:
    with SqliteStore.in_memory(TABLES) as store:
        yield store


@pytest.fixture
def remote(serve_tables: ServeTables) -> Iterator[Store]:
    with SqliteStore.in_memory(()) as behind, serve_tables(behind) as url:
        store = open_dynamodb(url, TABLES)
        yield store
        store.close()


KEY: Item = {"owner": "o1", "at": 1}
ABSENT: Item = {"owner": "nobody", "at": 0}
TITLE = Comparison(path("title"), "=", Given("t1"))
READS = [
    GetRequest("Post", KEY),
    GetRequest("Post", ABSENT),
    GetRequest("Post", KEY, (path("map", "list", 2), path("none"), path("gone"))),
    GetRequest("Post", {"owner": "o1"}),
    GetRequest("Post", {"owner": 1, "at": 1}),
    GetRequest("Nothing", KEY),
    QueryRequest("Post", "o1"),
    QueryRequest("Post", "o1", forward=False, limit=2),
    QueryRequest("Post", "o1", start={"owner": "o1", "at": 4}),
    QueryRequest("Post", "o1", start={"owner": "o1"}),
    QueryRequest("Post", "o1", sort=SortCondition("BETWEEN", (2, 7))),
    QueryRequest("Post", "o1", sort=SortCondition(">=", (Decimal("3.5"),))),
    QueryRequest("Post", "o1", sort=SortCondition("=", (4,))),
    QueryRequest("Post", "o1", "byTitle", SortCondition("begins_with", ("t",))),
    QueryRequest("Post", "o1", "short"),
    QueryRequest("Post", "o1", "short", whole_items=True),
    QueryRequest("Post", "o1", "short", projection=(path("map", "select"),)),
    QueryRequest("Post", "k", "byKind", filter=TITLE, limit=3),
    QueryRequest("Post", "k", "some"),
    QueryRequest("Post", "k", "some", whole_items=True),
    QueryRequest("Post", "k", "some", projection=(path("none"),)),
    QueryRequest("Post", 1, "byKind"),
    QueryRequest("Post", "k", "gone"),
    QueryRequest("Blob", b"\0", sort=SortCondition("=", (1,))),
    QueryRequest("Post", "o1", limit=0),
    ScanRequest("Post"),
    ScanRequest("Post", limit=5),
    ScanRequest("Post", "byKind", TITLE),
    ScanRequest("Post", segment=1, segments=3),
    ScanRequest("Post", filter=And(())),
    ScanRequest("Post", filter=Or(())),
]
CONDITIONS = [
    TITLE,
    Comparison(path("at"), "<>", Given(3)),
    Comparison(Size(path("title")), ">=", Given(2)),
    Between(path("exact"), Given(-(10**30)), Given(0)),
    In(path("title"), (Given("t1"), Given("t2"), path("owner"))),
    AttributeExists(path("map", "list", 2, "deep")),
    AttributeExists(path("gone"), wanted=False),
    AttributeTypeIs(path("none"), "NULL"),
    BeginsWith(path("title"), Given("t")),
    Contains(path("tags"), Given("7")),
    Contains(path("map", "list"), Given("x")),
    And((TITLE, Or((Not(TITLE), AttributeExists(path("yes")))))),
    Not(And((TITLE,))),
    Comparison(path("scores"), "=", Given(frozenset({Decimal(1), Decimal("1.5")}))),
    Comparison(path("raw"), "=", Given(b"\x01")),
]
ONE = Given(1)
UPDATES = [
    assign({"title": "new", "none": 1}, ("yes", "gone")),
    Update(),
    Update(set=(Assigned(path("map", "list", 0), Given("first")),)),
    Update(set=(Assigned(path("n"), Arithmetic(path("at"), "+", ONE)),)),
    Update(set=(Assigned(path("n"), Arithmetic(ONE, "-", path("exact"))),)),
    Update(set=(Assigned(path("n"), IfNotExists(path("n"), ONE)),)),
    Update(
        set=(
            Assigned(path("map", "list"), ListAppend(path("map", "list"), Given([2]))),
        )
    ),
    Update(remove=(path("map", "list", 1), path("map", "select"))),
    Update(add=(Added(path("n"), ONE), Added(path("tags"), Given(frozenset({"z"}))))),
    Update(delete=(Deleted(path("tags"), Given(frozenset({"a", "1"}))),)),
    Update(set=(Assigned(path("gone", "x"), ONE),)),
    Update(set=(Assigned(path("n"), Arithmetic(path("title"), "+", ONE)),)),
    assign({"at": 2}),
    assign({"kind": 1}),
]


def ask(store: Store, request: GetRequest | QueryRequest | ScanRequest) -> object:
    match request:
        case GetRequest():
            return store.get(request)
        case QueryRequest():
            return store.query(request)
        case ScanRequest():
            return store.scan(request)


def fill(*stores: Store) -> None:
    for store in stores:
        for item in posts():
            store.put(PutRequest("Post", item))


def test_both_read_the_same(embedded: SqliteStore, remote: Store) -> None:
    fill(embedded, remote)
    conditions = [ScanRequest("Post", filter=each) for each in CONDITIONS]
    for request in (*READS, *conditions):
        assert ask(remote, request) == ask(embedded, request), request


def test_both_update_the_same(embedded: SqliteStore, remote: Store) -> None:
    for update in UPDATES:
        fill(embedded, remote)
        for key in (KEY, ABSENT):
            for condition in (None, TITLE):
                request = UpdateRequest("Post", key, update, condition)
                assert remote.update(request) == embedded.update(request), request
        for store in (embedded, remote):
            store.delete(DeleteRequest("Post", ABSENT))


def test_both_put_and_delete_the_same(embedded: SqliteStore, remote: Store) -> None:
    items: list[Item] = [
        *posts(),
        {"owner": "x"},
        {"owner": "", "at": 1},
        {**KEY, "kind": 1},
    ]
    for item in items:
        for condition in (None, AttributeExists(path("owner"), wanted=False)):
            put = PutRequest("Post", item, condition)
            assert remote.put(put) == embedded.put(put)
    for key in (KEY, KEY, ABSENT):
        delete = DeleteRequest("Post", key, TITLE)
        assert remote.delete(delete) == embedded.delete(delete)
    big = PutRequest("Post", {**KEY, "text": "x" * 410_000})
    assert remote.put(big) == embedded.put(big)


def test_both_do_batches_the_same(embedded: SqliteStore, remote: Store) -> None:
    writes = (
        *(PutRequest("Post", item) for item in posts()),
        PutRequest("Blob", {"id": b"\0\xff", "x": 1}),
        DeleteRequest("Blob", {"id": b"none"}),
    )
    for store in (embedded, remote):
        assert store.batch_write(writes) == Unprocessed(())
    gets = (
        GetRequest("Post", KEY),
        GetRequest("Blob", {"id": b"\0\xff"}, (path("x"),)),
        GetRequest("Post", ABSENT),
        GetRequest("Post", {"owner": "o2", "at": 2}, (path("title"),)),
    )
    assert remote.batch_get(gets) == embedded.batch_get(gets)
    for wrong in (gets * 2, (GetRequest("Gone", KEY),), (gets[0],) * 101):
        assert remote.batch_get(wrong) == embedded.batch_get(wrong)
    too_many = writes[:9] * 3
    assert remote.batch_write(too_many) == embedded.batch_write(too_many)


def test_both_do_transactions_the_same(embedded: SqliteStore, remote: Store) -> None:
    fill(embedded, remote)
    transactions = [
        (
            PutRequest("Blob", {"id": b"1"}),
            UpdateRequest("Post", KEY, Update(add=(Added(path("n"), ONE),)), TITLE),
            DeleteRequest("Post", {"owner": "o2", "at": 2}),
            CheckRequest("Post", {"owner": "o0", "at": 0}, AttributeExists(path("at"))),
        ),
        (
            PutRequest("Blob", {"id": b"2"}),
            CheckRequest("Post", KEY, AttributeExists(path("at"), wanted=False)),
        ),
        (PutRequest("Blob", {"id": b"3"}), DeleteRequest("Blob", {"id": b"3"})),
        (UpdateRequest("Post", KEY, UPDATES[-4]),),
    ]
    for items in transactions:
        for token in (None, "token"):
            found = remote.transact_write(items, token)
            assert found == embedded.transact_write(items, token), items
    gets = (GetRequest("Post", KEY), GetRequest("Post", ABSENT))
    assert remote.transact_get(gets) == embedded.transact_get(gets)
    assert remote.transact_get(gets * 2) == embedded.transact_get(gets * 2)
    everything = ScanRequest("Blob")
    assert remote.scan(everything) == embedded.scan(everything)


def test_missing_tables_are_created_and_tables_change(remote: Store) -> None:
    assert remote.tables() == (BLOB, POST)
    note = Table("Note", Attribute("id", S), ttl="ends")
    assert remote.create_table(note) is None
    described = remote.describe("Note")
    assert not isinstance(described, Refused)
    assert described.table == note
    index = TableIndex("byDay", Attribute("day", S), None)
    changed = replace(note, indexes=(index,), ttl=None)
    assert remote.update_table(changed) is None
    assert remote.tables()[1] == changed
    assert remote.update_table(note) is None
    assert remote.delete_table("Note") is None
    assert isinstance(remote.delete_table("Post"), Refused)
    assert remote.tables() == (BLOB, POST)


def test_a_rehearsal_is_refused(remote: Store) -> None:
    with pytest.raises(ToolkitError) as error:
        remote.rehearsal()
    assert error.value.problems[0].code == "store-cannot-rehearse"


OTHERS = [
    pytest.param(
        replace(POST, sort_key=None),
        "Table 'Post' has the key (owner: S), the schema's has (owner: S, at: N).",
        id="key",
    ),
    pytest.param(
        replace(POST, indexes=POST.indexes[:-1]),
        "Table 'Post' has no index 'some'.",
        id="index",
    ),
    pytest.param(
        replace(
            POST,
            indexes=(*POST.indexes[:-1], replace(POST.indexes[-1], include=("x",))),
        ),
        "Index 'some' of table 'Post' is global (kind: S) INCLUDE x, the schema's is "
        "global (kind: S) INCLUDE title.",
        id="projection",
    ),
]


@pytest.mark.parametrize(("other", "message"), OTHERS)
def test_a_table_of_another_schema_is_a_problem(
    serve_tables: ServeTables, other: Table, message: str
) -> None:
    indexes = tuple(
        index for index in other.indexes if other.sort_key or not index.local
    )
    with (
        SqliteStore.in_memory((replace(other, indexes=indexes),)) as behind,
        serve_tables(behind) as url,
        pytest.raises(ToolkitError) as error,
    ):
        open_dynamodb(url, TABLES)
    problems = error.value.problems
    assert problems[0].code == "store-of-another-schema"
    assert problems[0].message == message


URLS = [
    pytest.param("", "store-url-invalid", id="empty"),
    pytest.param("localhost:8000", "store-url-invalid", id="without a scheme"),
    pytest.param("http://127.0.0.1:1/", "store-unreachable", id="nobody there"),
]


@pytest.mark.parametrize(("url", "code"), URLS)
@pytest.mark.usefixtures("serve_tables")
def test_what_is_no_dynamodb_is_a_problem(url: str, code: str) -> None:
    with pytest.raises(ToolkitError) as error:
        open_dynamodb(url, TABLES)
    assert [problem.code for problem in error.value.problems] == [code]


def test_credentials_that_are_refused_are_a_problem(
    serve_tables: ServeTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with (
        SqliteStore.in_memory(()) as behind,
        serve_tables(behind) as url,
        pytest.raises(ToolkitError) as error,
    ):
        open_dynamodb(url, TABLES)
    assert error.value.problems[0].code == "store-refused"


def test_a_service_that_goes_away_is_refused_in_words(
    serve_tables: ServeTables,
) -> None:
    with SqliteStore.in_memory(()) as behind, serve_tables(behind) as url:
        store = open_dynamodb(url, (BLOB,))
    found = store.get(GetRequest("Blob", {"id": b"1"}))
    assert isinstance(found, Refused)
    assert found.type == "SdkClientException"
    with pytest.raises(ToolkitError):
        store.tables()
