"""No event is delivered that the rules deny, none withheld that they allow."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from leak_trials import compared

SCHEMAS = 30
"""The whole check: ``make leaks``, 10,000 pairs."""


@pytest.mark.parametrize("seed", range(SCHEMAS))
def test_who_is_told_what_is_what_the_rules_say(seed: int) -> None:
    assert compared(seed)[1] == []


def test_the_sample_is_not_silent() -> None:
    count = sum((compared(seed)[0] for seed in range(10)), start=compared(10)[0])
    assert count.pairs > 500
    assert count.told > 100
    assert count.with_errors > 5
