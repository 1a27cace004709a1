"""Pages of random data under random filters: how many there are, what is on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from amplikit.blueprint.resources import Attribute, AttributeType, Table, TableIndex
from amplikit.store import SqliteStore
from amplikit.store.conditions import (
    And,
    AttributeExists,
    BeginsWith,
    Comparison,
    Condition,
    Contains,
    Given,
    Not,
    Or,
    Path,
)
from amplikit.store.interface import (
    Page,
    PutRequest,
    QueryRequest,
    Refused,
    ScanRequest,
    Written,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from amplikit.store.interface import AttributeValue, Item

S, N = AttributeType.STRING, AttributeType.NUMBER
BY_GROUP = TableIndex("byGroup", Attribute("g", S), Attribute("n", N))
BY_TEXT = TableIndex("byText", Attribute("p", S), Attribute("t", S), local=True)
TABLE = Table("T", Attribute("p", S), Attribute("s", N), (BY_GROUP, BY_TEXT))
OTHER = Table("Other", Attribute("id", S))
BIG = 150_000


@dataclass(frozen=True)
class Filter:
    """A condition, and the same said in Python."""

    condition: Condition
    holds: Callable[[Item], bool]


def _number_filter(bound: int) -> Filter:
    def holds(item: Item) -> bool:
        value = item.get("v")
        return isinstance(value, (int, Decimal)) and value < bound

    return Filter(Comparison(Path(("v",)), "<", Given(bound)), holds)


def _prefix_filter(prefix: str) -> Filter:
    def holds(item: Item) -> bool:
        value = item.get("w")
        return isinstance(value, str) and value.startswith(prefix)

    return Filter(BeginsWith(Path(("w",)), Given(prefix)), holds)


def _contains_filter(part: str) -> Filter:
    def holds(item: Item) -> bool:
        value = item.get("w")
        return isinstance(value, (str, list)) and part in value

    return Filter(Contains(Path(("w",)), Given(part)), holds)


def _all_of(parts: list[Filter]) -> Filter:
    return Filter(
        And(tuple(part.condition for part in parts)),
        lambda item: all(part.holds(item) for part in parts),
    )


def _any_of(parts: list[Filter]) -> Filter:
    return Filter(
        Or(tuple(part.condition for part in parts)),
        lambda item: any(part.holds(item) for part in parts),
    )


def _none_of(part: Filter) -> Filter:
    return Filter(Not(part.condition), lambda item: not part.holds(item))


def _exists_filter(name: str) -> Filter:
    return Filter(AttributeExists(Path((name,))), lambda item: name in item)


texts = st.sampled_from(["a", "ab", "abc", "b", "é", "", "😀"])
simple_filters = st.one_of(
    st.integers(-3, 3).map(_number_filter),
    texts.filter(bool).map(_prefix_filter),
    texts.filter(bool).map(_contains_filter),
    st.sampled_from(["v", "w", "nowhere"]).map(_exists_filter),
)
filters = st.none() | st.recursive(
    simple_filters,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(_all_of),
        st.lists(inner, min_size=2, max_size=3).map(_any_of),
        inner.map(_none_of),
    ),
    max_leaves=5,
)
items = st.dictionaries(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(-50, 50)),
    st.fixed_dictionaries(
        {},
        optional={
            "g": st.sampled_from(["x", "y"]),
            "n": st.integers(-2, 2),
            "t": texts.filter(bool),
            "v": st.integers(-5, 5) | st.none() | st.decimals(-3, 3, places=1),
            "w": texts | st.lists(texts, max_size=3),
        },
    ),
    max_size=25,
)
limits = st.integers(1, 9)


def _stored(given_items: dict[tuple[str, int], Item]) -> tuple[SqliteStore, list[Item]]:
    store = SqliteStore.in_memory((TABLE, OTHER))
    rows: list[Item] = [
        {"p": p, "s": s, **rest} for (p, s), rest in given_items.items()
    ]
    for row in rows:
        assert isinstance(store.put(PutRequest("T", row)), Written)
    return store, rows


def _pages(
    store: SqliteStore, request: ScanRequest | QueryRequest
) -> Iterator[tuple[Item, ...]]:
    start: Item | None = None
    while True:
        if isinstance(request, ScanRequest):
            page = store.scan(replace(request, start=start))
        else:
            page = store.query(replace(request, start=start))
        assert isinstance(page, Page), page
        yield page.items
        start = page.last_key
        if start is None:
            return


def _key(item: Item) -> tuple[str, Decimal]:
    return str(item["p"]), Decimal(str(item["s"]))


def _same(found: list[Item], wanted: list[Item]) -> bool:
    return sorted(found, key=_key) == sorted(wanted, key=_key)


def _in_index(item: Item, index: TableIndex | None) -> bool:
    if index is None:
        return True
    keys = (index.partition_key, index.sort_key)
    return all(key.name in item for key in keys if key is not None)


@settings(deadline=None)
@given(
    rows=items,
    limit=limits,
    wanted=filters,
    index=st.sampled_from([None, BY_GROUP, BY_TEXT]),
)
def test_a_scan_takes_a_page_for_each_full_limit_and_one_more(
    rows: dict[tuple[str, int], Item],
    limit: int,
    wanted: Filter | None,
    index: TableIndex | None,
) -> None:
    store, all_items = _stored(rows)
    name = None if index is None else index.name
    condition = None if wanted is None else wanted.condition
    request = ScanRequest("T", name, filter=condition, limit=limit)
    pages = list(_pages(store, request))
    read = [item for item in all_items if _in_index(item, index)]
    assert len(pages) == len(read) // limit + 1
    passing = [item for item in read if wanted is None or wanted.holds(item)]
    assert _same([item for page in pages for item in page], passing)


@settings(deadline=None)
@given(
    rows=items,
    limit=limits,
    wanted=filters,
    index=st.sampled_from([None, BY_GROUP, BY_TEXT]),
    forward=st.booleans(),
)
def test_a_query_does_so_within_its_partition(
    rows: dict[tuple[str, int], Item],
    limit: int,
    wanted: Filter | None,
    index: TableIndex | None,
    *,
    forward: bool,
) -> None:
    store, all_items = _stored(rows)
    keyed = TABLE if index is None else index
    partition = "x" if index is BY_GROUP else "a"
    request = QueryRequest(
        "T",
        partition,
        None if index is None else index.name,
        filter=None if wanted is None else wanted.condition,
        limit=limit,
        forward=forward,
    )
    pages = list(_pages(store, request))
    read = [
        item
        for item in all_items
        if _in_index(item, index) and item[keyed.partition_key.name] == partition
    ]
    assert len(pages) == len(read) // limit + 1
    found = [item for page in pages for item in page]
    passing = [item for item in read if wanted is None or wanted.holds(item)]
    assert _same(found, passing)
    assert keyed.sort_key is not None
    ranks = [_rank(item[keyed.sort_key.name]) for item in found]
    assert ranks == sorted(ranks, reverse=not forward)


@settings(deadline=None, max_examples=30)
@given(rows=items, segments=st.integers(1, 5), limit=limits)
def test_the_segments_of_a_scan_share_out_the_table(
    rows: dict[tuple[str, int], Item], segments: int, limit: int
) -> None:
    store, all_items = _stored(rows)
    found = [
        item
        for segment in range(segments)
        for page in _pages(
            store, ScanRequest("T", limit=limit, segment=segment, segments=segments)
        )
        for item in page
    ]
    assert _same(found, all_items)


def test_a_page_without_a_limit_ends_at_one_megabyte() -> None:
    store = SqliteStore.in_memory((OTHER,))
    count = 20
    for number in range(count):
        item: Item = {"id": str(number), "text": "x" * BIG}
        assert isinstance(store.put(PutRequest("Other", item)), Written)
    pages = list(_pages(store, ScanRequest("Other")))
    assert [len(page) for page in pages] == [7, 7, 6]


def _rank(value: AttributeValue) -> tuple[Decimal, bytes]:
    if isinstance(value, str):
        return Decimal(0), value.encode()
    return Decimal(str(value)), b""


@pytest.mark.parametrize(
    "start",
    [
        {"id": "a"},
        {"p": "a"},
        {"p": "a", "s": "1"},
        {"p": "a", "s": 1, "g": "x", "n": 1},
        {},
    ],
    ids=["another table's", "half a key", "another type", "an index's", "nothing"],
)
def test_a_start_that_is_no_place_in_the_table_is_refused(start: Item) -> None:
    store, _ = _stored({("a", 1): {"g": "x", "n": 1}})
    answer = store.scan(ScanRequest("T", start=start))
    assert isinstance(answer, Refused)
    assert answer.type == "ValidationException"


@pytest.mark.parametrize(
    ("request_", "start"),
    [
        (QueryRequest("T", "a"), {"p": "b", "s": 1}),
        (QueryRequest("T", "x", "byGroup"), {"p": "a", "s": 1, "g": "y", "n": 1}),
        (QueryRequest("T", "x", "byGroup"), {"p": "a", "s": 1}),
    ],
    ids=["another partition's", "another group's", "the table's"],
)
def test_a_start_outside_of_what_is_queried_is_refused(
    request_: QueryRequest, start: Item
) -> None:
    store, _ = _stored({("a", 1): {"g": "x", "n": 1}})
    answer = store.query(replace(request_, start=start))
    assert isinstance(answer, Refused)
    assert answer.type == "ValidationException"
