"""``amplikit tail``: what it says without a server that answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Ran

LISTEN = "subscription { onCreateNote { id } }"
WRONG = {
    "no caller": (("--as", "x:y"), "option-invalid"),
    "a kind without a name": (("--as", "user:"), "option-invalid"),
    "an unknown user": (("--as", "user:nobody"), "unknown-user"),
    "an unknown role": (("--as", "role:nobody"), "unknown-role"),
    "an unknown key": (("--as", "key:none"), "unknown-api-key"),
    "an unset variable": (("--as", "token:NOT_SET_HERE"), "option-invalid"),
    "elsewhere without a place": (("--as", "aws"), "option-invalid"),
    "no URL": (("--as", "aws", "--url", "nowhere"), "option-invalid"),
    "no variables": (("--as", "guest", "--variables", "[]"), "option-invalid"),
    "no events": (("--as", "guest", "--count", "0"), "usage"),
}


@pytest.mark.parametrize(("arguments", "code"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_asked_is_said(
    amplikit: Callable[..., Ran],
    tmp_path: Path,
    arguments: tuple[str, ...],
    code: str,
) -> None:
    ran = amplikit("tail", LISTEN, *arguments, "--data", str(tmp_path / "d"), "--json")
    assert ran.status == 1
    assert ran.codes() == [code]


def test_a_server_that_does_not_answer_is_named(
    amplikit: Callable[..., Ran], tmp_path: Path
) -> None:
    place = ("--url", "http://127.0.0.1:9/graphql", "--data", str(tmp_path / "d"))
    ran = amplikit("tail", LISTEN, "--as", "guest", *place, "--json")
    assert ran.codes() == ["api-unreachable"]
    assert "again in" in ran.err
