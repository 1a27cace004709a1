"""Limits, placeholders, reserved words, and where the service is known to differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from amplikit.blueprint.resources import Attribute, AttributeType
from amplikit.store.conditions import Given, Path, SortCondition
from amplikit.store.evaluate import compile_condition
from amplikit.store.expressions import (
    KeyCondition,
    Placeholders,
    _condition,
    check_placeholder_names,
    parse_condition,
    parse_key_condition,
    parse_projection,
    parse_update,
)
from amplikit.store.expressions._reserved import RESERVED_WORDS
from amplikit.store.refusals import Invalid
from amplikit.store.updates import Assigned, Update

if TYPE_CHECKING:
    from amplikit.store.interface import Item

FILTER: Final = "FilterExpression"
TOO_MANY = "Invalid FilterExpression: The expression contains too many operators; "
VALUES: Item = {":v": "x", ":n": 1}
PARTITION_KEY = Attribute("pk", AttributeType.STRING)
SORT_KEY = Attribute("sk", AttributeType.NUMBER)


def refusal_of_filter(text: str) -> str:
    with pytest.raises(Invalid) as invalid:
        parse_condition(text, Placeholders(None, VALUES), FILTER)
    return invalid.value.refused.message


def keys(text: str, sort_key: Attribute | None = SORT_KEY) -> object:
    condition: KeyCondition = parse_key_condition(text, Placeholders(None, VALUES))
    condition.check()
    return condition.on(PARTITION_KEY, sort_key)


def test_there_are_573_reserved_words() -> None:
    assert len(RESERVED_WORDS) == 573


@pytest.mark.parametrize("word", ["name", "Status", "uRL", "size", "convert", "zone"])
def test_a_reserved_word_is_refused_in_any_case(word: str) -> None:
    text = f"Attribute name is a reserved keyword; reserved keyword: {word}"
    assert refusal_of_filter(f"a.{word} = :v") == f"Invalid {FILTER}: {text}"
    with pytest.raises(Invalid, match=text):
        parse_projection(f"a, {word}", Placeholders())


def test_a_placeholder_may_stand_for_a_reserved_word_or_a_name_with_dots() -> None:
    given = Placeholders({"#n": "name", "#d": "a.b"})
    assert parse_projection("#n, #d[1].#n", given) == (
        Path(("name",)),
        Path(("a.b", 1, "name")),
    )


def test_4096_bytes_are_the_longest_expression() -> None:
    name = "a" * (4096 - len(" = :v"))
    given = Placeholders(None, VALUES)
    parse_condition(f"{name} = :v", given, FILTER)
    assert refusal_of_filter(f"{name}a = :v") == (
        f"Invalid {FILTER}: Expression size has exceeded the maximum allowed size; "
        "expression size: 4097"
    )


@pytest.mark.parametrize(
    "text",
    [
        " AND ".join(["a = :v"] * 150),
        "NOT " * 299 + "a = :v",
        "(NOT " * 299 + "a = :v" + ")" * 299,
        "(a = :v AND " * 149 + "a = :v" + ")" * 149,
        " AND ".join(["size(a) = :n"] * 100),
        "a IN (" + ", ".join(["size(b)"] * 100) + ")",
    ],
    ids=lambda text: text[:20],
)
def test_300_operators_are_allowed_however_deep(text: str) -> None:
    condition = parse_condition(text, Placeholders(None, VALUES), FILTER)
    assert compile_condition(condition, FILTER)({"a": "x"}) in (True, False)


@pytest.mark.parametrize(
    "text",
    [
        " AND ".join(["a = :v"] * 151),
        "NOT " * 300 + "a = :v",
        "(NOT " * 300 + "a = :v" + ")" * 300,
        "(a = :v AND " * 150 + "a = :v" + ")" * 150,
        " AND ".join(["size(a) = :n"] * 101),
    ],
    ids=lambda text: text[:20],
)
def test_301_operators_are_too_many(text: str) -> None:
    assert refusal_of_filter(text) == f"{TOO_MANY}operator count: 301"


def test_an_update_has_300_operators_at_most() -> None:
    given = Placeholders(None, VALUES)
    sums = [f"a{number}=b+:n" for number in range(301)]
    assert len(parse_update(f"SET {','.join(sums[1:])}", given).set) == 300
    with pytest.raises(Invalid, match="operator count: 301"):
        parse_update(f"SET {','.join(sums)}", given)
    values = ",".join(f"a{number}=:n" for number in range(400))
    assert len(parse_update(f"SET {values}", given).set) == 400


def test_100_options_are_the_most_for_in() -> None:
    options = ", ".join([":v"] * 101)
    assert refusal_of_filter(f"a IN ({options})") == (
        f"Invalid {FILTER}: The IN operator is provided with too many operands; "
        "number of operands: 101"
    )


@pytest.mark.parametrize("path", ["a" + ".a" * 32, "a" + "[0]" * 32])
def test_a_path_has_32_levels_at_most(path: str) -> None:
    assert refusal_of_filter(f"{path} = :v") == (
        f"Invalid {FILTER}: The document path has too many nesting levels; "
        "nesting levels: 33"
    )


@pytest.mark.parametrize(
    "text",
    ["(" * 4000, "size(" * 800, "NOT " * 1000, "(" * 2000 + "a" + ")" * 2000],
    ids=lambda text: text[:5],
)
def test_the_deepest_nonsense_is_refused_in_words(text: str) -> None:
    assert refusal_of_filter(text).startswith(f"Invalid {FILTER}: Syntax error; ")


def test_a_lone_surrogate_never_gets_into_a_message() -> None:
    assert refusal_of_filter("\ud800 = :v") == (
        f'Invalid {FILTER}: Syntax error; token: "?", near: "? ="'
    )


@pytest.mark.parametrize(
    ("names", "values", "message"),
    [
        ({}, None, "ExpressionAttributeNames must not be empty"),
        (None, [], "ExpressionAttributeValues must not be empty"),
        (
            {"a": "a"},
            [],
            'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"',
        ),
        (
            {"#": "a"},
            None,
            'ExpressionAttributeNames contains invalid key: Syntax error; key: "#"',
        ),
        (
            {"#a": "a"},
            [":a-b"],
            'ExpressionAttributeValues contains invalid key: Syntax error; key: ":a-b"',
        ),
    ],
)
def test_malformed_placeholders_are_refused(
    names: dict[str, str] | None, values: list[str] | None, message: str
) -> None:
    with pytest.raises(Invalid) as invalid:
        check_placeholder_names(names, values)
    assert invalid.value.refused.message == message


def test_placeholders_are_used_when_any_expression_of_the_request_uses_them() -> None:
    given = Placeholders({"#a": "a", "#b": "b"}, {":v": 1, ":w": 2, ":x": 3})
    parse_update("SET #a = :v", given)
    with pytest.raises(Invalid) as invalid:
        given.check_used()
    assert invalid.value.refused.message == (
        "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}"
    )
    parse_condition("#b = :w", given, "ConditionExpression")
    with pytest.raises(Invalid) as invalid:
        given.check_used()
    assert invalid.value.refused.message == (
        "Value provided in ExpressionAttributeValues unused in expressions: keys: {:x}"
    )
    parse_condition("c = :x", given, "ConditionExpression")
    given.check_used()


def test_a_text_is_parsed_once_and_bound_to_each_request_anew() -> None:
    text = "parsed = :once"
    before = _condition.cache_info()
    for value in ("x", "y"):
        condition = parse_condition(text, Placeholders(None, {":once": value}), FILTER)
        assert compile_condition(condition, FILTER)({"parsed": value})
    after = _condition.cache_info()
    assert (after.misses - before.misses, after.hits - before.hits) == (1, 1)
    assert after.maxsize is not None


def test_an_update_keeps_the_order_of_its_text() -> None:
    given = Placeholders(None, VALUES)
    assert parse_update("REMOVE c, b SET z = :v, y = :n", given) == Update(
        set=(
            Assigned(Path(("z",)), Given("x")),
            Assigned(Path(("y",)), Given(1)),
        ),
        remove=(Path(("c",)), Path(("b",))),
    )


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("pk = :v", None),
        (":v = pk", None),
        ("sk = :n AND pk = :v", SortCondition("=", (1,))),
        ("(pk = :v) and (:n < sk)", SortCondition(">", (1,))),
        ("((:n >= sk) AND pk = :v)", SortCondition("<=", (1,))),
        ("pk = :v AND sk BETWEEN :n AND :n", SortCondition("BETWEEN", (1, 1))),
    ],
)
def test_a_key_condition_is_read_in_any_order(
    text: str, sort: SortCondition | None
) -> None:
    assert keys(text) == ("x", sort)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pk = :v AND sk = :n", "Query key condition not supported"),
        ("sk = :n", "Query condition missed key schema element: pk"),
        ("pk > :v", "Query key condition not supported"),
    ],
)
def test_a_table_without_a_sort_key_takes_its_partition_key_alone(
    text: str, message: str
) -> None:
    with pytest.raises(Invalid) as invalid:
        keys(text, None)
    assert invalid.value.refused.message == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # Recorded of the service: dynalite, test/query.js. DynamoDB Local looks at
        # the table first, and leaves out the name of the element.
        (
            "pk.a = :v",
            "KeyConditionExpressions cannot have conditions on nested attributes",
        ),
        ("pk = :v AND x = :n", "Query condition missed key schema element: sk"),
    ],
)
def test_key_conditions_are_refused_as_the_service_does(
    text: str, message: str
) -> None:
    with pytest.raises(Invalid) as invalid:
        keys(text)
    assert invalid.value.refused.message == message


def test_the_type_of_an_attribute_type_must_be_a_value() -> None:
    # DynamoDB Local lists types here that are not DynamoDB's.
    assert refusal_of_filter("attribute_type(a, b)") == (
        f"Invalid {FILTER}: Incorrect operand type for operator or function; operator "
        "or function: attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}"
    )


@pytest.mark.parametrize(
    ("text", "one", "two"),
    [
        ("a, b, a", "[a]", "[a]"),
        ("c, a.b[1], d, a.b", "[a, b, [1]]", "[a, b]"),
        ("a, c, a.b.c", "[a]", "[a, b, c]"),
    ],
)
def test_the_path_that_is_in_the_way_is_named(text: str, one: str, two: str) -> None:
    with pytest.raises(Invalid) as invalid:
        parse_projection(text, Placeholders())
    assert invalid.value.refused.message == (
        "Invalid ProjectionExpression: Two document paths overlap with each other; "
        "must remove or rewrite one of these paths; "
        f"path one: {one}, path two: {two}"
    )
