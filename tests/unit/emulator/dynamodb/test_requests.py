"""What is refused before any table is looked at, and in which words.

Source of the texts: dynalite's recordings of the service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Tables

NULL = "failed to satisfy constraint: Member must not be null"
SHORT = (
    "failed to satisfy constraint: Member must have length greater than or equal to 3"
)
PATTERN = (
    "failed to satisfy constraint: Member must satisfy regular expression pattern: "
    "[a-zA-Z0-9_.-]+"
)
SERIALIZATION = "SerializationException"
VALIDATION = "ValidationException"
INVALID = "One or more parameter values were invalid: "
EMPTY = (
    "Supplied AttributeValue is empty, must contain exactly one of the supported "
    "datatypes"
)
SEVERAL = (
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one "
    "of the supported datatypes"
)
VALUE_CLASS = "com.amazonaws.dynamodb.v20120810.AttributeValue"
MAP_CLASS = f"java.util.Map<java.lang.String, {VALUE_CLASS}>"

FORMS = [
    ({"TableName": 1}, "NUMBER_VALUE cannot be converted to String"),
    ({"TableName": 1.5}, "DECIMAL_VALUE cannot be converted to String"),
    ({"TableName": True}, "TRUE_VALUE cannot be converted to String"),
    ({"TableName": []}, "Unrecognized collection type class java.lang.String"),
    ({"TableName": {}}, "Start of structure or map found where not expected"),
    ({"ConsistentRead": 1}, "NUMBER_VALUE cannot be converted to Boolean"),
    ({"ConsistentRead": "maybe"}, "Unexpected token received from parser"),
    ({"ConsistentRead": []}, "Unrecognized collection type class java.lang.Boolean"),
    ({"Key": "x"}, "Unexpected field type"),
    ({"Key": []}, f"Unrecognized collection type {MAP_CLASS}"),
    ({"Key": {"id": "x"}}, "Unexpected value type in payload"),
    ({"Key": {"id": []}}, f"Unrecognized collection type class {VALUE_CLASS}"),
    ({"Key": {"id": {"S": 1}}}, "NUMBER_VALUE cannot be converted to String"),
    ({"Key": {"id": {"N": 1}}}, "NUMBER_VALUE cannot be converted to String"),
    (
        {"Key": {"id": {"B": 1}}},
        "only base-64-encoded strings are convertible to bytes",
    ),
    (
        {"Key": {"id": {"B": "23456"}}},
        "Base64 encoded length is expected a multiple of 4 bytes but found: 5",
    ),
    (
        {"Key": {"id": {"B": "=+/="}}},
        "Invalid last non-pad Base64 character dectected",
    ),
    ({"Key": {"id": {"SS": "x"}}}, "Unexpected field type"),
    ({"Key": {"id": {"L": {}}}}, "Start of structure or map found where not expected"),
    ({"Key": {"id": {"L": [1]}}}, "Unexpected value type in payload"),
    ({"Key": {"id": {"M": []}}}, f"Unrecognized collection type {MAP_CLASS}"),
    (
        {"Key": {"id": {"M": {"a": {"NS": [1]}}}}},
        FORM_STRING := "NUMBER_VALUE cannot be converted to String",
    ),
    ({"AttributesToGet": "x"}, "Unexpected field type"),
]
"""Bodies of GetItem, and what is said of the first wrong type in them."""


@pytest.mark.parametrize(("body", "message"), FORMS)
def test_json_of_another_form_is_told(tables: Tables, body: dict, message: str) -> None:
    answer = tables.call("GetItem", body)
    assert answer.status == 400
    assert answer.json() == {
        "__type": "com.amazon.coral.service#SerializationException",
        "Message": message,
    }


CONSTRAINTS = [
    (
        "GetItem",
        {},
        [f"Value null at 'tableName' {NULL}", f"Value null at 'key' {NULL}"],
    ),
    (
        "GetItem",
        {"TableName": "a;", "ReturnConsumedCapacity": "hi", "AttributesToGet": []},
        [
            (
                "Value 'hi' at 'returnConsumedCapacity' failed to satisfy constraint: "
                "Member must satisfy enum value set: [INDEXES, TOTAL, NONE]"
            ),
            (
                "Value '[]' at 'attributesToGet' failed to satisfy constraint: "
                "Member must "
                "have length greater than or equal to 1"
            ),
            f"Value 'a;' at 'tableName' {PATTERN}",
            f"Value 'a;' at 'tableName' {SHORT}",
            f"Value null at 'key' {NULL}",
        ],
    ),
    (
        "GetItem",
        {"TableName": "a" * 256, "Key": {}},
        [
            (
                f"Value '{'a' * 256}' at 'tableName' failed to satisfy constraint: "
                "Member "
                "must have length less than or equal to 255"
            )
        ],
    ),
    (
        "Query",
        {"TableName": "abc", "Limit": 0, "QueryFilter": {"a": {}}},
        [
            f"Value null at 'queryFilter.a.member.comparisonOperator' {NULL}",
            (
                "Value '0' at 'limit' failed to satisfy constraint: Member must have "
                "value "
                "greater than or equal to 1"
            ),
        ],
    ),
    (
        "BatchWriteItem",
        {"RequestItems": {"aa;": [{"PutRequest": {}, "DeleteRequest": {}}]}},
        [
            (
                'Value \'{"aa;":[{"DeleteRequest":{},"PutRequest":{}}]}\' at '
                "'requestItems' failed to satisfy constraint: Map keys must satisfy "
                "constraint: [Member must have length less than or equal to 255, "
                "Member "
                "must have length greater than or equal to 3, Member must satisfy "
                "regular "
                "expression pattern: [a-zA-Z0-9_.-]+]"
            ),
            (
                "Value null at 'requestItems.aa;.member.1.member.deleteRequest.key' "
                f"{NULL}"
            ),
            f"Value null at 'requestItems.aa;.member.1.member.putRequest.item' {NULL}",
        ],
    ),
    (
        "TransactWriteItems",
        {"TransactItems": [{"Update": {"TableName": "Post", "Key": {}}}]},
        [f"Value null at 'transactItems.1.member.update.updateExpression' {NULL}"],
    ),
    (
        "ListTables",
        {"Limit": 2147483648, "ExclusiveStartTableName": "x"},
        [
            f"Value 'x' at 'exclusiveStartTableName' {SHORT}",
            (
                "Value '2147483647' at 'limit' failed to satisfy constraint: Member "
                "must "
                "have value less than or equal to 100"
            ),
        ],
    ),
]


@pytest.mark.parametrize(("operation", "body", "told"), CONSTRAINTS)
def test_all_unmet_constraints_are_told_together(
    tables: Tables, operation: str, body: dict, told: list[str]
) -> None:
    answer = tables.call(operation, body)
    plural = "" if len(told) == 1 else "s"
    assert answer.json() == {
        "__type": "com.amazon.coral.validate#ValidationException",
        "message": f"{len(told)} validation error{plural} detected: {'; '.join(told)}",
    }


def test_a_table_of_the_schema_may_have_a_shorter_name(tables: Tables) -> None:
    tables.ask("PutItem", {"TableName": "A", "Item": {"id": {"S": "1"}}})
    items = {"RequestItems": {"A": {"Keys": [{"id": {"S": "1"}}]}}}
    found = tables.ask("BatchGetItem", items)
    assert found["Responses"] == {"A": [{"id": {"S": "1"}}]}
    assert tables.ask("DescribeTable", {"TableName": "A"})["Table"]["ItemCount"] == 1
    assert tables.call("DescribeTable", {"TableName": "B"}).error == (
        VALIDATION,
        "TableName must be at least 3 characters long and at most 255 characters long",
    )


VALUES = [
    ({}, EMPTY),
    ({"X": "1"}, EMPTY),
    ({"S": None}, EMPTY),
    ({"L": [{}]}, EMPTY),
    ({"M": {"a": {}}}, EMPTY),
    ({"S": "a", "N": "1"}, SEVERAL),
    ({"S": "a", "N": "x"}, "The parameter cannot be converted to a numeric value: x"),
    ({"N": ""}, "The parameter cannot be converted to a numeric value"),
    ({"N": " 1"}, "The parameter cannot be converted to a numeric value:  1"),
    ({"N": "1_0"}, "The parameter cannot be converted to a numeric value: 1_0"),
    ({"N": "NaN"}, "The parameter cannot be converted to a numeric value: NaN"),
    ({"N": "٣"}, "The parameter cannot be converted to a numeric value: ٣"),
    (
        {"N": "1" * 39},
        "Attempting to store more than 38 significant digits in a Number",
    ),
    (
        {"N": "1e126"},
        (
            "Number overflow. Attempting to store a number with magnitude larger than "
            "supported range"
        ),
    ),
    (
        {"N": "-1e99999999999999999999"},
        (
            "Number overflow. Attempting to store a number with magnitude larger than "
            "supported range"
        ),
    ),
    (
        {"N": "1e-131"},
        (
            "Number underflow. Attempting to store a number with magnitude smaller "
            "than "
            "supported range"
        ),
    ),
    ({"SS": []}, f"{INVALID}An string set  may not be empty"),
    ({"NS": []}, f"{INVALID}An number set  may not be empty"),
    ({"BS": []}, f"{INVALID}Binary sets should not be empty"),
    ({"SS": ["a", "a"]}, f"{INVALID}Input collection [a, a] contains duplicates."),
    ({"NS": ["1", "1.0"]}, "Input collection contains duplicates"),
    (
        {"BS": ["Yg==", "Yg=="]},
        f"{INVALID}Input collection [Yg==, Yg==]of type BS contains duplicates.",
    ),
    (
        {"NULL": "no"},
        f"{INVALID}Null attribute value types must have the value of true",
    ),
]


@pytest.mark.parametrize(("value", "message"), VALUES)
def test_a_value_without_sense_is_refused(
    tables: Tables, value: dict, message: str
) -> None:
    item = {"id": {"S": "1"}, "a": value}
    found = tables.call("PutItem", {"TableName": "Post", "Item": item})
    assert found.error == (VALIDATION, message)
    # Before anybody looks whether there is such a table.
    found = tables.call("GetItem", {"TableName": "nobodys", "Key": {"a": value}})
    assert found.error == (VALIDATION, message)
    condition = {
        "TableName": "Post",
        "Item": {"id": {"S": "1"}},
        "ConditionExpression": "a = :a",
        "ExpressionAttributeValues": {":a": value},
    }
    assert tables.call("PutItem", condition).error == (
        VALIDATION,
        f"ExpressionAttributeValues contains invalid value: {message} for key :a",
    )


WRITTEN = [
    ({"N": "1.50"}, {"N": "1.5"}),
    ({"N": "+05"}, {"N": "5"}),
    ({"N": ".5"}, {"N": "0.5"}),
    ({"N": "5."}, {"N": "5"}),
    ({"N": "-0"}, {"N": "0"}),
    ({"N": "0e99999999999"}, {"N": "0"}),
    ({"N": "1e125"}, {"N": f"1{'0' * 125}"}),
    ({"N": "-1e-130"}, {"N": f"-0.{'0' * 129}1"}),
    ({"N": "9" * 38}, {"N": "9" * 38}),
    ({"N": f"{'9' * 20}.{'9' * 18}"}, {"N": f"{'9' * 20}.{'9' * 18}"}),
    ({"NS": ["10", "9", "1e1"[:1]]}, {"NS": ["1", "9", "10"]}),
    ({"SS": ["b", "a"]}, {"SS": ["a", "b"]}),
    ({"B": ""}, {"B": ""}),
    ({"BS": ["Yg==", "YQ=="]}, {"BS": ["YQ==", "Yg=="]}),
    ({"BOOL": "no"}, {"BOOL": False}),
    ({"NULL": "true"}, {"NULL": True}),
    ({"S": "", "X": 1, "N": None}, {"S": ""}),
    ({"M": {"": {"L": [{"S": "\ud83d\ude00"}]}}}, None),
    ({"M": {"a": {"L": [{"S": "\ud83d\ude00"}]}}}, {"M": {"a": {"L": [{"S": "😀"}]}}}),
]


@pytest.mark.parametrize(("given", "shown"), WRITTEN)
def test_a_value_is_shown_as_dynamodb_shows_it(
    tables: Tables, given: dict, shown: dict | None
) -> None:
    item = {"id": {"S": "1"}, "a": given}
    answer = tables.call("PutItem", {"TableName": "Post", "Item": item})
    if shown is None:
        assert answer.error == (VALIDATION, "Empty attribute name")
        return
    found = tables.ask("GetItem", {"TableName": "Post", "Key": {"id": {"S": "1"}}})
    assert found["Item"]["a"] == shown


MIXTURES = [
    (
        "GetItem",
        {"AttributesToGet": ["a"], "ProjectionExpression": "a"},
        (
            "Can not use both expression and non-expression parameters in the same "
            "request: Non-expression parameters: {AttributesToGet} Expression "
            "parameters: "
            "{ProjectionExpression}"
        ),
    ),
    (
        "GetItem",
        {"ExpressionAttributeNames": {}},
        "ExpressionAttributeNames can only be specified when using expressions",
    ),
    (
        "GetItem",
        {"ExpressionAttributeNames": {}, "ProjectionExpression": "a"},
        "ExpressionAttributeNames must not be empty",
    ),
    (
        "GetItem",
        {"ExpressionAttributeNames": {"a": "b"}, "ProjectionExpression": "a"},
        'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"',
    ),
    (
        "GetItem",
        {"ExpressionAttributeNames": {"#a": "b"}, "ProjectionExpression": "a"},
        "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}",
    ),
    (
        "GetItem",
        {"ProjectionExpression": ""},
        "Invalid ProjectionExpression: The expression can not be empty;",
    ),
    (
        "GetItem",
        {"AttributesToGet": ["a", "b", "a"]},
        f"{INVALID}Duplicate value in attribute name: a",
    ),
    (
        "DeleteItem",
        {"ExpressionAttributeValues": {":a": {"S": "x"}}},
        (
            "ExpressionAttributeValues can only be specified when using expressions: "
            "ConditionExpression is null"
        ),
    ),
    (
        "UpdateItem",
        {"ExpressionAttributeValues": {":a": {"S": "x"}}},
        (
            "ExpressionAttributeValues can only be specified when using expressions: "
            "UpdateExpression and ConditionExpression are null"
        ),
    ),
    (
        "DeleteItem",
        {
            "ConditionExpression": "attribute_exists(id)",
            "ExpressionAttributeValues": {":a": {"S": "x"}},
        },
        "Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}",
    ),
    (
        "DeleteItem",
        {"ReturnValues": "ALL_NEW"},
        "ReturnValues can only be ALL_OLD or NONE",
    ),
]


@pytest.mark.parametrize(("operation", "more", "message"), MIXTURES)
def test_parameters_that_do_not_go_together_are_refused(
    tables: Tables, operation: str, more: dict, message: str
) -> None:
    body = {"TableName": "nobodys", "Key": {"id": {"S": "1"}}, **more}
    assert tables.call(operation, body).error == (VALIDATION, message)


def test_a_value_that_nests_without_end_is_refused(tables: Tables) -> None:
    for depth in (40, 400, 100_000):
        value = b'{"L":[' * depth + b'{"S":"x"}' + b"]}" * depth
        body = b'{"TableName":"Post","Item":{"id":{"S":"1"},"a":' + value + b"}}"
        answer = tables.send(body, "PutItem")
        assert answer.status == 400
        assert answer.error[0] in (VALIDATION, SERIALIZATION)
    assert not any("Traceback" in line for line in tables.log)
