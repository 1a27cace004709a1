"""What the operations on items answer: attributes, capacity, reasons, pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Tables

ONE = {"id": {"S": "1"}}
NOTE = {
    "owner": {"S": "ann"},
    "at": {"N": "1"},
    "kind": {"S": "k"},
    "title": {"S": "t"},
    "text": {"S": "x" * 2000},
}
KEY = {"owner": {"S": "ann"}, "at": {"N": "1"}}
CHECK_FAILED = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"
CANCELED = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"


def put(tables: Tables, *items: dict, table: str = "Note") -> None:
    for item in items:
        tables.ask("PutItem", {"TableName": table, "Item": item})


RETURNED = [
    ("NONE", {}),
    ("ALL_OLD", {"id": {"S": "1"}, "n": {"N": "1"}, "m": {"M": {"a": {"S": "x"}}}}),
    (
        "ALL_NEW",
        {
            "id": {"S": "1"},
            "n": {"N": "3"},
            "m": {"M": {"a": {"S": "x"}, "b": {"S": "y"}}},
        },
    ),
    ("UPDATED_OLD", {"n": {"N": "1"}}),
    ("UPDATED_NEW", {"n": {"N": "3"}, "m": {"M": {"b": {"S": "y"}}}}),
]


@pytest.mark.parametrize(("wanted", "attributes"), RETURNED)
def test_an_update_returns_what_is_wanted(
    tables: Tables, wanted: str, attributes: dict
) -> None:
    item = {**ONE, "n": {"N": "1"}, "m": {"M": {"a": {"S": "x"}}}}
    put(tables, item, table="Post")
    answer = tables.ask(
        "UpdateItem",
        {
            "TableName": "Post",
            "Key": ONE,
            "UpdateExpression": "ADD n :two SET m.b = :y",
            "ExpressionAttributeValues": {":two": {"N": "2"}, ":y": {"S": "y"}},
            "ReturnValues": wanted,
        },
    )
    assert answer.get("Attributes", {}) == attributes


def test_put_and_delete_return_the_old_item(tables: Tables) -> None:
    put(tables, ONE, table="Post")
    asked = {"TableName": "Post", "ReturnValues": "ALL_OLD"}
    item = {**ONE, "x": {"BOOL": True}}
    assert tables.ask("PutItem", {**asked, "Item": item}) == {"Attributes": ONE}
    assert tables.ask("DeleteItem", {**asked, "Key": ONE}) == {"Attributes": item}
    assert tables.ask("DeleteItem", {**asked, "Key": ONE}) == {}


@pytest.mark.parametrize("wanted", [None, "NONE", "ALL_OLD"])
@pytest.mark.parametrize("operation", ["PutItem", "UpdateItem", "DeleteItem"])
def test_a_failed_condition_tells_of_the_item_when_that_is_wanted(
    tables: Tables, operation: str, wanted: str | None
) -> None:
    put(tables, {**ONE, "n": {"N": "1"}}, table="Post")
    body = {
        "TableName": "Post",
        "Item" if operation == "PutItem" else "Key": ONE,
        "ConditionExpression": "n > :n",
        "ExpressionAttributeValues": {":n": {"N": "1"}},
    }
    if wanted:
        body["ReturnValuesOnConditionCheckFailure"] = wanted
    answer = tables.call(operation, body)
    shown = {"Item": {**ONE, "n": {"N": "1"}}} if wanted == "ALL_OLD" else {}
    assert answer.status == 400
    assert answer.json() == {
        "__type": CHECK_FAILED,
        "message": "The conditional request failed",
        **shown,
    }


def test_a_canceled_transaction_tells_why(tables: Tables) -> None:
    put(tables, {**ONE, "n": {"N": "1"}}, table="Post")
    absent = {"ConditionExpression": "attribute_not_exists(id)"}
    old = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    answer = tables.call(
        "TransactWriteItems",
        {
            "TransactItems": [
                {"Put": {"TableName": "Post", "Item": ONE, **absent, **old}},
                {"Put": {"TableName": "Note", "Item": NOTE}},
                {"Put": {"TableName": "A", "Item": {"id": {"N": "1"}}}},
            ]
        },
    )
    assert answer.status == 400
    assert answer.json() == {
        "__type": CANCELED,
        "message": "Transaction cancelled, please refer cancellation reasons for "
        "specific reasons [ConditionalCheckFailed, None, ValidationError]",
        "CancellationReasons": [
            {
                "Code": "ConditionalCheckFailed",
                "Message": "The conditional request failed",
                "Item": {**ONE, "n": {"N": "1"}},
            },
            {"Code": "None"},
            {
                "Code": "ValidationError",
                "Message": "One or more parameter values were invalid: Type mismatch "
                "for key id expected: S actual: N",
            },
        ],
    }
    assert tables.ask("GetItem", {"TableName": "Note", "Key": KEY}) == {}


WRITE = {"TableName": "Note", "ReturnConsumedCapacity": "INDEXES"}


def test_a_write_costs_what_the_larger_item_and_the_indexes_cost(
    tables: Tables,
) -> None:
    def cost(operation: str, body: dict) -> dict:
        return tables.ask(operation, {**WRITE, **body})["ConsumedCapacity"]

    one = {"CapacityUnits": 1.0}
    assert cost("PutItem", {"Item": NOTE}) == {
        "TableName": "Note",
        "CapacityUnits": 6.0,
        "Table": {"CapacityUnits": 2.0},
        "LocalSecondaryIndexes": {"byKind": one},
        "GlobalSecondaryIndexes": {"byTitle": {"CapacityUnits": 2.0}, "short": one},
    }
    update = {"Key": KEY, "UpdateExpression": "SET n = :n"}
    values = {"ExpressionAttributeValues": {":n": {"N": "1"}}}
    assert cost("UpdateItem", {**update, **values}) == {
        "TableName": "Note",
        "CapacityUnits": 4.0,
        "Table": {"CapacityUnits": 2.0},
        "GlobalSecondaryIndexes": {"byTitle": {"CapacityUnits": 2.0}},
    }
    moved = {"Key": KEY, "UpdateExpression": "SET title = :n"}
    values = {"ExpressionAttributeValues": {":n": {"S": "u"}}}
    assert cost("UpdateItem", {**moved, **values}) == {
        "TableName": "Note",
        "CapacityUnits": 8.0,
        "Table": {"CapacityUnits": 2.0},
        "GlobalSecondaryIndexes": {
            "byTitle": {"CapacityUnits": 4.0},
            "short": {"CapacityUnits": 2.0},
        },
    }
    total = tables.ask(
        "DeleteItem",
        {"TableName": "Note", "Key": KEY, "ReturnConsumedCapacity": "TOTAL"},
    )
    assert total == {"ConsumedCapacity": {"TableName": "Note", "CapacityUnits": 6.0}}


READ = {"TableName": "Note", "ReturnConsumedCapacity": "TOTAL"}
QUERY = {
    "KeyConditionExpression": "#o = :o",
    "ExpressionAttributeNames": {"#o": "owner"},
    "ExpressionAttributeValues": {":o": {"S": "ann"}},
}
COSTS = [
    ("GetItem", {"Key": KEY}, 0.5),
    ("GetItem", {"Key": KEY, "ConsistentRead": True}, 1.0),
    ("GetItem", {"Key": {**KEY, "at": {"N": "2"}}}, 0.5),
    ("Query", QUERY, 2.0),
    ("Query", {**QUERY, "ConsistentRead": True}, 4.0),
    ("Query", {**QUERY, "Limit": 1}, 0.5),
    ("Query", {**QUERY, "IndexName": "byKind"}, 0.5),
    ("Query", {**QUERY, "IndexName": "byKind", "Select": "ALL_ATTRIBUTES"}, 4.0),
    ("Scan", {}, 2.0),
    ("Scan", {"Select": "COUNT"}, 2.0),
]


@pytest.mark.parametrize(("operation", "body", "units"), COSTS)
def test_a_read_costs_what_was_read(
    tables: Tables, operation: str, body: dict, units: float
) -> None:
    put(tables, *({**NOTE, "at": {"N": f"{number}"}} for number in range(7)))
    found = tables.ask(operation, {**READ, **body})
    assert found["ConsumedCapacity"] == {"TableName": "Note", "CapacityUnits": units}


def test_transactions_cost_twice(tables: Tables) -> None:
    put(tables, ONE, table="Post")
    asked = {"ReturnConsumedCapacity": "TOTAL"}
    got = tables.ask(
        "TransactGetItems",
        {**asked, "TransactItems": [{"Get": {"TableName": "Post", "Key": ONE}}]},
    )
    assert got["ConsumedCapacity"] == [
        {"TableName": "Post", "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}
    ]
    done = tables.ask(
        "TransactWriteItems",
        {**asked, "TransactItems": [{"Put": {"TableName": "Post", "Item": ONE}}]},
    )
    assert done["ConsumedCapacity"] == [
        {"TableName": "Post", "CapacityUnits": 2.0, "WriteCapacityUnits": 2.0}
    ]


def test_a_collection_has_a_size_where_a_local_index_bounds_it(tables: Tables) -> None:
    asked = {"ReturnItemCollectionMetrics": "SIZE"}
    body = {"TableName": "Note", "Item": NOTE, **asked}
    assert tables.ask("PutItem", body)["ItemCollectionMetrics"] == {
        "ItemCollectionKey": {"owner": {"S": "ann"}},
        "SizeEstimateRangeGB": [0.0, 1.0],
    }
    assert tables.ask("PutItem", {"TableName": "Post", "Item": ONE, **asked}) == {}


SELECTIONS = [
    ({"Select": "COUNT"}, None),
    ({"Select": "ALL_ATTRIBUTES"}, {*NOTE}),
    ({}, {*NOTE}),
    ({"ProjectionExpression": "kind"}, {"kind"}),
    ({"Select": "SPECIFIC_ATTRIBUTES", "ProjectionExpression": "kind"}, {"kind"}),
    ({"AttributesToGet": ["kind"]}, {"kind"}),
    ({"IndexName": "byKind"}, {"owner", "at", "kind"}),
    ({"IndexName": "byKind", "Select": "ALL_PROJECTED_ATTRIBUTES"}, {*KEY, "kind"}),
    ({"IndexName": "byKind", "Select": "ALL_ATTRIBUTES"}, {*NOTE}),
    ({"IndexName": "byKind", "ProjectionExpression": "title"}, {"title"}),
    ({"IndexName": "short"}, {*KEY, "title", "kind"}),
    (
        {"IndexName": "short", "Select": "ALL_ATTRIBUTES"},
        (
            "One or more parameter values were invalid: Select type ALL_ATTRIBUTES "
            "is not "
            "supported for global secondary index short because its projection type "
            "is not "
            "ALL"
        ),
    ),
    (
        {"Select": "ALL_PROJECTED_ATTRIBUTES"},
        "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
    ),
    (
        {"Select": "SPECIFIC_ATTRIBUTES"},
        (
            "Must specify the AttributesToGet or ProjectionExpression when choosing "
            "to get "
            "SPECIFIC_ATTRIBUTES"
        ),
    ),
    (
        {"Select": "COUNT", "ProjectionExpression": "kind"},
        "Cannot specify the ProjectionExpression when choosing to get only the Count",
    ),
    (
        {"Select": "ALL_ATTRIBUTES", "AttributesToGet": ["kind"]},
        "Cannot specify the AttributesToGet when choosing to get ALL_ATTRIBUTES",
    ),
    (
        {"IndexName": "short", "ConsistentRead": True},
        "Consistent reads are not supported on global secondary indexes",
    ),
    ({"IndexName": "gone"}, "The table does not have the specified index: gone"),
]


@pytest.mark.parametrize(("body", "expected"), SELECTIONS)
def test_a_scan_returns_what_is_selected(
    tables: Tables, body: dict, expected: set | str | None
) -> None:
    put(tables, NOTE)
    answer = tables.call("Scan", {"TableName": "Note", **body})
    if isinstance(expected, str):
        assert answer.error == ("ValidationException", expected)
        return
    found = answer.json()
    assert (found["Count"], found["ScannedCount"]) == (1, 1)
    items = found.get("Items")
    assert (items and {*items[0]}) == expected


SEGMENTS = [
    (
        {"Segment": 0},
        (
            "The TotalSegments parameter is required but was not present in the "
            "request "
            "when Segment parameter is present"
        ),
    ),
    (
        {"TotalSegments": 2},
        (
            "The Segment parameter is required but was not present in the request when "
            "parameter TotalSegments is present"
        ),
    ),
    (
        {"TotalSegments": 2, "Segment": 2},
        (
            "The Segment parameter is zero-based and must be less than parameter "
            "TotalSegments: Segment: 2 is not less than TotalSegments: 2"
        ),
    ),
    (
        {"ExclusiveStartKey": {"owner": {}}},
        (
            "The provided starting key is invalid: Supplied AttributeValue is empty, "
            "must "
            "contain exactly one of the supported datatypes"
        ),
    ),
    (
        {"ExclusiveStartKey": {"owner": {"N": "x"}}},
        "The parameter cannot be converted to a numeric value: x",
    ),
]


@pytest.mark.parametrize(("body", "message"), SEGMENTS)
def test_a_scan_that_makes_no_sense_is_refused(
    tables: Tables, body: dict, message: str
) -> None:
    found = tables.call("Scan", {"TableName": "nobodys", **body})
    assert found.error == ("ValidationException", message)


def test_segments_together_are_the_table(tables: Tables) -> None:
    put(tables, *({"id": {"S": f"{number}"}} for number in range(40)), table="Post")
    found = []
    for segment in range(4):
        start: dict = {}
        while True:
            body = {"Segment": segment, "TotalSegments": 4, "Limit": 3, **start}
            page = tables.ask("Scan", {"TableName": "Post", **body})
            found += [item["id"]["S"] for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    assert sorted(found, key=int) == [f"{number}" for number in range(40)]


MANY = [{"id": {"S": f"{number}"}} for number in range(100)]
BATCHES = [
    (
        "BatchGetItem",
        {"Post": {"Keys": [ONE, ONE]}},
        "Provided list of item keys contains duplicates",
    ),
    (
        "BatchGetItem",
        {
            "Post": {"Keys": [ONE]},
            "A": {"Keys": [{"id": {"S": f"{n}"}} for n in range(100)]},
        },
        "Too many items requested for the BatchGetItem call",
    ),
    (
        "BatchWriteItem",
        {"Post": [{"PutRequest": {"Item": ONE}}, {"DeleteRequest": {"Key": ONE}}]},
        "Provided list of item keys contains duplicates",
    ),
    (
        "BatchWriteItem",
        {
            "Post": [{"PutRequest": {"Item": item}} for item in MANY[:25]],
            "A": [{"DeleteRequest": {"Key": ONE}}],
        },
        "Too many items requested for the BatchWriteItem call",
    ),
    (
        "BatchWriteItem",
        {"Post": [{"PutRequest": {"Item": {"x": {"S": "1"}}}}]},
        "The provided key element does not match the schema",
    ),
    (
        "BatchWriteItem",
        {"Post": [{"PutRequest": {"Item": {"id": {"N": "1"}}}}]},
        "The provided key element does not match the schema",
    ),
    (
        "BatchWriteItem",
        {"Post": [{}]},
        (
            "Supplied AttributeValue has more than one datatypes set, must contain "
            "exactly "
            "one of the supported datatypes"
        ),
    ),
]


@pytest.mark.parametrize(("operation", "items", "message"), BATCHES)
def test_a_batch_that_does_not_hold_is_refused(
    tables: Tables, operation: str, items: dict, message: str
) -> None:
    found = tables.call(operation, {"RequestItems": items})
    assert found.error == ("ValidationException", message)


def test_what_a_batch_leaves_is_told_to_be_sent_again(tables: Tables) -> None:
    big = {"x": {"S": "x" * 390_000}}
    for number in range(50):
        put(tables, {"id": {"S": f"{number}"}, **big}, table="Post")
    keys = [{"id": {"S": f"{number}"}} for number in range(50)]
    asked = {"Keys": keys, "ProjectionExpression": "id", "ConsistentRead": True}
    answer = tables.ask("BatchGetItem", {"RequestItems": {"Post": asked}})
    got = [item["id"]["S"] for item in answer["Responses"]["Post"]]
    left = answer["UnprocessedKeys"]["Post"]
    assert left.keys() == asked.keys()
    assert sorted(got + [key["id"]["S"] for key in left["Keys"]], key=int) == [
        f"{number}" for number in range(50)
    ]
    again = tables.ask("BatchGetItem", {"RequestItems": answer["UnprocessedKeys"]})
    assert len(again["Responses"]["Post"]) == len(left["Keys"])
