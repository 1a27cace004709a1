"""How fast the store is as a table grows: sqlite beside DynamoDB Local, in one run.

Both are asked for the same by one caller, one request after the other: sqlite in its
process, DynamoDB Local over HTTP, as an application would. Each size has a process of
its own, so that its memory can be told.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Protocol

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/peers/dynamodb"))

from local_server import dynamodb_local, missing
from peer import LocalPeer

from amplikit.blueprint.resources import Attribute, AttributeType, Table, TableIndex
from amplikit.store import SqliteStore
from amplikit.store.interface import (
    GetRequest,
    Page,
    PutRequest,
    QueryRequest,
    Unprocessed,
    Written,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from peer import Body

    from amplikit.store.interface import Item

SIZES = tuple(
    int(size) for size in os.environ.get("SIZES", "1000 100000 1000000").split()
)
GROUP = 100
"""Items with one owner: what a query reads."""
BATCH = 25
PUTS = 2_000
GETS = 5_000
QUERIES = 200
ROUNDS = 7
HEAP_MB = 1_024

_S = AttributeType.STRING
_BY_OWNER = TableIndex("byOwner", Attribute("owner", _S), Attribute("createdAt", _S))
_TABLE = Table("Post", Attribute("id", _S), None, (_BY_OWNER,))


def item(number: int) -> Item:
    """Return an item of some 200 bytes."""
    return {
        "id": f"id-{number}",
        "owner": f"owner-{number // GROUP}",
        "createdAt": f"2026-01-01T{number:09}",
        "title": "What a post is called",
        "content": "x" * 100,
        "views": number,
    }


class Side(Protocol):
    """A store that is measured."""

    def fill(self, size: int) -> None:
        """Write so many items, in batches."""

    def put(self, number: int) -> None:
        """Put one item."""

    def get(self, number: int) -> None:
        """Get one item."""

    def query(self, owner: int) -> None:
        """Query the items of an owner by the index."""


class Sqlite:
    """The embedded store, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._store = SqliteStore.open(folder, (_TABLE,), schema_hash="bench")

    def fill(self, size: int) -> None:
        """Write so many items, in batches."""
        for start in range(0, size, BATCH):
            numbers = range(start, min(start + BATCH, size))
            answer = self._store.batch_write(
                tuple(PutRequest("Post", item(number)) for number in numbers)
            )
            _expect(isinstance(answer, Unprocessed) and not answer.positions, answer)

    def put(self, number: int) -> None:
        """Put one item."""
        answer = self._store.put(PutRequest("Post", item(number)))
        _expect(isinstance(answer, Written), answer)

    def get(self, number: int) -> None:
        """Get one item."""
        answer = self._store.get(GetRequest("Post", {"id": f"id-{number}"}))
        _expect(isinstance(answer, dict), answer)

    def query(self, owner: int) -> None:
        """Query the items of an owner by the index."""
        request = QueryRequest("Post", f"owner-{owner}", "byOwner", limit=GROUP)
        answer = self._store.query(request)
        _expect(isinstance(answer, Page) and len(answer.items) == GROUP, answer)


class Local:
    """DynamoDB Local, in memory, over HTTP."""

    def __init__(self, port: int) -> None:
        self._peer = LocalPeer(port, "bench")
        self._call(
            "CreateTable",
            {
                "TableName": "Post",
                "KeySchema": [_key("id", "HASH")],
                "AttributeDefinitions": [
                    {"AttributeName": name, "AttributeType": "S"}
                    for name in ("id", "owner", "createdAt")
                ],
                "BillingMode": "PAY_PER_REQUEST",
                "GlobalSecondaryIndexes": [
                    {
                        "IndexName": "byOwner",
                        "KeySchema": [
                            _key("owner", "HASH"),
                            _key("createdAt", "RANGE"),
                        ],
                        "Projection": {"ProjectionType": "ALL"},
                    }
                ],
            },
        )

    def fill(self, size: int) -> None:
        """Write so many items, in batches."""
        for start in range(0, size, BATCH):
            numbers = range(start, min(start + BATCH, size))
            writes = [{"PutRequest": {"Item": _typed(item(n))}} for n in numbers]
            self._call("BatchWriteItem", {"RequestItems": {"Post": writes}})

    def put(self, number: int) -> None:
        """Put one item."""
        self._call("PutItem", {"TableName": "Post", "Item": _typed(item(number))})

    def get(self, number: int) -> None:
        """Get one item."""
        key = {"id": {"S": f"id-{number}"}}
        found = self._call("GetItem", {"TableName": "Post", "Key": key})
        _expect("Item" in found, found)

    def query(self, owner: int) -> None:
        """Query the items of an owner by the index."""
        found = self._call(
            "Query",
            {
                "TableName": "Post",
                "IndexName": "byOwner",
                "KeyConditionExpression": "#o = :o",
                "ExpressionAttributeNames": {"#o": "owner"},
                "ExpressionAttributeValues": {":o": {"S": f"owner-{owner}"}},
                "Limit": GROUP,
            },
        )
        _expect(found["Count"] == GROUP, found)

    def _call(self, operation: str, body: Body) -> Body:
        answer = self._peer.call(operation, body)
        _expect(answer.refusal is None, answer)
        return answer.body


def rates(side: Side, size: int) -> dict[str, float]:
    """Fill the side, and return how many of each a second it does."""
    random = Random(size)
    begin = perf_counter()
    side.fill(size)
    filled = size / (perf_counter() - begin)
    new = iter(range(size, size + PUTS * ROUNDS))
    return {
        "filled": filled,
        "puts": _rate(PUTS, lambda: side.put(next(new))),
        "gets": _rate(GETS, lambda: side.get(random.randrange(size))),
        "queries": _rate(QUERIES, lambda: side.query(random.randrange(size // GROUP))),
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def query_ratios(folders: list[Path]) -> list[float]:
    """Return what an indexed query costs in each folder; in the first it is 1.

    Any partition is asked for, so a large table answers from its file, not from items
    it has met before. The folders take turns, so that what else the machine does falls
    on all of them; and the time is this process's own.
    """
    random = Random(1)
    sides = [Sqlite(folder) for folder in folders]
    times: list[list[float]] = [[] for _ in sides]
    for _ in range(ROUNDS * 3):
        for place, side in enumerate(sides):
            owners = [random.randrange(SIZES[place] // GROUP) for _ in range(QUERIES)]
            begin = process_time()
            for owner in owners:
                side.query(owner)
            times[place].append(process_time() - begin)
    return [median(each) / median(times[0]) for each in times]


def lines(folder: Path) -> Iterator[str]:
    """Yield the table, each line as soon as it is known."""
    lacks = missing()
    yield (
        f"{'store':<16}{'items':>9}{'filled/s':>10}{'puts/s':>9}{'gets/s':>9}"
        f"{'queries/s':>11}{'MB':>7}   puts, gets, queries against DynamoDB Local"
    )
    folders = [folder / str(size) for size in SIZES]
    for size, place in zip(SIZES, folders, strict=True):
        ours = _measured("sqlite", size, place)
        if lacks is None:
            theirs = _measured("local", size, place)
            ratios = [ours[name] / theirs[name] for name in ("puts", "gets", "queries")]
            beside = ", ".join(f"{ratio:.1f}x" for ratio in ratios)
            yield _line("sqlite", size, ours) + f"   {beside}"
            yield _line("dynamodb local", size, theirs)
        else:
            yield _line("sqlite", size, ours) + f"   not run: {lacks}"
    ratios = json.loads(_child("ratios", *map(str, folders)))
    for size, ratio in zip(SIZES, ratios, strict=True):
        yield f"an indexed query at {size} items costs {ratio:.2f}x"


def main(arguments: list[str]) -> None:
    """Print the table; with arguments, measure one side in this process."""
    match arguments:
        case []:
            with tempfile.TemporaryDirectory() as folder:
                for line in lines(Path(folder)):
                    sys.stdout.write(f"{line}\n")
                    sys.stdout.flush()
        case ["ratios", *folders]:
            sys.stdout.write(json.dumps(query_ratios([Path(each) for each in folders])))
        case [name, size, folder]:
            with ExitStack() as stack:
                side: Side = (
                    Local(stack.enter_context(dynamodb_local(HEAP_MB)))
                    if name == "local"
                    else Sqlite(Path(folder))
                )
                sys.stdout.write(json.dumps(rates(side, int(size))))


def _measured(name: str, size: int, folder: Path) -> dict[str, float]:
    measured: dict[str, float] = json.loads(_child(name, str(size), str(folder)))
    return measured


def _child(*arguments: str) -> str:
    command = [sys.executable, __file__, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _rate(count: int, act: Callable[[], None]) -> float:
    """Return the best of some rounds, per second."""
    best = 0.0
    for _ in range(ROUNDS):
        begin = perf_counter()
        for _ in range(count):
            act()
        best = max(best, count / (perf_counter() - begin))
    return best


def _line(name: str, size: int, measured: dict[str, float]) -> str:
    memory = f"{measured['mb']:.0f}" if name == "sqlite" else "-"
    return (
        f"{name:<16}{size:>9}{measured['filled']:>10.0f}{measured['puts']:>9.0f}"
        f"{measured['gets']:>9.0f}{measured['queries']:>11.0f}{memory:>7}"
    )


def _typed(given: Item) -> Body:
    return {
        name: {"N": str(value)} if isinstance(value, int) else {"S": value}
        for name, value in given.items()
    }


def _key(name: str, kind: str) -> Body:
    return {"AttributeName": name, "KeyType": kind}


def _expect(holds: object, answer: object) -> None:
    if not holds:
        message = f"not what was asked for: {answer}"
        raise AssertionError(message)


if __name__ == "__main__":
    main(sys.argv[1:])
