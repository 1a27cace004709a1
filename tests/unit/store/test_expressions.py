"""Expressions from text to what they do. The answers are DynamoDB Local's.

Left out are its answers that differ from the service's; see ``test_expression_rules``.
"""

from __future__ import annotations

import json
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, NamedTuple, cast

import pytest

from amplikit.blueprint.resources import Attribute, AttributeType
from amplikit.store.applying import compile_update
from amplikit.store.evaluate import compile_condition
from amplikit.store.expressions import (
    Placeholders,
    parse_condition,
    parse_key_condition,
    parse_projection,
    parse_update,
)
from amplikit.store.projecting import project
from amplikit.store.refusals import Invalid
from amplikit.store.typed_json import decode_item, decode_value, encode_item
from amplikit.store.values import canonical_item

if TYPE_CHECKING:
    from amplikit.store.interface import Item


class Case(NamedTuple):
    kind: str
    expression: str
    names: list[str]
    values: list[str]
    answer: object


RECORDED = json.loads(
    (FilePath(__file__).parent / "expression_answers.json").read_text()
)
ITEM = canonical_item(decode_item(RECORDED["item"])).item
NAMES = cast("dict[str, str]", RECORDED["names"])
VALUES = {name: decode_value(value) for name, value in RECORDED["values"].items()}
CASES = [Case(*case) for case in RECORDED["answers"]]
PARTITION_KEY = Attribute("pk", AttributeType.STRING)
SORT_KEY = Attribute("sk", AttributeType.NUMBER)


def given(case: Case) -> Placeholders:
    return Placeholders(
        {name: NAMES[name] for name in case.names},
        {name: VALUES[name] for name in case.values},
    )


def refused(case: Case) -> str | None:
    """Return the text of a refusal, None where the answer is no text."""
    return case.answer if isinstance(case.answer, str) else None


def of(kind: str) -> list[Case]:
    return [case for case in CASES if case.kind == kind]


def shown(case: Case) -> str:
    return case.expression


def text_of(invalid: pytest.ExceptionInfo[Invalid]) -> str:
    return invalid.value.refused.message


@pytest.mark.parametrize("case", of("filter"), ids=shown)
def test_a_filter_holds_as_recorded(case: Case) -> None:
    placeholders = given(case)

    def holds() -> bool:
        condition = parse_condition(case.expression, placeholders, "FilterExpression")
        placeholders.check_used()
        return compile_condition(condition, "FilterExpression")(ITEM)

    if (message := refused(case)) is None:
        assert holds() is case.answer
    else:
        with pytest.raises(Invalid) as invalid:
            holds()
        assert text_of(invalid) == message


@pytest.mark.parametrize("case", of("key"), ids=shown)
def test_a_key_condition_is_taken_as_recorded(case: Case) -> None:
    placeholders = given(case)

    def keys() -> object:
        condition = parse_key_condition(case.expression, placeholders)
        placeholders.check_used()
        condition.check()
        return condition.on(PARTITION_KEY, SORT_KEY)

    if (message := refused(case)) is None:
        assert keys()
    else:
        with pytest.raises(Invalid) as invalid:
            keys()
        assert text_of(invalid) == message


@pytest.mark.parametrize("case", of("projection"), ids=shown)
def test_a_projection_shows_what_is_recorded(case: Case) -> None:
    placeholders = given(case)

    def projected() -> Item:
        paths = parse_projection(case.expression, placeholders)
        placeholders.check_used()
        return project(ITEM, paths)

    if (message := refused(case)) is None:
        recorded = cast("dict[str, dict[str, object]]", case.answer)
        assert projected() == canonical_item(decode_item(recorded)).item
    else:
        with pytest.raises(Invalid) as invalid:
            projected()
        assert text_of(invalid) == message


@pytest.mark.parametrize("case", of("update"), ids=shown)
def test_an_update_does_what_is_recorded(case: Case) -> None:
    placeholders = given(case)

    def updated() -> Item:
        update = parse_update(case.expression, placeholders)
        placeholders.check_used()
        return canonical_item(compile_update(update).applied(ITEM)).item

    before = encode_item(ITEM)
    if (message := refused(case)) is None:
        recorded = cast("dict[str, dict[str, dict[str, object]]]", case.answer)
        expected = canonical_item({**ITEM, **decode_item(recorded["set"])}).item
        for name in recorded["removed"]:
            del expected[name]
        assert updated() == expected
    else:
        with pytest.raises(Invalid) as invalid:
            updated()
        assert text_of(invalid) == message
    assert encode_item(ITEM) == before
