"""Every refusal is explained by its layer and rule, and a patch for it does turn it.

``python tests/oracle/test_fixes.py`` does it for all of the corpus and prints figures;
as a test it takes a part of the cases.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from decision_cases import case_names, open_case
from fix_trials import trials
from velocity_resolvers import CORPUS

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}"),
]

SAMPLE = 12
"""Of so many cases one is tried by the test."""
MUST_TURN = 0.95
MUST_ANSWER = 0.85
"""Which share of the refusals has a patch or another request that is proven."""
CASES = [
    (version, name)
    for version in ("v1", "v2")
    for name in (case_names(version) if CORPUS.is_dir() else ())
]


def measure(cases: list[tuple[str, str]]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for version, name in cases:
        case = open_case(version, name)
        if isinstance(case, str):
            continue
        for one in trials(case, counted):
            counted["kinds of denials"] += 1
            counted[f"by {one.decision.layer}"] += 1
            counted["explained"] += one.names_its_rule
            if one.patch is not None:
                counted["patches"] += 1
                counted["patches that turn"] += one.proven
            elif one.instead is not None and one.instead.alone:
                counted[f"instead: {one.instead.says.split(' ')[0]} ..."] += 1
                counted["other requests that turn"] += one.proven
            else:
                counted["nothing offered"] += 1
    return counted


def test_a_denial_names_its_rule_and_a_patch_turns_it() -> None:
    counted = measure(CASES[::SAMPLE])

    denials, patches = counted["kinds of denials"], counted["patches"]
    assert denials > 100
    assert counted["explained"] == denials
    assert counted["patches that turn"] >= MUST_TURN * patches
    proven = counted["patches that turn"] + counted["other requests that turn"]
    assert proven >= MUST_ANSWER * denials


if __name__ == "__main__":
    for what, count in sorted(measure(CASES).items()):
        sys.stdout.write(f"{count:8} {what}\n")
