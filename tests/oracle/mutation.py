"""The mutation check of the grants in full: ``make test-mutation``.

For each corpus case of both transformers, everything that ``mutants`` can do to the
grants is done, one thing at a time, and the verdicts are compared with Amplify's own
templates. Prints what nobody noticed, and ends with 1 when there is such a mutant, or
when one that is said to change nothing (``mutants_unread``) does.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from decision_cases import case_names, open_case
from mutants_unread import why_equivalent
from mutation_trials import MutationTrials

Outcomes = tuple[Counter[str], list[str]]


def outcomes(version: str, name: str, *, proves: bool) -> Outcomes:
    """Return how many mutants of a case went how, and the unexpected ones.

    ``proves``: mutants that are said to change nothing are run, too.
    """
    case = open_case(version, name)
    counted: Counter[str] = Counter()
    unexpected: list[str] = []
    if isinstance(case, str):
        return counted, unexpected
    trials = MutationTrials(case)
    for mutant in trials.mutants():
        counted["mutants"] += 1
        reason = why_equivalent(mutant)
        if reason is not None:
            counted["equivalent"] += 1
            counted[f"  {reason}"] += 1
            if proves and trials.is_killed(mutant):
                counted["wrongly called equivalent"] += 1
                unexpected.append(f"{version} {name} {mutant}: not: {reason}")
        elif trials.is_killed(mutant):
            counted["killed"] += 1
        else:
            counted["survivors"] += 1
            unexpected.append(f"{version} {name} {mutant}")
    return counted, unexpected


def main() -> int:
    """Run all cases, or the named ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--prove", action="store_true")
    parser.add_argument("cases", nargs="*", help="v1/auth_owner ...; default: all")
    given = parser.parse_args()
    named = [tuple(one.split("/")) for one in given.cases] or [
        (version, name) for version in ("v1", "v2") for name in case_names(version)
    ]
    begun = time.monotonic()
    total: Counter[str] = Counter()
    unexpected: list[str] = []
    with ProcessPoolExecutor(given.jobs) as pool:
        running = [
            pool.submit(outcomes, version, name, proves=given.prove)
            for version, name in named
        ]
        for one in running:
            counted, found = one.result()
            total += counted
            unexpected += found
    lines = [*unexpected, *(f"{count:8} {name}" for name, count in total.items())]
    lines.append(f"{time.monotonic() - begun:8.0f} s")
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if unexpected else 0


if __name__ == "__main__":
    raise SystemExit(main())
