"""What updates make of items, and what of them ``UPDATED_OLD`` and ``_NEW`` show."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from amplikit.store.applying import compile_update
from amplikit.store.expressions import Placeholders, parse_update
from amplikit.store.projecting import updated_part
from amplikit.store.refusals import NUMBER_OVERFLOW, NUMBER_UNDERFLOW, Invalid
from amplikit.store.updates import assign

if TYPE_CHECKING:
    from amplikit.store.interface import AttributeValue, Item

LARGEST = Decimal("9.9999999999999999999999999999999999999E+125")
SMALLEST = Decimal("1E-130")
NINES = 10**38 - 1
TOO_PRECISE = "DynamoDB only supports precision up to 38 digits"
NESTED: Item = {"a": {"b": "dog", "c": [1, 2, 3]}, "d": "cat"}
VALUES: dict[str, AttributeValue] = {":v": "new", ":n": 7, ":s": frozenset({"x"})}


def applied(text: str, item: Item) -> Item:
    given = Placeholders(None, VALUES)
    return compile_update(parse_update(text, given)).applied(item)


def sum_of(first: AttributeValue, second: AttributeValue, text: str) -> AttributeValue:
    update = parse_update(text, Placeholders(None, {":n": second}))
    return compile_update(update).applied({"a": first})["a"]


@pytest.mark.parametrize("text", ["ADD a :n", "SET a = a + :n", "SET a = :n + a"])
@pytest.mark.parametrize(
    ("first", "second", "total"),
    [
        (1, 2, 3),
        (Decimal("0.1"), Decimal("0.2"), Decimal("0.3")),
        (NINES, 1, Decimal("1E+38")),
        (-NINES, -1, Decimal("-1E+38")),
        (Decimal("1E+38"), -1, NINES),
        (LARGEST, LARGEST.copy_negate(), 0),
        (SMALLEST, SMALLEST, Decimal("2E-130")),
        (Decimal("1.5"), Decimal("1.5"), 3),
    ],
)
def test_sums_are_exact(
    first: AttributeValue, second: AttributeValue, total: AttributeValue, text: str
) -> None:
    found = sum_of(first, second, text)
    assert (found, type(found)) == (total, type(total))


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (1, Decimal("1E-60"), TOO_PRECISE),
        (10**37, Decimal("0.1"), TOO_PRECISE),
        (LARGEST, SMALLEST, TOO_PRECISE),
        (LARGEST, LARGEST, NUMBER_OVERFLOW),
        (Decimal("1.5E-130"), Decimal("-1E-130"), NUMBER_UNDERFLOW),
    ],
)
def test_what_no_number_holds_is_refused(
    first: AttributeValue, second: AttributeValue, message: str
) -> None:
    with pytest.raises(Invalid) as invalid:
        sum_of(first, second, "ADD a :n")
    assert invalid.value.refused.message == message


def test_a_difference_is_that_of_left_and_right() -> None:
    assert sum_of(1, 3, "SET a = a - :n") == -2
    assert sum_of(1, 3, "SET a = :n - a") == 2


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("SET l[1] = :v", [0, "new", 2]),
        ("SET l[9] = :v, l[7] = :n", [0, 1, 2, 7, "new"]),
        ("SET l[3] = :v", [0, 1, 2, "new"]),
        ("REMOVE l[0], l[1]", [2]),
        ("REMOVE l[9]", [0, 1, 2]),
        ("REMOVE l[0] SET l[1] = :v, l[5] = :n", ["new", 2, 7]),
        ("SET l[0] = l[1], l[1] = l[0]", [1, 0, 2]),
        ("ADD l[1] :n, l[8] :n", [0, 8, 2, 7]),
        ("DELETE l[8] :s", [0, 1, 2]),
        ("SET l = list_append(l, l)", [0, 1, 2, 0, 1, 2]),
    ],
)
def test_positions_in_a_list_are_those_before_the_update(
    text: str, after: list[AttributeValue]
) -> None:
    assert applied(text, {"l": [0, 1, 2]}) == {"l": after}


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("DELETE s :s", {"s": frozenset({"y"})}),
        ("ADD s :s", {"s": frozenset({"x", "y"})}),
        ("ADD t :s", {"s": frozenset({"x", "y"}), "t": frozenset({"x"})}),
        ("DELETE t :s", {"s": frozenset({"x", "y"})}),
    ],
)
def test_sets_grow_and_shrink(text: str, after: Item) -> None:
    assert applied(text, {"s": frozenset({"x", "y"})}) == after


def test_a_set_without_elements_is_no_attribute() -> None:
    assert applied("DELETE s :s", {"s": frozenset({"x"})}) == {}
    assert applied("DELETE m.s :s", {"m": {"s": frozenset({"x"})}}) == {"m": {}}


def test_the_item_before_stays_as_it_was() -> None:
    before: Item = {"m": {"l": [{"n": 1}]}}
    assert applied("SET m.l[0].n = :n, m.x = m.l", before) == {
        "m": {"l": [{"n": 7}], "x": [{"n": 1}]}
    }
    assert before == {"m": {"l": [{"n": 1}]}}


def test_whole_attributes_need_no_item() -> None:
    update = compile_update(assign({"a": 1, "b": "x"}, ["c"]))
    assert update.edits == ()
    assert update.names == ("a", "b", "c")
    assert update.applied({"c": 1, "d": 2}) == {"a": 1, "b": "x", "d": 2}
    assert update.applied({}) == {"a": 1, "b": "x"}


# Recorded of the service: ScyllaDB's test/alternator/test_returnvalues.py. DynamoDB
# Local shows the whole of every attribute that was touched.
@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("SET a.b = :v", {"a": {"b": "dog"}}, {"a": {"b": "new"}}),
        ("SET a.c[1] = :v", {"a": {"c": [2]}}, {"a": {"c": ["new"]}}),
        (
            "SET a.c[1] = :v, a.b = :n",
            {"a": {"b": "dog", "c": [2]}},
            {"a": {"b": 7, "c": ["new"]}},
        ),
        ("SET a.x = :v", {}, {"a": {"x": "new"}}),
        ("SET a.c[100] = :v", {}, {}),
        ("REMOVE a.c[1], a.c[3]", {"a": {"c": [2]}}, {"a": {"c": [3]}}),
        ("SET d = :v, e = :n", {"d": "cat"}, {"d": "new", "e": 7}),
        ("REMOVE d", {"d": "cat"}, {}),
    ],
)
def test_updated_shows_the_paths_of_the_update(text: str, old: Item, new: Item) -> None:
    update = parse_update(text, Placeholders(None, VALUES))
    assert updated_part(update, NESTED) == old
    assert updated_part(update, applied(text, NESTED)) == new
    assert updated_part(update, None) == {}
