"""Pages of queries and scans: order, limits, 1 MB, indexes, continuation."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
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
    DeleteRequest,
    GetRequest,
    Page,
    PutRequest,
    QueryRequest,
    Refused,
    ScanRequest,
    UpdateRequest,
    Written,
)
from amplikit.store.keys import partition, segment_range
from amplikit.store.updates import assign

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amplikit.store.interface import AttributeValue, Item

S, N, B = AttributeType.STRING, AttributeType.NUMBER, AttributeType.BINARY
POST = Table(
    "Post",
    Attribute("id", S),
    indexes=(
        TableIndex("byDate", Attribute("owner", S), Attribute("createdAt", S)),
        TableIndex("byViews", Attribute("owner", S), Attribute("views", N)),
        TableIndex("byOwner", Attribute("owner", S), None, projection="KEYS_ONLY"),
        TableIndex(
            "byTitle",
            Attribute("title", S),
            None,
            projection="INCLUDE",
            include=("views",),
        ),
    ),
)


def sorted_table(kind: AttributeType) -> Table:
    local = TableIndex(
        "local",
        Attribute("p", S),
        Attribute("l", S),
        local=True,
        projection="KEYS_ONLY",
    )
    return Table("Sorted", Attribute("p", S), Attribute("s", kind), (local,))


def store_of(table: Table, items: Iterable[Item]) -> SqliteStore:
    store = SqliteStore.in_memory((table,))
    for item in items:
        assert isinstance(store.put(PutRequest(table.name, item)), Written)
    return store


def page(answer: object) -> Page:
    assert isinstance(answer, Page), answer
    return answer


def column(answer: object, name: str) -> list[AttributeValue]:
    return [item[name] for item in page(answer).items]


def test_a_scan_of_strings_has_the_order_of_the_service() -> None:
    """Source: dynalite, test/scan.js, "should return items in string hash order"."""
    expected = [
        "2",
        "8",
        "9",
        "1",
        "6",
        "hello",
        "0",
        "5",
        "4",
        "äáöü",
        "aardman",
        "7",
        "3",
        "zapf",
    ]
    store = store_of(POST, ({"id": text} for text in sorted(expected)))
    assert column(store.scan(ScanRequest("Post")), "id") == expected


def test_a_scan_of_numbers_has_the_order_of_the_service() -> None:
    """Source: dynalite, test/scan.js, "should return items in number hash order"."""
    texts = [
        "7",
        "999.9",
        "8",
        "3",
        "2",
        "-999.9",
        "9",
        "4",
        "-0.09",
        "6",
        "1",
        "0",
        "0.012345",
        "5",
    ]
    expected = [Decimal(text) for text in texts]
    store = store_of(
        Table("T", Attribute("n", N)), ({"n": n} for n in sorted(expected))
    )
    assert column(store.scan(ScanRequest("T")), "n") == expected


ORDERED: dict[AttributeType, list[AttributeValue]] = {
    S: ["\0", "\0a", "a", "a\0", "a\0b", "ab", "b", "é", "\uffff", "😀"],
    B: [b"\0", b"\0\0", b"\0\x01", b"\0\xff", b"\x01", b"\xff", b"\xff\0", b"\xff\xff"],
    N: [
        Decimal("-" + "9" * 38 + "e88"),
        -100,
        Decimal("-99.5"),
        -2,
        Decimal("-1e-130"),
        0,
        Decimal("1e-130"),
        Decimal("0.5"),
        1,
        Decimal("1." + "0" * 36 + "1"),
        9,
        10,
        Decimal("9" * 38 + "e88"),
    ],
}


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("kind", ORDERED, ids=str)
def test_a_partition_is_read_in_the_order_of_its_typed_sort_key(
    *, kind: AttributeType, forward: bool
) -> None:
    values = ORDERED[kind]
    others: list[Item] = [{"p": p, "s": values[0]} for p in ("a\0", "\0a", "b", "aa")]
    store = store_of(
        sorted_table(kind), [*({"p": "a", "s": v} for v in reversed(values)), *others]
    )
    request = QueryRequest("Sorted", "a", forward=forward)
    assert column(store.query(request), "s") == (values if forward else values[::-1])


@pytest.mark.parametrize("kind", ORDERED, ids=str)
@pytest.mark.parametrize("operator", ["=", "<", "<=", ">", ">=", "BETWEEN"])
def test_a_sort_condition_selects_what_python_selects(
    kind: AttributeType, operator: str
) -> None:
    values = ORDERED[kind]
    store = store_of(sorted_table(kind), ({"p": "a", "s": value} for value in values))
    positions = range(len(values))
    for low in positions:
        wanted = {
            "=": [low],
            "<": positions[:low],
            "<=": positions[: low + 1],
            ">": positions[low + 1 :],
            ">=": positions[low:],
            "BETWEEN": positions[low : low + 3],
        }[operator]
        given: tuple[AttributeValue, ...] = (values[low],)
        if operator == "BETWEEN":
            given = (values[low], values[min(low + 2, len(values) - 1)])
        sort = SortCondition(operator, given)  # type: ignore[arg-type]  # from the table
        request = QueryRequest("Sorted", "a", sort=sort)
        assert column(store.query(request), "s") == [values[at] for at in wanted]


@pytest.mark.parametrize("kind", [S, B], ids=str)
def test_begins_with_selects_what_python_selects(kind: AttributeType) -> None:
    values = ORDERED[kind]
    store = store_of(sorted_table(kind), ({"p": "a", "s": value} for value in values))
    for prefix in values:
        sort = SortCondition("begins_with", (prefix,))
        found = column(store.query(QueryRequest("Sorted", "a", sort=sort)), "s")
        assert found == [
            value
            for value in values
            if isinstance(value, (str, bytes)) and value.startswith(prefix)  # type: ignore[arg-type]  # same kind
        ]


def posts(count: int) -> list[Item]:
    return [
        {"id": f"p{n}", "owner": "alice", "createdAt": f"{n // 2:03}", "n": n}
        for n in range(count)
    ]


def test_the_limit_counts_what_is_read_before_the_filter() -> None:
    store = store_of(POST, posts(10))
    matching = Comparison(Path(("n",)), "=", Given(9))
    request = QueryRequest("Post", "alice", "byDate", filter=matching, limit=4)
    first = page(store.query(request))
    assert (first.items, first.scanned_count) == ((), 4)
    assert first.last_key is not None


def test_a_page_that_ends_at_the_last_item_has_a_last_key() -> None:
    store = store_of(POST, posts(4))
    for request in (
        QueryRequest("Post", "alice", "byDate", limit=4),
        ScanRequest("Post", limit=4),
    ):
        read = store.query if isinstance(request, QueryRequest) else store.scan
        full = page(read(request))  # type: ignore[arg-type]  # one of the two
        assert full.scanned_count == 4
        assert full.last_key is not None
        rest = type(request)(
            **{
                **{name: getattr(request, name) for name in request.__slots__},
                "start": full.last_key,
            }
        )
        assert page(read(rest)) == Page((), 0, None)  # type: ignore[arg-type]  # one of the two


def test_the_last_key_of_an_index_holds_the_keys_of_index_and_table() -> None:
    store = store_of(POST, posts(3))
    request = QueryRequest("Post", "alice", "byDate", limit=1)
    assert page(store.query(request)).last_key == {
        "owner": "alice",
        "createdAt": "000",
        "id": page(store.query(request)).items[0]["id"],
    }


@pytest.mark.parametrize("index", [None, "byDate", "byOwner"])
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 20, 21])
def test_a_scan_of_n_items_takes_n_by_limit_and_one_pages(
    index: str | None, limit: int
) -> None:
    store = store_of(POST, posts(20))
    seen: list[AttributeValue] = []
    start, pages = None, 0
    while True:
        answer = page(store.scan(ScanRequest("Post", index, limit=limit, start=start)))
        seen += [item["id"] for item in answer.items]
        pages += 1
        if (start := answer.last_key) is None:
            break
    assert pages == 20 // limit + 1
    assert seen == column(store.scan(ScanRequest("Post", index)), "id")
    assert len(set(map(str, seen))) == 20


@pytest.mark.parametrize("forward", [True, False])
def test_a_query_goes_on_where_a_deleted_item_stood(*, forward: bool) -> None:
    store = store_of(POST, posts(6))
    request = QueryRequest("Post", "alice", "byDate", forward=forward)
    everything = column(store.query(request), "id")
    half = page(
        store.query(QueryRequest("Post", "alice", "byDate", forward=forward, limit=3))
    )
    assert half.last_key is not None
    store.delete(DeleteRequest("Post", {"id": half.last_key["id"]}))
    rest = QueryRequest("Post", "alice", "byDate", forward=forward, start=half.last_key)
    assert column(store.query(rest), "id") == everything[3:]


def test_items_of_equal_index_keys_come_in_scan_order_both_ways() -> None:
    items: list[Item] = [
        {"id": f"p{n}", "owner": "a", "createdAt": "d"} for n in range(20)
    ]
    store = store_of(POST, items)
    scanned = column(store.scan(ScanRequest("Post")), "id")
    forward = QueryRequest("Post", "a", "byDate")
    backward = QueryRequest("Post", "a", "byDate", forward=False)
    assert column(store.query(forward), "id") == scanned
    assert column(store.query(backward), "id") == scanned[::-1]


def test_an_item_without_an_index_key_is_not_in_the_index() -> None:
    store = store_of(
        POST,
        [
            {"id": "1", "owner": "a"},
            {"id": "2", "createdAt": "d"},
            {"id": "3", "owner": "a", "createdAt": "d"},
        ],
    )
    assert column(store.scan(ScanRequest("Post", "byDate")), "id") == ["3"]
    store.update(UpdateRequest("Post", {"id": "1"}, assign({"createdAt": "c"})))
    store.update(UpdateRequest("Post", {"id": "3"}, assign({}, ["owner"])))
    request = QueryRequest("Post", "a", "byDate")
    assert column(store.query(request), "id") == ["1"]
    store.put(PutRequest("Post", {"id": "1", "owner": "b", "createdAt": "c"}))
    assert column(store.query(request), "id") == []
    store.delete(DeleteRequest("Post", {"id": "1"}))
    assert page(store.scan(ScanRequest("Post", "byDate"))).scanned_count == 0


def test_an_index_returns_what_it_projects() -> None:
    store = store_of(
        POST, [{"id": "1", "owner": "a", "title": "t", "views": 1, "other": "x"}]
    )
    assert page(store.query(QueryRequest("Post", "a", "byOwner"))).items == (
        {"id": "1", "owner": "a"},
    )
    included = QueryRequest(
        "Post", "t", "byTitle", filter=AttributeExists(Path(("views",)))
    )
    assert page(store.query(included)).items == ({"id": "1", "title": "t", "views": 1},)


def test_a_scan_filters_on_what_a_local_index_does_not_project() -> None:
    store = store_of(sorted_table(S), [{"p": "a", "s": "1", "l": "x", "v": 1}])
    there = AttributeExists(Path(("v",)))
    assert page(store.scan(ScanRequest("Sorted", "local", there))).items == (
        {"p": "a", "s": "1", "l": "x"},
    )


def test_a_scan_misses_what_a_global_index_does_not_project() -> None:
    store = store_of(POST, [{"id": "1", "owner": "a", "title": "t"}])
    there = AttributeExists(Path(("title",)))
    answer = page(store.scan(ScanRequest("Post", "byOwner", there)))
    assert (answer.items, answer.scanned_count) == ((), 1)


QUARTER = 1024 * 1024 // 4


def sized(number: int, size_bytes: int) -> Item:
    overhead = len("pas1x")
    return {"p": "a", "s": str(number), "x": "x" * (size_bytes - overhead)}


@pytest.mark.parametrize(
    ("last_bytes", "read"), [(QUARTER - 1, 5), (QUARTER, 4), (QUARTER + 1, 4)]
)
def test_reading_stops_with_the_item_that_reaches_1_mb(
    last_bytes: int, read: int
) -> None:
    items = [sized(n, QUARTER) for n in range(3)]
    store = store_of(sorted_table(S), [*items, sized(3, last_bytes), sized(4, 100)])
    none = Comparison(Path(("x",)), "=", Given("no"))
    answer = page(store.query(QueryRequest("Sorted", "a", filter=none)))
    assert (answer.items, answer.scanned_count) == ((), read)
    assert answer.last_key == {"p": "a", "s": str(read - 1)}


def test_1_mb_reached_by_the_last_item_has_a_last_key() -> None:
    store = store_of(sorted_table(S), [sized(n, QUARTER) for n in range(4)])
    assert page(store.query(QueryRequest("Sorted", "a"))).last_key is not None


def test_1_mb_counts_what_the_index_projects() -> None:
    store = store_of(
        sorted_table(S), [{**sized(n, QUARTER), "l": "l"} for n in range(9)]
    )
    answer = page(store.query(QueryRequest("Sorted", "a", "local")))
    assert (answer.scanned_count, answer.last_key) == (9, None)


def test_a_returned_item_is_the_callers_own() -> None:
    item: Item = {"id": "1", "owner": "a", "createdAt": "d", "l": [{"x": [1]}]}
    store = store_of(POST, [item])
    for _ in range(2):
        found = page(store.query(QueryRequest("Post", "a", "byDate"))).items[0]
        assert found == {"id": "1", "owner": "a", "createdAt": "d", "l": [{"x": [1]}]}
        found["mark"] = "x"
        for nested in (found["l"], item["l"]):
            assert isinstance(nested, list)
            nested.append("x")


PARTS = (Path(("views",)), Path(("m", "a", 1)))


def test_a_read_gives_the_part_that_was_asked_for() -> None:
    item: Item = {"id": "1", "owner": "a", "views": 1, "m": {"a": [1, 2], "b": 3}}
    store = store_of(POST, [item, {"id": "2", "owner": "a"}])
    part: Item = {"views": 1, "m": {"a": [2]}}
    assert store.get(GetRequest("Post", {"id": "1"}, PARTS)) == part
    wanted = Comparison(Path(("owner",)), "=", Given("a"))
    scanned = page(store.scan(ScanRequest("Post", None, wanted, projection=PARTS)))
    assert sorted(scanned.items, key=len) == [{}, part]
    assert scanned.scanned_count == 2


def test_a_local_index_fetches_what_it_lacks_from_the_table() -> None:
    item: Item = {"p": "a", "s": "1", "l": "x", "v": 1, "w": 2}
    store = store_of(sorted_table(S), [item])
    request = QueryRequest("Sorted", "a", "local")
    projected = {"p": "a", "s": "1", "l": "x"}
    assert page(store.query(request)).items == (projected,)
    part = replace(request, projection=(Path(("v",)), Path(("s",))))
    assert page(store.query(part)).items == ({"v": 1, "s": "1"},)
    assert page(store.query(replace(request, whole_items=True))).items == (item,)


def test_a_global_index_is_not_asked_for_what_it_lacks() -> None:
    store = store_of(POST, [{"id": "1", "owner": "a", "title": "t", "views": 1}])
    request = QueryRequest("Post", "t", "byTitle")
    part = replace(request, projection=(Path(("views",)), Path(("id",))))
    assert page(store.query(part)).items == ({"views": 1, "id": "1"},)
    for asked, expected in (
        (
            replace(request, projection=(Path(("other", "x")), Path(("views",)))),
            "Global secondary index byTitle does not project [other]",
        ),
        (
            replace(request, whole_items=True),
            (
                "Select type ALL_ATTRIBUTES is not supported for global secondary "
                "index byTitle because its projection type is not ALL"
            ),
        ),
    ):
        message = f"One or more parameter values were invalid: {expected}"
        assert store.query(asked) == Refused("ValidationException", message)
    whole = QueryRequest("Post", "a", "byDate", whole_items=True)
    assert page(store.query(whole)).items == ()


@pytest.mark.parametrize("segments", [1, 2, 3, 7, 4096, 4097, 1_000_000])
def test_segments_share_out_the_table(segments: int) -> None:
    store = store_of(POST, posts(40))
    everything = column(store.scan(ScanRequest("Post")), "id")
    found: list[AttributeValue] = []
    owned = {
        segment_of(store, segments, item)
        for item in page(store.scan(ScanRequest("Post"))).items
    }
    for segment in sorted(owned):
        request = ScanRequest("Post", segment=segment, segments=segments, limit=3)
        while True:
            answer = page(store.scan(request))
            found += [item["id"] for item in answer.items]
            if answer.last_key is None:
                break
            request = replace(request, start=answer.last_key)
    assert found == everything


def segment_of(store: SqliteStore, segments: int, item: Item) -> int:
    """Return the one segment that a scan can be in after this item."""
    low, high = 0, segments - 1
    while low < high:
        middle = (low + high) // 2
        first = partition(str(item["id"]).encode())
        if first < segment_range(middle, segments).high:
            high = middle
        else:
            low = middle + 1
    start = {"id": item["id"]}
    request = ScanRequest("Post", start=start, segment=low, segments=segments)
    assert isinstance(store.scan(request), Page)
    return low


def test_a_scan_goes_on_in_its_own_segment_only() -> None:
    store = store_of(POST, posts(40))
    first = page(store.scan(ScanRequest("Post", limit=1, segment=0, segments=4)))
    request = ScanRequest("Post", start=first.last_key, segment=1, segments=4)
    assert store.scan(request) == Refused(
        "ValidationException", "Exclusive start key must lie within the segment"
    )
