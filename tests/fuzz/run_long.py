"""Many random requests: ``--inputs 100000 --seconds 1800 --seed 1``.

Nine of ten go through the application, one of ten through a socket, half of those as
broken bytes. Tells every answer that no request may have, and ends with status 1 then.
"""

from __future__ import annotations

import argparse
import resource
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic

sys.path.insert(0, str(Path(__file__).parent))

from front_requests import RandomRequests
from front_served import ask_all, behind_a_socket, served

BATCH = 900
MAX_GROWTH_MB = 200
HANG_S = 2.0


def main() -> None:
    """Send them, and print what came back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=1_800)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random = Random(options.seed)
    begin, sent, warm = monotonic(), 0, 0.0
    with TemporaryDirectory() as folder, served(Path(folder), random, HANG_S) as one:
        schema = one.service.host.executable.schema
        requests = RandomRequests(schema, random, one.credentials)
        with behind_a_socket(one) as socket:
            while sent < options.inputs and monotonic() - begin < options.seconds:
                ask_all(one, [requests.one() for _ in range(BATCH)])
                for _ in range(BATCH // 18):
                    socket.ask(requests.one())
                    socket.ask(requests.broken())
                ask_all(one, [])
                sent += BATCH + BATCH // 18 * 2
                warm = warm or _peak_mb()
                if not sent % 10_000:
                    _tell(f"{sent} in {monotonic() - begin:.0f} s, {_peak_mb():.0f} MB")
        growth = _peak_mb() - warm
        _tell(
            f"{sent} requests in {monotonic() - begin:.0f} s: "
            f"{dict(sorted(one.statuses.items()))}; slowest {one.slowest[0]:.2f} s; "
            f"{growth:.0f} MB more than after the first {BATCH}"
        )
        _tell(f"the slowest: {one.slowest[1]}")
        for told in one.broken[:20]:
            _tell(f"broken: {told[:300]} ... {told[-1200:]}")
        if one.broken:
            sys.exit(f"{len(one.broken)} answers that no request may have")
    if growth > MAX_GROWTH_MB:
        sys.exit(f"memory grew by {growth:.0f} MB")


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
