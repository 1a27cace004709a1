"""What a writer writes: operations that follow from a seed, a writer and a number.

So the one who killed the writer knows, from how many were acknowledged, what must be
there. Run as a program, it writes until it is killed, and appends a byte to a file for
each operation that the store acknowledged.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path as FilePath
from random import Random
from typing import TYPE_CHECKING

from amplikit.blueprint.resources import Attribute, AttributeType, Table, TableIndex
from amplikit.store import SqliteStore
from amplikit.store.conditions import Given, Path
from amplikit.store.interface import (
    DeleteRequest,
    Item,
    PutRequest,
    UpdateRequest,
    Written,
)
from amplikit.store.updates import Added, Assigned, Update

if TYPE_CHECKING:
    from amplikit.store.interface import TransactionItem

S, N = AttributeType.STRING, AttributeType.NUMBER
BY_OWNER = TableIndex("byOwner", Attribute("owner", S), Attribute("rank", N))
BY_KIND = TableIndex(
    "byKind", Attribute("kind", S), None, projection="INCLUDE", include=("text",)
)
TABLES = (
    Table("Post", Attribute("id", S), None, (BY_OWNER, BY_KIND)),
    Table("Log", Attribute("id", S), None, (BY_KIND,)),
)
SCHEMA_HASH = "crashes"
COUNTER = "counter"
ITEMS_EACH = 25

Place = tuple[str, str]
State = dict[Place, Item | None]


@dataclass(frozen=True, slots=True)
class Operation:
    """One call of the store; only a batch may be done in part."""

    kind: str
    writes: tuple[TransactionItem, ...]

    def after(self, state: State) -> State:
        """Return the items that it leaves where it writes."""
        return {place_of(write): _after(write, state) for write in self.writes}

    def run(self, store: SqliteStore) -> None:
        """Make the call; any refusal is a fault."""
        match self.kind:
            case "transaction":
                answer = store.transact_write(self.writes)
                assert answer is None, answer
            case "batch":
                batch = tuple(
                    write
                    for write in self.writes
                    if isinstance(write, (PutRequest, DeleteRequest))
                )
                answer = store.batch_write(batch)
                assert answer.positions == (), answer
            case _:
                (write,) = self.writes
                assert isinstance(_one(store, write), Written)


def operation(seed: int, writer: int, number: int) -> Operation:
    """Return the ``number``-th operation of a writer."""
    random = Random(f"{seed}/{writer}/{number}")
    kind = random.choice(("one", "one", "one", "batch", "transaction", "count"))
    if kind == "count":
        count = Update(add=(Added(Path(("count",)), Given(1)),))
        return Operation(kind, (UpdateRequest("Log", {"id": COUNTER}, count),))
    places = random.sample(
        [
            (table.name, f"w{writer}-{item}")
            for table in TABLES
            for item in range(ITEMS_EACH)
        ],
        1 if kind == "one" else random.randrange(2, 8),
    )
    only = ("put", "delete") if kind == "batch" else ("put", "put", "update", "delete")
    return Operation(
        kind, tuple(_write(random, place, random.choice(only)) for place in places)
    )


def place_of(write: TransactionItem) -> Place:
    """Return the table and the key that a request writes to."""
    key = write.item if isinstance(write, PutRequest) else write.key
    return write.table, str(key["id"])


def _attributes(random: Random) -> Item:
    item: Item = {"text": "x" * random.choice((10, 200, 3000))}
    if random.random() < 0.7:
        item["owner"] = random.choice("abc")
    if random.random() < 0.7:
        item["rank"] = random.randrange(5)
    if random.random() < 0.7:
        item["kind"] = random.choice("kl")
    return item


def _write(random: Random, place: Place, kind: str) -> TransactionItem:
    table, name = place
    match kind:
        case "put":
            return PutRequest(table, {"id": name, **_attributes(random)})
        case "update":
            given = _attributes(random)
            sets = tuple(Assigned(Path((n,)), Given(v)) for n, v in given.items())
            removed = [Path((n,)) for n in ("owner", "kind") if n not in given]
            return UpdateRequest(table, {"id": name}, Update(sets, tuple(removed)))
        case _:
            return DeleteRequest(table, {"id": name})


def _after(write: TransactionItem, state: State) -> Item | None:
    match write:
        case PutRequest():
            return write.item
        case UpdateRequest():
            item = dict(state.get(place_of(write)) or write.key)
            for action in write.update.set:
                assert isinstance(action.value, Given)
                item[str(action.path.parts[0])] = action.value.value
            for path in write.update.remove:
                item.pop(str(path.parts[0]), None)
            return item
        case _:
            return None


def _one(store: SqliteStore, write: TransactionItem) -> object:
    match write:
        case PutRequest():
            return store.put(write)
        case UpdateRequest():
            return store.update(write)
        case DeleteRequest():
            return store.delete(write)
        case _:
            raise AssertionError(write)


def main(folder: str, acknowledged: str, seed: str, writer: str, start: str) -> None:
    """Write until the end comes."""
    acknowledgements = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    number = int(start)
    with SqliteStore.open(FilePath(folder), TABLES, schema_hash=SCHEMA_HASH) as store:
        while True:
            operation(int(seed), int(writer), number).run(store)
            os.write(acknowledgements, b".")
            number += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
