"""``Query``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.dynamodb import legacy, words
from amplikit.emulator.dynamodb.answers import failed
from amplikit.emulator.dynamodb.expressions import (
    check_mixture,
    read_expressions,
)
from amplikit.emulator.dynamodb.members import (
    ATTRIBUTES_TO_GET,
    CONDITIONAL_OPERATOR,
    INDEX_NAME,
    LIMIT,
    NAMES,
    PROJECTION_EXPRESSION,
    RETURN_CAPACITY,
    SELECT,
    START_KEY,
    TABLE,
    VALUES,
    conditions,
)
from amplikit.emulator.dynamodb.operation import Operation, on_table
from amplikit.emulator.dynamodb.reading import (
    check_select,
    page_answer,
    source_of,
    start_key,
)
from amplikit.emulator.dynamodb.shapes import Flag, Member, Structure, Text
from amplikit.store.interface import QueryRequest, Refused
from amplikit.store.refusals import Invalid

if TYPE_CHECKING:
    from amplikit.emulator.dynamodb.operation import Answer, Call

__all__ = ["OPERATION"]

_SHAPE = Structure(
    "QueryInput",
    (
        SELECT,
        INDEX_NAME,
        RETURN_CAPACITY,
        conditions("QueryFilter"),
        TABLE,
        CONDITIONAL_OPERATOR,
        ATTRIBUTES_TO_GET,
        LIMIT,
        conditions("KeyConditions"),
        START_KEY,
        Member("ConsistentRead", Flag()),
        Member("ScanIndexForward", Flag()),
        Member("KeyConditionExpression", Text()),
        Member("FilterExpression", Text()),
        PROJECTION_EXPRESSION,
        VALUES,
        NAMES,
    ),
)


def _run(call: Call) -> Answer:
    parameters = call.parameters
    older = ["AttributesToGet", "QueryFilter", "ConditionalOperator"]
    if "KeyConditionExpression" in parameters:
        older.append("KeyConditions")
    check_mixture(
        parameters,
        ("ProjectionExpression", "FilterExpression", "KeyConditionExpression"),
        tuple(older),
    )
    old_filter = legacy.filter_conditions(parameters, "QueryFilter")
    old_projection = legacy.projection(parameters)
    start = start_key(parameters)
    if not {"KeyConditions", "KeyConditionExpression"} & {*parameters.members()}:
        raise Invalid(words.NO_KEY_CONDITION)
    read = read_expressions(parameters)
    keys = read.key_condition or legacy.key_conditions(parameters)
    projection = old_projection or read.projection
    source = source_of(call)
    partition, sort = keys.on(*source.keys)
    legacy.check_filter_keys(parameters, source.keys)
    check_select(parameters, source, projection)
    page = call.store.query(
        QueryRequest(
            source.table.name,
            partition,
            parameters.text("IndexName"),
            sort,
            read.filter or old_filter,
            parameters.number("Limit"),
            forward=parameters.flag("ScanIndexForward") is not False,
            start=start,
            projection=projection,
            whole_items=parameters.text("Select") == "ALL_ATTRIBUTES",
        )
    )
    if isinstance(page, Refused):
        return failed(page)
    return page_answer(call, source, page, projection)


OPERATION = Operation("Query", _SHAPE, on_table("Query"), _run, is_quick=False)
