from __future__ import annotations

from random import Random

import pytest

from amplikit.emulator.realtime.index import Index
from amplikit.emulator.realtime.matching import matches

VALUES: tuple[object, ...] = (
    None, True, False, 0, 1, 1.0, 1.5, "1", "a", "ab", "", ["a"], ["ab", "a"], [], [1],
    {"a": 1}, ["a", {"b": 1}],
)  # fmt: skip
NAMES = ("a", "b", "c.d", "a.b.c.d.e.f")
OPERATORS = (
    "eq", "eq", "in", "in", "contains", "containsAny", "ne", "gt", "beginsWith",
)  # fmt: skip


def some_value(random: Random, operator: str) -> object:
    if operator in {"in", "containsAny"}:
        return [random.choice(VALUES) for _ in range(random.randint(0, 3))]
    return random.choice(VALUES)


def some_groups(random: Random) -> tuple:
    return tuple(
        tuple(
            (random.choice(NAMES), operator, some_value(random, operator))
            for operator in random.choices(OPERATORS, k=random.randint(0, 3))
        )
        for _ in range(random.randint(0, 3))
    )


@pytest.mark.parametrize("seed", range(40))
def test_whatever_matches_is_a_candidate_once(seed: int) -> None:
    random = Random(seed)
    index: Index[int] = Index()
    known = {}
    for key in range(60):
        known[key] = some_groups(random)
        index.add(key, key, known[key])
    for key in random.sample(range(60), 20):
        index.remove(key)
        del known[key]
    for _ in range(60):
        event = {"a": random.choice(VALUES), "c": {"d": random.choice(VALUES)}}
        if random.random() < 0.7:
            event["b"] = random.choice(VALUES)
        found = list(index.candidates(event))
        wanted = {key for key, groups in known.items() if matches(event, groups)}
        assert wanted <= set(found) <= set(known)
        assert len(found) == len(set(found))


@pytest.mark.parametrize(
    "condition",
    [
        ("id", "eq", 500),
        ("id", "in", [500]),
        ("name", "eq", "n500"),
        ("names", "contains", "n500"),
        ("names", "containsAny", ["n500", "n0"]),
    ],
    ids=str,
)
def test_an_event_meets_only_those_whom_an_equality_leads_to(condition: tuple) -> None:
    name, operator, _ = condition
    index: Index[int] = Index()
    for number in range(1_000):
        values = {"id": number, "name": f"n{number}", "names": f"n{number}"}
        value = values[name]
        given = [value] if operator in {"in", "containsAny"} else value
        index.add(number, number, (((name, operator, given), ("x", "ne", 1)),))
    event = {"id": 500, "name": "n500", "names": ["n500", "n-1"]}
    assert list(index.candidates(event)) == [500]


def test_nothing_is_left_of_what_was_taken_out() -> None:
    random = Random(1)
    index: Index[int] = Index()
    for key in range(200):
        index.add(key, key, some_groups(random))
    for key in range(200):
        index.remove(key)
    index.remove("never there")
    assert len(index) == 0
    assert not any(vars(index).values())
