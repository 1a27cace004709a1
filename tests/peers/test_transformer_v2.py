"""The compiler beside the real transformer v2, over made-up schemas."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

sys.path.insert(0, str(Path(__file__).parent / "transformers"))

from compare import compare, compiled, sdl_errors
from runner import answers
from schemas_v2 import request

if TYPE_CHECKING:
    from amplikit.compiler import Compilation

pytestmark = pytest.mark.peers

SLICE = range(300)
REFUSED = {"directive-not-supported-yet", "groups-not-for-owner"}


@pytest.fixture(scope="module")
def expected() -> dict[int, dict[str, Any]]:
    asked = [request(number) for number in SLICE]
    return {answer["id"]: answer for answer in answers("run_v2.js", asked)}


@pytest.mark.parametrize("number", SLICE)
def test_the_compiler_says_what_the_transformer_says(
    expected: dict[int, dict[str, Any]], number: int
) -> None:
    answer, result = expected[number], compiled("v2", request(number))
    differences = compare(answer, result)
    if differences and differs_on_purpose(answer, result):
        pytest.skip("docs/differences.md")
    assert differences == []


def differs_on_purpose(answer: dict[str, Any], result: Compilation) -> bool:
    """Whether docs/differences.md has it, and ``compare`` does not look for it."""
    errors = [one for one in result.problems if one.severity == "error"]
    if not answer["ok"]:
        # Of several errors, the transformer tells the one that it meets first.
        return len(errors) > 1
    if errors:
        return {one.code for one in errors} <= REFUSED
    # What AppSync refuses is printed so that it does not.
    return bool(sdl_errors(answer["schema"]))
