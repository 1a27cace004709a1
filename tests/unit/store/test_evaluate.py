"""Conditions over items. The matrix and the texts are DynamoDB Local's answers."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

import pytest

from amplikit.store.conditions import (
    And,
    AttributeExists,
    AttributeTypeIs,
    BeginsWith,
    Between,
    Comparison,
    Condition,
    Contains,
    Given,
    In,
    Not,
    Or,
    Path,
    Size,
)
from amplikit.store.evaluate import compile_condition
from amplikit.store.refusals import Invalid
from amplikit.store.traversal import paths_read

if TYPE_CHECKING:
    from amplikit.store.interface import AttributeValue, Item

LIST: list[AttributeValue] = ["a", 1, True, [1], frozenset({"a", "b"}), None]
ITEM: Item = {
    "id": "1",
    "s": "héllo",
    "e": "",
    "n": 10,
    "b": b"\x01\x02\xff",
    "t": True,
    "f": False,
    "z": None,
    "l": LIST,
    "m": {"a": 1, "b": {"c": "x"}},
    "ss": frozenset({"a", "b"}),
    "ns": frozenset({Decimal(1), Decimal(2)}),
    "bs": frozenset({b"a", b"\xff"}),
}
VALUES: Item = {
    "s": "héllo",
    "e": "",
    "n": 10,
    "n1": 1,
    "n10": Decimal("10.00"),
    "b": b"\x01\x02\xff",
    "bp": b"\x01",
    "t": True,
    "f": False,
    "z": None,
    "l": [1],
    "lfull": LIST,
    "m": {"b": {"c": "x"}, "a": Decimal("1.0")},
    "ss": frozenset({"b", "a"}),
    "ss1": frozenset({"a"}),
    "ns": frozenset({Decimal(2), Decimal("1.0")}),
    "bs": frozenset({b"\xff", b"a"}),
    "h": "h",
    "hz": "hé",
    "zz": "zz",
    "a": "a",
    "ty": "S",
    "tl": "L",
    "bad": "STRING",
}
MATRIX = json.loads(
    FilePath(__file__).with_name("condition_matrix.json").read_text("utf-8")
)


def path(*parts: str | int) -> Path:
    return Path(parts)


def holds(condition: Condition, item: Item = ITEM) -> bool:
    return compile_condition(condition, "FilterExpression")(item)


def refusal(condition: Condition) -> str:
    with pytest.raises(Invalid) as caught:
        compile_condition(condition, "FilterExpression")
    return caught.value.refused.message


def answer(attribute: str, function: str, value: AttributeValue) -> str:
    left, right = path(attribute), Given(value)
    condition: Condition
    match function:
        case "contains":
            condition = Contains(left, right)
        case "begins_with":
            condition = BeginsWith(left, right)
        case "=" | "<>" | "<" | ">=":
            condition = Comparison(left, function, right)
        case _:
            raise AssertionError(function)
    try:
        return "T" if holds(condition) else "F"
    except Invalid:
        return "E"


@pytest.mark.parametrize("row", MATRIX["rows"])
def test_every_attribute_answers_every_value_as_dynamodb_does(row: str) -> None:
    attribute, function = row.split()
    answers = [answer(attribute, function, VALUES[name]) for name in MATRIX["values"]]
    assert "".join(answers) == MATRIX["rows"][row]


N, N1 = Given(10), Given(1)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Comparison(path("n"), "<>", path("nope")), True),
        (Not(Comparison(path("nope"), "=", Given("x"))), True),
        (Comparison(path("nope"), "<", path("n")), False),
        (Comparison(path("nope"), "=", path("gone")), False),
        (Comparison(path("nope"), "<>", path("gone")), True),
        (Comparison(path("n"), "<", path("t")), False),
        (Comparison(path("t"), "<", path("f")), False),
        (Comparison(N, "=", Given(Decimal("10.0"))), True),
        (Comparison(path("t"), "=", N1), False),
        (Comparison(path("t"), "<>", N1), True),
        (Comparison(path("l"), "=", Given([*LIST[:2], 1, *LIST[3:]])), False),
        (Comparison(path("m"), "=", Given({"a": True, "b": {"c": "x"}})), False),
        (Between(path("n"), N1, N), True),
        (Between(path("n"), Given("a"), Given("zz")), False),
        (Between(path("n"), path("nope"), N), False),
        (Between(path("nope"), N1, N), False),
        (Between(path("m", "a"), N1, N), True),
        (Between(Size(path("s")), N1, N), True),
        (In(path("s"), (N, Given("héllo"))), True),
        (In(path("nope"), (Given("x"),)), False),
        (In(path("nope"), (path("gone"),)), False),
        (In(path("t"), (N1,)), False),
        (In(path("n"), (Given("x"), Given(None), Given(value=True))), False),
        (Comparison(Size(path("nope")), ">", N1), False),
        (Comparison(Size(path("n")), ">", N1), False),
        (Comparison(Size(path("n")), "<>", N1), True),
        (Comparison(Size(path("s")), "=", Given(5)), True),
        (Comparison(Size(path("e")), "=", Given(0)), True),
        (Comparison(Size(path("b")), "=", Given(3)), True),
        (Comparison(Size(path("l")), "=", Given(6)), True),
        (Comparison(Size(path("m")), "=", Given(2)), True),
        (Comparison(Size(path("ns")), "=", Given(2)), True),
        (Comparison(Size(path("s")), "<", Size(path("l"))), True),
        (AttributeTypeIs(path("s"), "S"), True),
        (AttributeTypeIs(path("n"), "S"), False),
        (AttributeTypeIs(path("z"), "NULL"), True),
        (AttributeTypeIs(path("ns"), "NS"), True),
        (AttributeTypeIs(path("nope"), "NULL"), False),
        (AttributeExists(path("z")), True),
        (AttributeExists(path("nope")), False),
        (AttributeExists(path("nope"), wanted=False), True),
        (AttributeExists(path("m", "b", "c")), True),
        (AttributeExists(path("m", "c")), False),
        (AttributeExists(path("l", 3)), True),
        (AttributeExists(path("l", 6)), False),
        (AttributeExists(path("l", -1)), False),
        (AttributeExists(path("l", 3, 0)), True),
        (AttributeExists(path("s", "a")), False),
        (AttributeExists(path("ss", 0)), False),
        (Comparison(path("l", 1), "=", N1), True),
        (Contains(path("l", 4), Given("a")), True),
        (Contains(path("l"), path("n")), False),
        (Contains(path("s"), path("nope")), False),
        (Contains(path("l"), N1), True),
        (Contains(path("l"), Given(value=True)), True),
        (Contains(path("l", 3), Given(value=True)), False),
        (BeginsWith(path("s"), path("nope")), False),
        (BeginsWith(path("n"), path("s")), False),
        (And(()), True),
        (Or(()), False),
        (And((AttributeExists(path("s")), AttributeExists(path("nope")))), False),
        (Or((AttributeExists(path("s")), AttributeExists(path("nope")))), True),
    ],
    ids=str,
)
def test_a_condition_holds_as_in_dynamodb(
    *, condition: Condition, expected: bool
) -> None:
    assert holds(condition) is expected


def test_size_counts_utf16_units_of_a_string() -> None:
    assert holds(Comparison(Size(path("x")), "=", Given(2)), {"x": "😀"})


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (
            Comparison(path("n"), "<", Given(None)),
            (
                "Incorrect operand type for operator or function; "
                "operator or function: <, operand type: NULL"
            ),
        ),
        (
            BeginsWith(path("s"), N),
            (
                "Incorrect operand type for operator or function; "
                "operator or function: begins_with, operand type: N"
            ),
        ),
        (
            Between(path("n"), N, N1),
            (
                "The BETWEEN operator requires upper bound to be greater than or "
                "equal to "
                "lower bound; lower bound operand: AttributeValue: {N:10}, "
                "upper bound operand: AttributeValue: {N:1}"
            ),
        ),
        (
            Between(path("n"), Given("a"), N),
            (
                "The BETWEEN operator requires same data type for lower and upper "
                "bounds; "
                "lower bound operand: AttributeValue: {S:a}, "
                "upper bound operand: AttributeValue: {N:10}"
            ),
        ),
        (
            Comparison(path("n"), "=", path("n")),
            (
                "The first operand must be distinct from the remaining operands for "
                "this "
                "operator or function; operator: =, first operand: [n]"
            ),
        ),
        (
            In(path("l", 1), (N, path("l", 1))),
            (
                "The first operand must be distinct from the remaining operands for "
                "this operator or function; operator: IN, first operand: [l, [1]]"
            ),
        ),
        (
            Between(path("n"), N1, path("n")),
            (
                "The first operand must be distinct from the remaining operands for "
                "this operator or function; operator: BETWEEN, first operand: [n]"
            ),
        ),
        (
            AttributeTypeIs(path("s"), "STRING"),
            (
                "Invalid attribute type name found; type: STRING, "
                "valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}"
            ),
        ),
        (
            In(path("s"), tuple(Given(str(n)) for n in range(101))),
            (
                "The IN operator is provided with too many operands; "
                "number of operands: 101"
            ),
        ),
        (
            Or(tuple(Comparison(path("s"), "=", N) for _ in range(151))),
            "The expression contains too many operators; operator count: 301",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_unsound_condition_is_refused_before_it_reads(
    condition: Condition, message: str
) -> None:
    assert refusal(condition) == f"Invalid FilterExpression: {message}"


def test_150_comparisons_are_within_the_limit_of_operators() -> None:
    assert not holds(Or(tuple(Comparison(path("s"), "=", N) for _ in range(150))))


def test_a_condition_nested_10000_times_is_refused_and_not_a_crash() -> None:
    condition: Condition = AttributeExists(path("s"))
    for _ in range(10_000):
        condition = And((condition,))
    assert "too many operators" in refusal(condition)


def test_a_condition_nested_to_the_limit_is_evaluated() -> None:
    condition: Condition = AttributeExists(path("s"))
    for _ in range(299):
        condition = Not(condition)
    assert not holds(condition)


def test_a_value_dynamodb_does_not_hold_is_refused() -> None:
    assert refusal(Comparison(path("n"), "=", Given(10**200))) == (
        "ExpressionAttributeValues contains invalid value: Number overflow. "
        "Attempting to store a number with magnitude larger than supported range"
    )


def test_paths_read_are_all_paths_in_their_order() -> None:
    condition = And(
        (
            Comparison(Size(path("a", "x")), "=", path("b")),
            Not(Contains(path("c", 0), Given("d"))),
            AttributeExists(path("a")),
        )
    )
    assert list(paths_read(condition)) == [
        path("a", "x"),
        path("b"),
        path("c", 0),
        path("a"),
    ]
