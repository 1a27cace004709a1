"""Random tables, items and operations: answered as DynamoDB Local answers them.

What Hypothesis finds it also makes small; the plain episodes are many times faster, and
``run_long.py`` plays as many as one likes.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

sys.path.insert(0, str(Path(__file__).parent))

from episodes import Counted, Episode, play
from known_differences import KNOWN
from peer import LocalPeer
from random_expressions import Dice
from random_requests import Requests
from served_peer import served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from peer import Peer
    from random_requests import Request

pytestmark = pytest.mark.peers

EPISODES = 8
REQUESTS = 300
DIFFERENCES_PAGE = Path(__file__).parents[3] / "docs/differences.md"

Sides = tuple["Peer", "Peer"]
randoms = st.randoms(use_true_random=False)
names = itertools.count()


@pytest.fixture(scope="module")
def sides(local_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    with served(tmp_path_factory.mktemp("served")) as ours:
        theirs = LocalPeer(local_port, "peers")
        yield ours, theirs
        theirs.close()


@pytest.mark.parametrize("number", range(EPISODES))
def test_a_random_episode_is_answered_alike(sides: Sides, number: int) -> None:
    counted = Counted()
    play(f"short.{number}", sides, counted, REQUESTS)
    assert counted.unexplained == []
    assert counted.calls.total() > 0


class Both(RuleBasedStateMachine):
    """An episode whose requests Hypothesis draws."""

    def __init__(self, sides: Sides) -> None:
        super().__init__()
        self.sides = sides
        self.counted = Counted()
        self.apart = False

    @initialize(random=randoms)
    def begin(self, random: Random) -> None:
        name = f"machine.{next(names)}"
        self.episode = Episode.begin(name, random, self.sides, self.counted)

    def teardown(self) -> None:
        self.episode.end()

    @rule(random=randoms)
    def put(self, random: Random) -> None:
        requests = self._requests(random)
        self._step(requests.put(random.choice(requests.tables), Dice(random)))

    @rule(random=randoms, faults=st.integers(0, 1))
    def update(self, random: Random, faults: int) -> None:
        requests = self._requests(random)
        dice = Dice(random, faults)
        self._step(requests.update(random.choice(requests.tables), dice))

    @rule(random=randoms, faults=st.integers(0, 1))
    def query(self, random: Random, faults: int) -> None:
        requests = self._requests(random)
        dice = Dice(random, faults)
        self._step(requests.query(random.choice(requests.tables), dice))

    @rule(random=randoms)
    def transact(self, random: Random) -> None:
        requests = self._requests(random)
        table = random.choice(requests.tables)
        self._step(requests.transact_write(table, Dice(random)))

    @rule(random=randoms)
    def anything(self, random: Random) -> None:
        self._step(self._requests(random).draw())

    def _requests(self, random: Random) -> Requests:
        return Requests(random, self.episode.tables)

    def _step(self, request: Request) -> None:
        if not self.apart:
            self.apart = not self.episode.step(request)
            assert self.counted.unexplained == []


def test_no_sequence_is_answered_differently(sides: Sides) -> None:
    run_state_machine_as_test(
        lambda: Both(sides),
        settings=settings(
            max_examples=20,
            stateful_step_count=15,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("name", [known.name for known in KNOWN])
def test_a_known_difference_is_told_in_the_documentation(name: str) -> None:
    assert f"| {name} |" in DIFFERENCES_PAGE.read_text()
