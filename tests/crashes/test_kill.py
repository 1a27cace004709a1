"""A few rounds of what ``run_long.py`` does many of."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent))

from indexing import Indexing
from rounds import WRITERS, Rounds

ROUNDS = 3


def test_what_four_killed_writers_were_told_is_there(tmp_path: Path) -> None:
    rounds = Rounds(tmp_path, seed=4, random=Random(4))
    for _ in range(ROUNDS):
        rounds.one()
    assert rounds.acknowledged >= ROUNDS * WRITERS


def test_an_index_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    indexing = Indexing(tmp_path / "data", Random(4))
    indexing.fill()
    for _ in range(ROUNDS):
        indexing.one()
