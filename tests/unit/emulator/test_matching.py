from __future__ import annotations

from decimal import Decimal

import pytest

from amplikit.emulator.realtime.matching import by_arguments, matches

EVENT = {
    "title": "Hello",
    "views": 3,
    "score": 1.1,
    "live": True,
    "tags": ["a", "b"],
    "place": {"country": {"code": "DE"}},
    "gone": None,
    "a": {"b": {"c": {"d": {"e": 1}}}},
}

CONDITIONS = [
    (("title", "eq", "Hello"), True),
    (("title", "eq", "hello"), False),
    (("title", "ne", "hello"), True),
    (("views", "eq", "3"), False),
    (("views", "eq", 3), True),
    (("live", "eq", 1), False),
    (("live", "eq", True), True),
    (("score", "eq", Decimal("1.1")), True),
    (("score", "gt", Decimal("1.1")), False),
    (("views", "ge", 3), True),
    (("views", "gt", 3), False),
    (("views", "le", 3), True),
    (("views", "lt", 4), True),
    (("views", "lt", "4"), False),
    (("title", "gt", "Hallo"), True),
    (("title", "beginsWith", "He"), True),
    (("views", "beginsWith", "3"), False),
    (("title", "contains", "ell"), True),
    (("tags", "contains", "a"), True),
    (("tags", "contains", "ab"), False),
    (("tags", "notContains", "z"), True),
    (("title", "notContains", "ell"), False),
    (("views", "in", [1, 3]), True),
    (("views", "in", []), False),
    (("views", "notIn", [1, 3]), False),
    (("views", "notIn", [1]), True),
    (("views", "between", [3, 5]), True),
    (("views", "between", [4, 5]), False),
    (("views", "between", [3]), False),
    (("tags", "containsAny", ["z", "b"]), True),
    (("tags", "containsAny", []), False),
    (("place.country.code", "eq", "DE"), True),
    (("place.nowhere.code", "eq", "DE"), False),
    (("a.b.c.d.e", "eq", 1), True),
    (("a.b.c.d.e.f", "eq", 1), True),
    (("gone", "eq", None), True),
    (("absent", "eq", None), True),
    (("absent", "ne", 1), True),
    (("absent", "gt", 1), False),
    (("absent", "notIn", [1]), True),
    (("absent", "contains", "x"), False),
    (("views", "unheardOf", 3), False),
]


@pytest.mark.parametrize(("condition", "holds"), CONDITIONS, ids=str)
def test_a_condition_holds(condition: tuple[str, str, object], *, holds: bool) -> None:
    assert matches(EVENT, ((condition,),)) is holds


def test_alternatives_are_or_and_their_conditions_and() -> None:
    yes, no = ("views", "eq", 3), ("views", "eq", 4)

    assert matches(EVENT, ((no,), (yes, yes)))
    assert not matches(EVENT, ((yes, no), (no,)))
    assert not matches(EVENT, ())


@pytest.mark.parametrize(
    ("arguments", "matching"),
    [
        ({}, True),
        ({"title": "Hello", "views": 3}, True),
        ({"title": "Hello", "views": 4}, False),
        ({"gone": None, "absent": None}, True),
        ({"title": None}, False),
        ({"absent": "x"}, False),
        ({"tags": ["a", "b"]}, True),
        ({"tags": ["a"]}, False),
    ],
)
def test_arguments_are_compared_strictly(arguments: dict, *, matching: bool) -> None:
    assert matches(EVENT, by_arguments(arguments)) is matching
