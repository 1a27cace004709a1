from __future__ import annotations

from decimal import Decimal

import pytest

from amplikit.emulator.next_token import InvalidToken, NextTokens

KEY = {"id": "é", "n": Decimal("1.50"), "whole": 7, "raw": b"\x00\xff"}


def test_a_token_gives_back_its_key() -> None:
    tokens = NextTokens(b"s" * 32)
    assert tokens.open(tokens.seal(KEY, b"here"), b"here") == KEY


def test_a_token_does_not_show_its_key() -> None:
    tokens = NextTokens(b"s" * 32)
    assert "secret-id" not in tokens.seal({"id": "secret-id"}, b"here")


@pytest.mark.parametrize(
    "forged",
    ["", "a", "AAAA", "not base64!", "é", "A" * 4000, "====", "AAAA\n"],
)
def test_nonsense_is_no_token(forged: str) -> None:
    with pytest.raises(InvalidToken):
        NextTokens(b"s" * 32).open(forged, b"here")


def test_a_token_is_bound_to_its_place_and_its_secret() -> None:
    tokens = NextTokens(b"s" * 32)
    token = tokens.seal(KEY, b"here")
    with pytest.raises(InvalidToken):
        tokens.open(token, b"there")
    with pytest.raises(InvalidToken):
        NextTokens(b"t" * 32).open(token, b"here")


def test_no_character_of_a_token_can_be_changed() -> None:
    tokens = NextTokens(b"s" * 32)
    token = tokens.seal({"id": "1"}, b"here").rstrip("=")
    for at, character in enumerate(token[:-1]):
        other = "A" if character != "A" else "B"
        with pytest.raises(InvalidToken):
            tokens.open(token[:at] + other + token[at + 1 :] + "==", b"here")
