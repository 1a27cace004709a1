"""Many made-up schemas: ``python compare_many.py FIRST COUNT [REQUESTS]``.

``written 0`` in place of the numbers plays those of the folder.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "dynamodb"))

from amplify_simulator import SimulatorRefused, simulator
from api_schemas import made_up, written
from local_server import dynamodb_local
from playing import play
from serving import ServeFailed, Servers
from weaknesses import cause

if TYPE_CHECKING:
    from amplify_simulator import Simulator
    from api_schemas import Request

MOST_SHOWN = 9


def main(first: str, count: str, requests: str = "60") -> None:
    """Play them, tell what is unexplained, and count."""
    numbers = range(int(first), int(first) + int(count)) if first != "written" else ()
    asked = [made_up(number) for number in numbers] or written()
    totals: Counter[str] = Counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        dynamodb_local() as port,
        simulator(port) as peers,
    ):
        servers = Servers(Path(folder))
        for request in asked:
            _tell(f"== {request['id']}")
            try:
                _play(request, peers, servers, int(requests), totals)
            except SimulatorRefused as refused:
                totals["refused there"] += 1
                _tell(f"  refused there: {str(refused)[:300]}")
            except ServeFailed as failed:
                totals["NOT SERVED HERE"] += 1
                _tell(f"  NOT SERVED HERE: {str(failed)[:1500]}")
    for name, number in totals.most_common():
        _tell(f"{number:7} {name}")


def _play(
    request: Request,
    peers: Simulator,
    servers: Servers,
    requests: int,
    totals: Counter[str],
) -> None:
    shown = 0
    for outcome in play(request, peers, servers, requests):
        totals["requests"] += 1
        if not outcome.difference:
            alone = outcome.ours.get("data") and not outcome.ours.get("errors")
            totals["equal, data alone" if alone else "equal, with errors"] += 1
            continue
        known = cause(outcome)
        totals[known or "UNEXPLAINED"] += 1
        shown += known is None
        if known is None and shown <= MOST_SHOWN:
            _tell(f"{outcome}\n")
    totals["schemas"] += 1


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
