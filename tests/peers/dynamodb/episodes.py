"""An episode: some random tables on both sides, and the requests that follow a seed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from comparing import Difference, compare
from known_differences import reason_of
from random_requests import Request, Requests
from random_tables import RandomTable, random_table

if TYPE_CHECKING:
    from peer import Answer, Body, Peer

READS = frozenset(
    ("GetItem", "Query", "Scan", "BatchGetItem", "TransactGetItems", "DescribeTable")
)


@dataclass(slots=True)
class Counted:
    """How many calls both sides answered, and what they answered differently."""

    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    unexplained: list[tuple[str, Difference]] = field(default_factory=list)


@dataclass(slots=True)
class CountingPeer:
    """Counts what it hands on."""

    peer: Peer
    calls: Counter[tuple[str, str]]

    def call(self, operation: str, body: Body) -> Answer:
        """Return the answer to one call."""
        answer = self.peer.call(operation, body)
        refusal = answer.refusal
        self.calls[operation, "ok" if refusal is None else refusal[0]] += 1
        return answer


@dataclass(slots=True)
class Episode:
    """Some tables on both sides."""

    name: str
    ours: Peer
    theirs: Peer
    counted: Counted
    requests: Requests

    @classmethod
    def begin(
        cls, name: str, random: Random, sides: tuple[Peer, Peer], counted: Counted
    ) -> Episode:
        """Create up to three tables on both sides."""
        tables = [
            random_table(random, f"Table_{name}_{number}".replace("/", "."))
            for number in range(random.randrange(1, 4))
        ]
        ours = CountingPeer(sides[0], counted.calls)
        for table in tables:
            for side in (ours, sides[1]):
                answer = side.call("CreateTable", table.request())
                assert answer.refusal is None, answer
        return cls(name, ours, sides[1], counted, Requests(random, tables))

    @property
    def tables(self) -> list[RandomTable]:
        """The tables it plays with."""
        return self.requests.tables

    def step(self, request: Request) -> bool:
        """Make one request on both sides; say whether they may go on together."""
        difference = compare(request, self.ours, self.theirs)
        if difference is None:
            return True
        reason = reason_of(difference)
        if reason is None:
            self.counted.unexplained.append((self.name, difference))
        else:
            self.counted.known[reason] += 1
        mine, other = difference.said
        return bool(mine) == bool(other) or request.operation in READS

    def check(self) -> None:
        """Compare all that the tables and their indexes hold."""
        for table in self.tables:
            for index in (None, *table.indexes):
                body: Body = {"TableName": table.name, "Limit": 40}
                if index is not None:
                    body["IndexName"] = index.name
                if not self.step(Request("Scan", body, table, index, pages=True)):
                    return

    def end(self) -> None:
        """Delete the tables."""
        for table in self.tables:
            for side in (self.ours, self.theirs):
                answer = side.call("DeleteTable", {"TableName": table.name})
                assert answer.refusal is None, answer


def play(name: str, sides: tuple[Peer, Peer], counted: Counted, count: int) -> None:
    """Play an episode of up to so many requests; the name is its seed."""
    episode = Episode.begin(name, Random(name), sides, counted)
    for _ in range(count):
        if not episode.step(episode.requests.draw()):
            break
    else:
        episode.check()
    episode.end()
