"""The long run: random requests in several processes, each with a server of ours.

``--operations N --seed S``; an episode that showed a difference is played again with
``--episode NAME``.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import re
import resource
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))

from episodes import Counted, play
from local_server import dynamodb_local, missing
from peer import LocalPeer
from served_peer import served

if TYPE_CHECKING:
    from comparing import Difference

REQUESTS = 1_000
"""In one episode."""
SHOWN = 60
HEAP_MB = 1_024
NAMES = re.compile(r"\[.*?\]|\{.*?\}|\"[^\"]*\"|#\w+|:\w+|-?\d+|(?<=: )[a-z]+$")


def work(port: int, seed: str, operations: int, episode: str | None) -> Counted:
    """Play episodes until so many calls were answered."""
    counted = Counted()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        ours = stack.enter_context(served(folder))
        theirs = LocalPeer(port, f"peers{seed}".replace(".", ""))
        stack.callback(theirs.close)
        if episode is not None:
            play(episode, (ours, theirs), counted, REQUESTS)
            return counted
        for number in itertools.count():
            if counted.calls.total() >= operations:
                return counted
            seen = len(counted.unexplained)
            play(f"{seed}.{number}", (ours, theirs), counted, REQUESTS)
            for name, difference in counted.unexplained[seen:]:
                _tell(f"unexplained in {name}: {difference.said}")
            if number % 10 == 9:
                _tell(f"{seed}: {counted.calls.total()}, {_memory_mb():.0f} MB")
    raise AssertionError("unreachable")


def main() -> int:
    """Run, and print what was counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=1_000_000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--episode")
    options = parser.parse_args()
    lacks = missing()
    if lacks is not None:
        sys.exit(lacks)
    begin = time.monotonic()
    with dynamodb_local(HEAP_MB) as port:
        if options.episode is not None:
            results = [work(port, "", 0, options.episode)]
        else:
            share = options.operations // options.processes
            shares = [
                (port, f"{options.seed}.{process}", share, None)
                for process in range(options.processes)
            ]
            with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
                results = pool.starmap(work, shares)
    return _report(results, time.monotonic() - begin)


def _report(results: list[Counted], took_s: float) -> int:
    calls: Counter[tuple[str, str]] = Counter()
    known: Counter[str] = Counter()
    for counted in results:
        calls += counted.calls
        known += counted.known
    unexplained = [each for counted in results for each in counted.unexplained]
    for (operation, answer), count in sorted(calls.items()):
        _tell(f"{count:>9} {operation} {answer}")
    for name, count in known.most_common():
        _tell(f"{count:>9} known: {name}")
    for kind, found in _kinds(unexplained)[:SHOWN]:
        episode, difference = min(found, key=lambda each: len(repr(each[1].request)))
        _tell(f"\n{len(found)} times, as in {episode}: {kind}")
        _tell(f"  asked  {difference.request.body!r:.1200}")
        _tell(f"  ours   {difference.ours!r:.600}")
        _tell(f"  theirs {difference.theirs!r:.600}")
    _tell(
        f"\n{calls.total()} operations in {took_s:.0f} s, "
        f"{len(unexplained)} unexplained differences"
    )
    return 1 if unexplained else 0


def _kinds(
    unexplained: list[tuple[str, Difference]],
) -> list[tuple[str, list[tuple[str, Difference]]]]:
    """Return the differences by what was said, the frequent ones first."""
    kinds: dict[str, list[tuple[str, Difference]]] = {}
    for episode, difference in unexplained:
        words = (
            f"{difference.what} of {difference.request.operation}: {difference.said}"
        )
        kinds.setdefault(NAMES.sub("_", words), []).append((episode, difference))
    return sorted(kinds.items(), key=lambda kind: -len(kind[1]))


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
