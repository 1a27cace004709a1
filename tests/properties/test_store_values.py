"""Numbers and items: order, size and bytes agree with Python's own arithmetic."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import hypothesis.strategies as st
from hypothesis import given

from amplikit.store.codec import decode, encode
from amplikit.store.conditions import Comparison, Given, Path
from amplikit.store.evaluate import compile_condition
from amplikit.store.keys import key_bytes, partition, row_key_of_entry, sort_part
from amplikit.store.numbers import canonical_number, number_key, number_size
from amplikit.store.values import canonical_item

if TYPE_CHECKING:
    from amplikit.store.interface import AttributeValue

numbers = st.builds(
    lambda number, exponent: Decimal(f"{number}e{exponent}"),
    st.integers(-(10**38) + 1, 10**38 - 1),
    st.integers(-130, 88),
) | st.integers(-1000, 1000).map(Decimal)
texts = st.text(max_size=5)
values: st.SearchStrategy[AttributeValue] = st.recursive(
    st.none()
    | st.booleans()
    | texts
    | st.binary(max_size=5)
    | numbers
    | st.integers(-(10**38), 10**38)
    | st.frozensets(texts, min_size=1, max_size=3)
    | st.frozensets(numbers, min_size=1, max_size=3)
    | st.frozensets(st.binary(max_size=3), min_size=1, max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(texts.filter(bool), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(numbers, numbers)
def test_number_keys_compare_like_the_numbers(left: Decimal, right: Decimal) -> None:
    keys = number_key(left), number_key(right)
    assert (keys[0] < keys[1], keys[0] == keys[1]) == (left < right, left == right)


@given(numbers)
def test_a_canonical_number_is_equal_and_as_long_as_its_key(number: Decimal) -> None:
    canonical = canonical_number(number)
    assert canonical == number
    assert number_size(canonical) == len(number_key(number))


@given(st.dictionaries(texts.filter(bool), values, max_size=5))
def test_an_item_comes_back_from_its_bytes(item: dict[str, AttributeValue]) -> None:
    canonical = canonical_item(item).item
    assert canonical == item
    read = decode(encode(canonical))
    assert read.keys() == canonical.keys()
    for name, value in canonical.items():
        # DynamoDB's equality, not Python's: True is not 1.
        same = Comparison(Path((name,)), "=", Given(value))
        assert compile_condition(same, "FilterExpression")(read)


@given(st.binary(max_size=5), st.binary(max_size=5), st.binary(max_size=5))
def test_the_row_is_found_at_the_end_of_its_entry(
    first: bytes, second: bytes, row: bytes
) -> None:
    row = partition(row) + sort_part(second)
    assert row_key_of_entry(partition(first) + row, 1) == row
    assert row_key_of_entry(partition(first) + sort_part(second) + row, 2) == row


@given(texts, texts, texts, texts)
def test_sort_keys_keep_their_order_inside_longer_keys(
    left: str, right: str, left_rest: str, right_rest: str
) -> None:
    keys = [
        sort_part(key_bytes(text)) + sort_part(key_bytes(rest))
        for text, rest in ((left, left_rest), (right, right_rest))
    ]
    assert (keys[0] < keys[1]) == ((left, left_rest) < (right, right_rest))
