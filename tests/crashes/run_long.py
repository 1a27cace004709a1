"""Many rounds: ``--rounds 100 --seed 1``."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent))

from indexing import Indexing
from rounds import WRITERS, Rounds


def main() -> None:
    """Kill writers, then those who change indexes, and print what was done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random = Random(options.seed)
    begin = time.monotonic()
    with TemporaryDirectory() as folder:
        rounds = Rounds(Path(folder), options.seed, random)
        for number in range(options.rounds):
            rounds.one()
            _tell(f"round {number + 1}: {rounds.acknowledged} acknowledged")
        _tell(
            f"{options.rounds} rounds under {WRITERS} writers: {rounds.acknowledged} "
            f"writes acknowledged, none lost; {rounds.unfinished} more were there; "
            f"{time.monotonic() - begin:.0f} s"
        )
    with TemporaryDirectory() as folder:
        indexing = Indexing(Path(folder) / "data", random)
        indexing.fill()
        for _ in range(options.rounds):
            indexing.one()
        _tell(
            f"{options.rounds} rounds of changing indexes: {indexing.interrupted} "
            f"interrupted, none half; {time.monotonic() - begin:.0f} s"
        )


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
