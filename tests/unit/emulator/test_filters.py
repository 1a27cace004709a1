from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amplikit.emulator.filters import to_condition
from amplikit.store.evaluate import compile_condition
from amplikit.store.refusals import Invalid

if TYPE_CHECKING:
    from amplikit.store.conditions import Condition

ITEM = {"title": "Hello", "rating": 5, "tags": ["a", "b"], "gone": None}

Filter = dict[str, object]

KEPT = {
    "several operators must all hold": {"rating": {"ge": 5, "lt": 6}},
    "several fields must all hold": {"rating": {"eq": 5}, "title": {"eq": "Hello"}},
    "or needs one": {"or": [{"rating": {"eq": 1}}, {"title": {"eq": "Hello"}}]},
    "and beside a field": {"and": [{"rating": {"eq": 5}}], "title": {"eq": "Hello"}},
    "not turns round": {"not": {"title": {"eq": "Bye"}}},
    "ne holds for an absent attribute": {"missing": {"ne": "x"}},
    "eq null finds a stored null": {"gone": {"eq": None}},
    "attributeExists false": {"missing": {"attributeExists": False}},
    "a stored null exists": {"gone": {"attributeExists": True}},
    "contains finds an element": {"tags": {"contains": "a"}},
    "notContains": {"tags": {"notContains": "c"}},
    "between is inclusive": {"rating": {"between": [5, 5]}},
    "attributeType": {"gone": {"attributeType": "_null"}},
    "size": {"title": {"size": {"between": [5, 6]}}},
    "one and that is no list": {"and": {"rating": {"eq": 5}}},
}
DROPPED = {
    "one of several operators fails": {"rating": {"ge": 5, "lt": 5}},
    "one of several fields fails": {"rating": {"eq": 5}, "title": {"eq": "Bye"}},
    "eq null does not find what is absent": {"missing": {"eq": None}},
    "a number is no text": {"rating": {"eq": "5"}},
    "not of a truth": {"not": {"title": {"eq": "Hello"}}},
    "or of nothing that holds": {"or": [{"rating": {"eq": 1}}, {"rating": {"eq": 2}}]},
}
NOTHING = {
    "an empty filter": {},
    "a field without an operator": {"title": {}},
    "a field that is null": {"title": None},
    "not of nothing": {"not": {}},
    "and of nothing": {"and": [{}, {}]},
    "no object": None,
}
REFUSED = {
    "between one value": {"rating": {"between": [1]}},
    "between null": {"rating": {"between": None}},
    "between the wrong way round": {"rating": {"between": [6, 1]}},
    "beginsWith of a number": {"title": {"beginsWith": 1}},
    "an unknown operator": {"title": {"like": "H%"}},
    "a size that is no object": {"title": {"size": 5}},
}


def _holds(condition: Condition | None) -> bool:
    assert condition is not None
    return compile_condition(condition, "FilterExpression")(dict(ITEM))


@pytest.mark.parametrize("given", KEPT.values(), ids=KEPT)
def test_the_filter_keeps_the_item(given: Filter) -> None:
    assert _holds(to_condition(given))


@pytest.mark.parametrize("given", DROPPED.values(), ids=DROPPED)
def test_the_filter_drops_the_item(given: Filter) -> None:
    assert not _holds(to_condition(given))


@pytest.mark.parametrize("given", NOTHING.values(), ids=NOTHING)
def test_the_filter_demands_nothing(given: Filter | None) -> None:
    assert to_condition(given) is None


@pytest.mark.parametrize("given", REFUSED.values(), ids=REFUSED)
def test_the_filter_is_refused(given: Filter) -> None:
    with pytest.raises(Invalid):
        _holds(to_condition(given))
