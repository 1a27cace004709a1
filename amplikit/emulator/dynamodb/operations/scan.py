"""``Scan``."""

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
from amplikit.emulator.dynamodb.shapes import Flag, Member, Structure, Text, Whole
from amplikit.store.interface import Refused, ScanRequest
from amplikit.store.refusals import Invalid

if TYPE_CHECKING:
    from amplikit.emulator.dynamodb.operation import Answer, Call
    from amplikit.emulator.dynamodb.parameters import Parameters

__all__ = ["OPERATION"]

_MOST_SEGMENTS = 1_000_000
_SHAPE = Structure(
    "ScanInput",
    (
        SELECT,
        INDEX_NAME,
        Member("TotalSegments", Whole(least=1, most=_MOST_SEGMENTS)),
        RETURN_CAPACITY,
        TABLE,
        CONDITIONAL_OPERATOR,
        conditions("ScanFilter"),
        Member("Segment", Whole(least=0, most=_MOST_SEGMENTS - 1)),
        LIMIT,
        ATTRIBUTES_TO_GET,
        START_KEY,
        Member("ConsistentRead", Flag()),
        Member("FilterExpression", Text()),
        PROJECTION_EXPRESSION,
        VALUES,
        NAMES,
    ),
)


def _run(call: Call) -> Answer:
    parameters = call.parameters
    check_mixture(
        parameters,
        ("ProjectionExpression", "FilterExpression"),
        ("AttributesToGet", "ScanFilter", "ConditionalOperator"),
    )
    old_projection = legacy.projection(parameters)
    old_filter = legacy.filter_conditions(parameters, "ScanFilter")
    start = start_key(parameters)
    segment, segments = _segments(parameters)
    read = read_expressions(parameters)
    projection = old_projection or read.projection
    source = source_of(call)
    check_select(parameters, source, projection)
    page = call.store.scan(
        ScanRequest(
            source.table.name,
            parameters.text("IndexName"),
            read.filter or old_filter,
            parameters.number("Limit"),
            start,
            projection,
            segment,
            segments,
            whole_items=parameters.text("Select") == "ALL_ATTRIBUTES",
        )
    )
    if isinstance(page, Refused):
        return failed(page)
    return page_answer(call, source, page, projection)


def _segments(parameters: Parameters) -> tuple[int, int]:
    segment, segments = parameters.number("Segment"), parameters.number("TotalSegments")
    if segments is None:
        if segment is None:
            return 0, 1
        raise Invalid(words.SEGMENTS_MISSING)
    if segment is None:
        raise Invalid(words.SEGMENT_MISSING)
    if segment >= segments:
        raise Invalid(words.SEGMENT_TOO_LARGE % (segment, segments))
    return segment, segments


OPERATION = Operation("Scan", _SHAPE, on_table("Scan"), _run, is_quick=False)
