"""The compiler beside the real transformer v2."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "transformers"))

from peer import answers

pytestmark = pytest.mark.peers


def test_the_transformer_answers_what_it_is_asked() -> None:
    request = {"flags": {}, "auth": {"default": "API_KEY"}}
    taken, refused = answers(
        "run_v2.js",
        [
            request | {"id": 1, "schema": "type Post @model { title: String }"},
            request | {"id": 2, "schema": "type Post @model { title: Strin }"},
        ],
    )
    assert taken["ok"]
    assert [table["name"] for table in taken["tables"]] == ["Post"]
    assert (refused["id"], refused["error"]["name"]) == (2, "SchemaValidationError")
