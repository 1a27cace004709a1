"""The compiler beside the published v1 transformers, over made-up schemas."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent / "transformers"))

from compare import compare, compiled
from runner import FOLDER, answers
from schemas_v1 import request

pytestmark = [
    pytest.mark.peers,
    pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node here"),
    pytest.mark.skipif(
        not (FOLDER / "node_modules").is_dir(),
        reason="the transformers are not installed: make test-peers does it",
    ),
]

SLICE = range(300)


@pytest.fixture(scope="module")
def expected() -> dict[str, dict[str, Any]]:
    asked = [request(number) for number in SLICE]
    return {answer["id"]: answer for answer in answers("run_v1.js", asked)}


@pytest.mark.parametrize("number", SLICE)
def test_the_compiler_says_what_the_transformers_say(
    expected: dict[str, dict[str, Any]], number: int
) -> None:
    result = compiled("v1", request(number))
    assert compare(expected[str(number)], result) == []
