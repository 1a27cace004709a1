"""Numbers, sizes, codec: each size was measured on DynamoDB Local, to the byte."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

import pytest

from amplikit.store.codec import decode, encode
from amplikit.store.numbers import number_key
from amplikit.store.refusals import Invalid
from amplikit.store.values import canonical_item, canonical_value, type_of

if TYPE_CHECKING:
    from amplikit.store.interface import AttributeValue, Item

NINES = "9" * 38


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "size_bytes"),
    [
        (0, 1),
        (1, 2),
        (10, 2),
        (12, 2),
        (123, 3),
        (100, 2),
        (-1, 3),
        (-12, 3),
        (-123, 4),
        (Decimal("1.5"), 3),
        (Decimal("0.001"), 2),
        (Decimal("0.01"), 2),
        (Decimal("-0.01"), 3),
        (Decimal(NINES), 20),
        (Decimal(f"-{NINES}"), 21),
        (Decimal(f"-{NINES}e-37"), 21),
        (Decimal("1e125"), 2),
        (Decimal("1e-130"), 2),
        (12345678901234567890, 11),
        (True, 1),
        (None, 1),
        ("", 0),
        ("é", 2),
        (b"abc", 3),
        (b"", 0),
        ([], 3),
        (["a"], 5),
        (["a", 1], 8),
        ([[]], 7),
        ({}, 3),
        ({"a": "b"}, 6),
        ({"ab": "b", "c": 1}, 11),
        (frozenset({"a", "bc"}), 3),
        (frozenset({Decimal(1), Decimal(23), Decimal(456)}), 7),
        (frozenset({b"a", b"bc"}), 3),
        ([None, True], 7),
        ({"a": {}}, 8),
    ],
    ids=str,
)
def test_a_value_has_dynamodbs_size(value: AttributeValue, size_bytes: int) -> None:
    assert canonical_item({"é": value}).size_bytes == 2 + size_bytes


@pytest.mark.parametrize(
    ("value", "canonical"),
    [
        (Decimal("5.0"), 5),
        (Decimal("-0.0"), 0),
        (Decimal("1.50"), Decimal("1.5")),
        (Decimal("1e37"), 10**37),
        (10**60, Decimal("1e60")),
        (Decimal("9" * 38 + "e88"), Decimal("9" * 38 + "e88")),
        (Colour.RED, "red"),
        (frozenset({1, Decimal("2.0")}), frozenset({Decimal(1), Decimal(2)})),
    ],
    ids=str,
)
def test_a_value_is_kept_in_one_form(
    value: AttributeValue, canonical: AttributeValue
) -> None:
    result = canonical_value(value)
    assert (type(result), result, str(result)) == (
        type(canonical),
        canonical,
        str(canonical),
    )


def nested(levels: int) -> AttributeValue:
    value: AttributeValue = "a"
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


OVERFLOW = (
    "Number overflow. "
    "Attempting to store a number with magnitude larger than supported range"
)
DIGITS = "Attempting to store more than 38 significant digits in a Number"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (10**126, OVERFLOW),
        (-(10**126), OVERFLOW),
        (10**10_000, OVERFLOW),
        (Decimal("1e126"), OVERFLOW),
        (Decimal("1e999999"), OVERFLOW),
        (
            Decimal("1e-131"),
            (
                "Number underflow. "
                "Attempting to store a number with magnitude smaller than supported "
                "range"
            ),
        ),
        (10**38 + 1, DIGITS),
        (Decimal("1." + "0" * 37 + "1"), DIGITS),
        (
            Decimal("NaN"),
            "The parameter cannot be converted to a numeric value: NaN",
        ),
        (
            Decimal("-Infinity"),
            "The parameter cannot be converted to a numeric value: -Infinity",
        ),
        (
            frozenset(),
            (
                "One or more parameter values were invalid: An string set  may not be "
                "empty"
            ),
        ),
        (
            nested(32),
            (
                "Nesting Levels have exceeded supported limits: "
                "Attributes in the item have nested levels beyond supported limit"
            ),
        ),
        (
            nested(20_000),
            (
                "Nesting Levels have exceeded supported limits: "
                "Attributes in the item have nested levels beyond supported limit"
            ),
        ),
        ({"": 1}, "Empty attribute name"),
        (
            {"x" * 65536: 1},
            "Attribute name is too large, must be less than 65536 bytes",
        ),
        (
            "\ud800",
            (
                "One or more parameter values were invalid: A string holds a lone "
                "surrogate"
            ),
        ),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, str) else "",
)
def test_what_dynamodb_does_not_hold_is_refused(
    value: AttributeValue, message: str
) -> None:
    with pytest.raises(Invalid) as caught:
        canonical_value(value)
    assert caught.value.refused.message == message


def test_31_levels_are_accepted() -> None:
    assert canonical_value(nested(31)) == nested(31)


@pytest.mark.parametrize(
    "value",
    [1.5, float("nan"), (1,), frozenset({"a", 1}), frozenset({True}), object(), {1: 2}],
    ids=str,
)
def test_what_is_no_attribute_value_is_a_type_error(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_value(value)


def shown(item: Item) -> dict[str, object]:
    """Return what tells True from 1, and a set whatever its order."""
    return {
        name: sorted(map(repr, value)) if isinstance(value, frozenset) else repr(value)
        for name, value in item.items()
    }


@pytest.mark.parametrize(
    "value",
    [
        "",
        "naïve\0",
        2**63,
        -(2**63) - 1,
        2**64,
        Decimal("1e60"),
        Decimal("-1.5e-20"),
        {"N": "1"},
        {"M": {"N": Decimal("1.5")}},
        [{"B": "x"}, b"\0"],
        frozenset({"N", ""}),
        frozenset({Decimal("1.5"), Decimal(2)}),
        frozenset({b"", b"x"}),
        [True, 1, None, Decimal("0.5")],
    ],
    ids=str,
)
def test_an_item_comes_back_as_it_was_stored(value: AttributeValue) -> None:
    item = canonical_item({"x": value, "plain": "y"}).item
    read = decode(encode(item))
    assert shown(read) == shown(item)
    assert type_of(read["x"]) == type_of(item["x"])


def test_number_keys_sort_like_numbers() -> None:
    numbers = [
        Decimal(f"-{NINES}e88"),
        Decimal(-1000),
        Decimal("-999.9"),
        Decimal(-99),
        Decimal("-10.1"),
        Decimal(-10),
        Decimal("-1." + "0" * 36 + "1"),
        Decimal(-1),
        Decimal("-0.09"),
        Decimal("-1e-130"),
        Decimal(0),
        Decimal("1e-130"),
        Decimal("0.012345"),
        Decimal(1),
        Decimal("1." + "0" * 36 + "1"),
        Decimal(2),
        Decimal(10),
        Decimal("99.99"),
        Decimal(100),
        Decimal(f"{NINES}e88"),
    ]
    keys = [number_key(number) for number in numbers]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
