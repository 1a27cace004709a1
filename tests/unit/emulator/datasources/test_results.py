from __future__ import annotations

from decimal import Decimal

import pytest

from amplikit.emulator.datasources.results import Unreadable, parsed, raw_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("0.10", Decimal("0.10")),
        (
            "123456789012345678901234567890.5",
            Decimal("123456789012345678901234567890.5"),
        ),
        ("1e300", Decimal("1e300")),
        ("1e-400", Decimal("1e-400")),
        ('"\\ud83d"', "?"),
        ('"\\ud83d\\ude00"', "😀"),
        ('{"a\\udc00": [null, true]}', {"a?": [None, True]}),
        (" null ", None),
    ],
)
def test_json_is_read_as_it_is_written(text: str, value: object) -> None:
    assert parsed(text) == value


@pytest.mark.parametrize(
    "text", ["", "{", "NaN", "[Infinity]", "1e309", "1e999999999", "'a'", "[" * 9_999]
)
def test_what_is_no_value_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        parsed(text)


@pytest.mark.parametrize("value", [float("nan"), b"x", {1, 2}, object()])
def test_what_json_has_not_is_unreadable(value: object) -> None:
    with pytest.raises(Unreadable):
        raw_value([value])
