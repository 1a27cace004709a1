"""Shapes that several operations share.

Source of the enumerations' order: dynalite's recordings of the service.
"""

from __future__ import annotations

from typing import Final

from amplikit.emulator.dynamodb.shapes import (
    Flag,
    ListOf,
    MapOf,
    Member,
    Structure,
    Text,
    Value,
    Whole,
)

__all__ = [
    "ATTRIBUTES_TO_GET",
    "CONDITIONAL_OPERATOR",
    "CONDITION_EXPRESSION",
    "EXPECTED",
    "FILTER_OPERATORS",
    "INDEX_NAME",
    "ITEM_VALUES",
    "LIMIT",
    "NAMES",
    "NAME_PATTERN",
    "ON_CHECK_FAILURE",
    "PROJECTION_EXPRESSION",
    "RETURN_CAPACITY",
    "RETURN_METRICS",
    "RETURN_VALUES",
    "SELECT",
    "START_KEY",
    "TABLE",
    "TABLE_KEYS",
    "VALUES",
    "conditions",
    "key",
]

NAME_PATTERN: Final = "[a-zA-Z0-9_.-]+"
TABLE_KEYS: Final = Text(pattern=NAME_PATTERN, shortest=3, longest=255, of_table=True)
TABLE: Final = Member("TableName", TABLE_KEYS, required=True)
INDEX_NAME: Final = Member(
    "IndexName", Text(pattern=NAME_PATTERN, shortest=3, longest=255)
)
ITEM_VALUES: Final = MapOf(Value())
RETURN_CAPACITY: Final = Member(
    "ReturnConsumedCapacity", Text(("INDEXES", "TOTAL", "NONE"))
)
RETURN_METRICS: Final = Member("ReturnItemCollectionMetrics", Text(("SIZE", "NONE")))
RETURN_VALUES: Final = Member(
    "ReturnValues",
    Text(("ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW")),
)
ON_CHECK_FAILURE: Final = Member(
    "ReturnValuesOnConditionCheckFailure", Text(("ALL_OLD", "NONE"))
)
ATTRIBUTES_TO_GET: Final = Member("AttributesToGet", ListOf(Text(), fewest=1, most=255))
CONDITIONAL_OPERATOR: Final = Member("ConditionalOperator", Text(("OR", "AND")))
FILTER_OPERATORS: Final = Text(
    (
        "IN",
        "NULL",
        "BETWEEN",
        "LT",
        "NOT_CONTAINS",
        "EQ",
        "GT",
        "NOT_NULL",
        "NE",
        "LE",
        "BEGINS_WITH",
        "GE",
        "CONTAINS",
    )
)
EXPECTED: Final = Member(
    "Expected",
    MapOf(
        Structure(
            "ExpectedAttributeValue",
            (
                Member("AttributeValueList", ListOf(Value())),
                Member("ComparisonOperator", FILTER_OPERATORS),
                Member("Exists", Flag()),
                Member("Value", Value(is_member=True)),
            ),
        ),
        "com.amazonaws.dynamodb.v20120810.ExpectedAttributeValue",
    ),
)
CONDITION_EXPRESSION: Final = Member("ConditionExpression", Text())
PROJECTION_EXPRESSION: Final = Member("ProjectionExpression", Text())
NAMES: Final = Member("ExpressionAttributeNames", MapOf(Text(), "java.lang.String"))
VALUES: Final = Member("ExpressionAttributeValues", ITEM_VALUES)
SELECT: Final = Member(
    "Select",
    Text(
        (
            "SPECIFIC_ATTRIBUTES",
            "COUNT",
            "ALL_ATTRIBUTES",
            "ALL_PROJECTED_ATTRIBUTES",
        )
    ),
)
LIMIT: Final = Member("Limit", Whole(least=1))
START_KEY: Final = Member("ExclusiveStartKey", ITEM_VALUES)


def key(name: str = "Key") -> Member:
    """Return a required map of attribute values."""
    return Member(name, ITEM_VALUES, required=True)


def conditions(name: str) -> Member:
    """Return a map of legacy conditions."""
    return Member(
        name,
        MapOf(
            Structure(
                "Condition",
                (
                    Member("AttributeValueList", ListOf(Value())),
                    Member("ComparisonOperator", FILTER_OPERATORS, required=True),
                ),
            ),
            "com.amazonaws.dynamodb.v20120810.Condition",
        ),
    )
