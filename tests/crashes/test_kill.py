"""A few rounds of what ``run_long.py`` does many of."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent))

from rounds import Rounds

ROUNDS = 3


def test_what_four_killed_writers_were_told_is_there(tmp_path: Path) -> None:
    rounds = Rounds(tmp_path, seed=4, random=Random(4))
    for _ in range(ROUNDS):
        rounds.one()
    assert rounds.acknowledged >= ROUNDS * 4
