"""The store against a dict of items: random writes, then every way to read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, rule

from amplikit.blueprint.resources import Attribute, AttributeType, Table, TableIndex
from amplikit.store import SqliteStore
from amplikit.store.conditions import AttributeExists, Path
from amplikit.store.interface import (
    ConditionFailed,
    DeleteRequest,
    GetRequest,
    Page,
    PutRequest,
    QueryRequest,
    ScanRequest,
    UpdateRequest,
    Written,
)
from amplikit.store.updates import assign

if TYPE_CHECKING:
    from amplikit.store.interface import AttributeValue, Item

S, N = AttributeType.STRING, AttributeType.NUMBER
BY_GROUP = TableIndex("byGroup", Attribute("g", S), Attribute("n", N))
TABLE = Table("T", Attribute("p", S), Attribute("s", S), (BY_GROUP,))
ABSENT = AttributeExists(Path(("p",)), wanted=False)

texts = st.sampled_from(["a", "a\0", "b", "ab", "é", "\0", "\uffff", "😀"])
keys = st.fixed_dictionaries({"p": texts, "s": texts})
attributes = st.fixed_dictionaries(
    {},
    optional={
        "g": texts,
        "n": st.integers(-20, 20) | st.decimals(-2, 2, places=2),
        "v": st.none() | st.booleans() | texts | st.lists(texts, max_size=2),
    },
)
limits = st.integers(1, 4)


def key_of(item: Item) -> tuple[str, str]:
    return str(item["p"]), str(item["s"])


def page(answer: object) -> Page:
    assert isinstance(answer, Page), answer
    return answer


class StoreAgainstDict(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.store = SqliteStore.in_memory((TABLE,))
        self.model: dict[tuple[str, str], Item] = {}

    def teardown(self) -> None:
        self.store.close()

    @rule(key=keys, rest=attributes)
    def put(self, key: Item, rest: Item) -> None:
        item = {**key, **rest}
        there = self.model.get(key_of(key))
        assert self.store.put(PutRequest("T", item)) == Written(there, item)
        self.model[key_of(key)] = item

    @rule(key=keys, rest=attributes)
    def create(self, key: Item, rest: Item) -> None:
        item = {**key, **rest}
        there = self.model.get(key_of(key))
        answer = self.store.put(PutRequest("T", item, ABSENT))
        assert answer == (
            Written(None, item) if there is None else ConditionFailed(there)
        )
        self.model.setdefault(key_of(key), item)

    @rule(
        key=keys,
        rest=attributes,
        remove=st.frozensets(st.sampled_from(["g", "n", "v"])),
    )
    def update(self, key: Item, rest: Item, remove: frozenset[str]) -> None:
        values = {name: value for name, value in rest.items() if name not in remove}
        there = self.model.get(key_of(key))
        item = {**(there or key), **values}
        item = {name: value for name, value in item.items() if name not in remove}
        request = UpdateRequest("T", key, assign(values, remove))
        assert self.store.update(request) == Written(there, item)
        self.model[key_of(key)] = item

    @rule(key=keys)
    def delete(self, key: Item) -> None:
        answer = self.store.delete(DeleteRequest("T", key))
        assert answer == Written(self.model.pop(key_of(key), None), None)

    @rule(key=keys, rest=attributes)
    def rehearse(self, key: Item, rest: Item) -> None:
        with self.store.rehearsal():
            self.store.put(PutRequest("T", {**key, **rest}))
            self.store.delete(DeleteRequest("T", key))

    @rule(key=keys)
    def get(self, key: Item) -> None:
        answer = self.store.get(GetRequest("T", key))
        assert answer == self.model.get(key_of(key))

    @rule(partition=texts, forward=st.booleans(), limit=limits)
    def query_table(self, partition: str, limit: int, *, forward: bool) -> None:
        wanted = [item for item in self.model.values() if item["p"] == partition]
        wanted.sort(key=lambda item: str(item["s"]), reverse=not forward)
        read, pages = self._query(partition, None, limit, forward=forward)
        assert read == wanted
        assert pages == len(wanted) // limit + 1

    @rule(group=texts, forward=st.booleans(), limit=limits)
    def query_index(self, group: str, limit: int, *, forward: bool) -> None:
        wanted = [
            item
            for item in self.model.values()
            if item.get("g") == group and "n" in item
        ]
        read, pages = self._query(group, "byGroup", limit, forward=forward)
        assert sorted(map(key_of, read)) == sorted(map(key_of, wanted))
        ranks = [item["n"] for item in read]
        assert ranks == sorted(ranks, reverse=not forward)  # type: ignore[type-var]  # numbers
        assert pages == len(wanted) // limit + 1

    @rule(limit=limits, index=st.sampled_from([None, "byGroup"]))
    def scan(self, limit: int, index: str | None) -> None:
        wanted = [
            item
            for item in self.model.values()
            if index is None or ("g" in item and "n" in item)
        ]
        read: list[Item] = []
        start: Item | None = None
        pages = 0
        while pages == 0 or start is not None:
            pages += 1
            request = ScanRequest("T", index, limit=limit, start=start)
            answer = page(self.store.scan(request))
            read += answer.items
            start = answer.last_key
        assert sorted(map(key_of, read)) == sorted(map(key_of, wanted))
        assert pages == len(wanted) // limit + 1
        assert read == list(page(self.store.scan(ScanRequest("T", index))).items)

    def _query(
        self, partition: AttributeValue, index: str | None, limit: int, *, forward: bool
    ) -> tuple[list[Item], int]:
        read: list[Item] = []
        start: Item | None = None
        pages = 0
        while pages == 0 or start is not None:
            pages += 1
            request = QueryRequest(
                "T", partition, index, limit=limit, forward=forward, start=start
            )
            answer = page(self.store.query(request))
            read += answer.items
            start = answer.last_key
        return read, pages


StoreAgainstDict.TestCase.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None
)
TestStoreAgainstDict = StoreAgainstDict.TestCase
