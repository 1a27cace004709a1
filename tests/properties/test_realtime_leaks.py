"""No event is delivered that the rules deny, none withheld that they allow."""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from leak_trials import Count, Difference, compared

SCHEMAS = 24
"""``make leaks`` compares 10,000 pairs."""

trial = lru_cache(maxsize=SCHEMAS)(compared)


@pytest.mark.parametrize("seed", range(SCHEMAS))
def test_who_is_told_what_is_what_the_rules_say(seed: int) -> None:
    differences: list[Difference] = trial(seed)[1]
    assert differences == []


def test_the_sample_tells_and_withholds() -> None:
    count = sum((trial(seed)[0] for seed in range(SCHEMAS)), start=Count())
    assert count.pairs > 1_000
    assert count.started > 80
    assert 80 < count.told < count.pairs / 2
    assert count.with_errors > 0
