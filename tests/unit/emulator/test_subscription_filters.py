from __future__ import annotations

import pytest

from amplikit.emulator.calls import FieldError
from amplikit.emulator.subscription_filters import to_subscription_filter

A, B, C = {"a": {"eq": 1}}, {"b": {"eq": 2}}, {"c": {"eq": 3}}
a, b, c = ("a", "eq", 1), ("b", "eq", 2), ("c", "eq", 3)

GROUPS = {
    "fields must all hold": ({**A, **B}, ((a, b),)),
    "operators are alternatives": (
        {"a": {"eq": 1, "gt": 5}},
        ((a,), (("a", "gt", 5),)),
    ),
    "or makes alternatives": ({"or": [A, B]}, ((a,), (b,))),
    "and joins": ({"and": [A, B]}, ((a, b),)),
    "or under and": ({"and": [{"or": [A, B]}, C]}, ((a, c), (b, c))),
    "and under or": ({"or": [{"and": [A, B]}, C]}, ((a, b), (c,))),
    "an empty and is passed over": ({"and": [], **A}, ((a,),)),
    "null is passed over": ({"b": None, **A}, ((a,),)),
    "a field without operators is passed over": ({"b": {}, **A}, ((a,),)),
}
ONE_OF_TEN = {"or": [{"a": {"eq": n}} for n in range(10)]}
TOO_LARGE = {
    "six fields": (
        {name: {"eq": 1} for name in "abcdef"},
        "Filters exceed maximum attributes limit 5 for subscription",
    ),
    "eleven alternatives": (
        {"or": [{"a": {"eq": n}} for n in range(11)]},
        "Filters exceed maximum limit 10 for subscription",
    ),
    "ten to the twentieth power of alternatives": (
        {"and": [ONE_OF_TEN] * 20},
        "Filters exceed maximum limit 10 for subscription",
    ),
    "six values of in": (
        {"a": {"in": [1, 2, 3, 4, 5, 6]}},
        "subscription exceeds maximum value limit 5 for operator `in`.",
    ),
    "six values of notIn": (
        {"a": {"notIn": [1, 2, 3, 4, 5, 6]}},
        "subscription exceeds maximum value limit 5 for operator `notIn`.",
    ),
    "five times three values": (
        {"a": {"in": [1, 2, 3, 4, 5]}, "b": {"in": [1, 2, 3]}},
        "Filters exceed maximum limit 10 for subscription",
    ),
    "twenty-one values of containsAny": (
        {"a": {"containsAny": list(range(21))}},
        "subscription exceeds maximum value limit 20 for operator `containsAny`.",
    ),
    "a long text": (
        {"a": {"eq": "x" * 257}},
        "subscription exceeds maximum length limit 256 for operator `eq`.",
    ),
}
JUST_ENOUGH = {
    "five fields": {name: {"eq": 1} for name in "abcde"},
    "ten alternatives": {"or": [{"a": {"eq": n}} for n in range(10)]},
    "five values of in": {"a": {"in": [1, 2, 3, 4, 5]}},
    "twenty values of containsAny": {"a": {"containsAny": list(range(20))}},
    "256 characters": {"a": {"eq": "x" * 256}},
}


@pytest.mark.parametrize(("asked", "groups"), GROUPS.values(), ids=GROUPS)
def test_a_filter_becomes_alternatives(asked: dict, groups: tuple) -> None:
    assert to_subscription_filter(asked) == groups


@pytest.mark.parametrize(("asked", "message"), TOO_LARGE.values(), ids=TOO_LARGE)
def test_a_filter_beyond_the_limits_is_refused(asked: dict, message: str) -> None:
    refused = FieldError(message, None, error_code=400)
    assert to_subscription_filter(asked) == refused


@pytest.mark.parametrize("asked", JUST_ENOUGH.values(), ids=JUST_ENOUGH)
def test_a_filter_at_the_limit_is_taken(asked: dict) -> None:
    assert not isinstance(to_subscription_filter(asked), FieldError)
