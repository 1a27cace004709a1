"""The envelope: targets, signatures, rights, headers."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from amplikit.emulator.dynamodb.operations import OPERATIONS

if TYPE_CHECKING:
    from conftest import Tables

GET = {"TableName": "Post", "Key": {"id": {"S": "1"}}}
JSON_1_0 = "application/x-amz-json-1.0"
SESSION = "arn:aws:sts::123456789012:assumed-role"
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table"


def test_an_answer_has_dynamodbs_headers(tables: Tables) -> None:
    answer = tables.call("GetItem", GET)
    assert (answer.status, answer.body) == (200, b"{}")
    assert answer.headers["content-type"] == JSON_1_0
    assert answer.headers["x-amz-crc32"] == "2745614147"
    request_id = answer.headers["x-amzn-requestid"]
    assert len(request_id) == 52
    assert request_id.isalnum()


@pytest.mark.parametrize("path", ["/dynamodb", "/dynamodb/"])
def test_the_endpoint_says_that_it_lives(tables: Tables, path: str) -> None:
    answer = tables.http(b"", {}, "GET", path)
    assert (answer.status, answer.body) == (
        200,
        b"healthy: dynamodb.us-east-1.amazonaws.com ",
    )


REFUSED_HEADS = [
    pytest.param("PUT", {"content-type": JSON_1_0}, 404, id="method"),
    pytest.param("POST", {"content-type": "text/plain"}, 404, id="content type"),
    pytest.param("POST", {"content-type": "application/x-amz-json-1.1"}, 404, id="1.1"),
    pytest.param("POST", {"content-type": JSON_1_0}, 400, id="no target"),
    pytest.param(
        "POST",
        {"content-type": JSON_1_0, "x-amz-target": "DynamoDB_20120810.Nothing"},
        400,
        id="no such operation",
    ),
    pytest.param(
        "POST",
        {"content-type": JSON_1_0, "x-amz-target": "Kinesis_20131202.GetItem"},
        400,
        id="another service",
    ),
]


@pytest.mark.parametrize(("method", "headers", "status"), REFUSED_HEADS)
def test_an_unknown_operation_is_told_in_aws_form(
    tables: Tables, method: str, headers: dict, status: int
) -> None:
    answer = tables.http(b"{}", headers, method)
    assert answer.status == status
    if status == 404:
        assert answer.body == b"<UnknownOperationException/>\n"
    else:
        assert answer.json() == {
            "__type": "com.amazon.coral.service#UnknownOperationException"
        }


@pytest.mark.parametrize("body", [b"", b"hi", b"[", b"\xff", b"null", b"[]", b"1"])
def test_a_body_that_is_no_object_is_refused(tables: Tables, body: bytes) -> None:
    answer = tables.send(body, "GetItem")
    assert answer.status == 400
    assert answer.error[0] == "SerializationException"


def test_a_request_without_a_signature_is_refused(tables: Tables) -> None:
    headers = {"content-type": JSON_1_0, "x-amz-target": "DynamoDB_20120810.GetItem"}
    answer = tables.http(json.dumps(GET).encode(), headers)
    assert answer.status == 400
    assert answer.json() == {
        "__type": "com.amazon.coral.service#MissingAuthenticationTokenException",
        "message": "Request is missing Authentication Token",
    }


def test_a_changed_request_or_a_foreign_key_is_refused(tables: Tables) -> None:
    data = json.dumps(GET).encode()
    headers = tables.signed(data, "GetItem", tables.credential("all"))
    assert tables.http(data, headers).status == 200
    other = json.dumps({**GET, "TableName": "Note"}).encode()
    changed = tables.http(other, headers)
    assert (changed.status, changed.error[0]) == (400, "InvalidSignatureException")
    target = {**headers, "X-Amz-Target": "DynamoDB_20120810.DeleteItem"}
    assert tables.http(data, target).error[0] == "InvalidSignatureException"
    key = tables.credential("all").access_key_id
    unknown = headers["Authorization"].replace(key, "AKIALOCALNOBODY00000")
    foreign = tables.http(data, {**headers, "Authorization": unknown})
    assert foreign.error == (
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    )


RIGHTS = [
    ("all", "GetItem", GET, None),
    ("all", "ListTables", {}, None),
    ("nothing", "GetItem", GET, "Post"),
    ("appsync", "GetItem", GET, "Post"),
    ("reader", "GetItem", GET, None),
    ("reader", "PutItem", {"TableName": "Post", "Item": {"id": {"S": "1"}}}, "Post"),
    ("reader", "Scan", {"TableName": "Post"}, "Post"),
    ("reader", "DeleteTable", {"TableName": "Post"}, "Post"),
    (
        "reader",
        "BatchGetItem",
        {
            "RequestItems": {
                "Post": {"Keys": [{"id": {"S": "1"}}]},
                "Note": {"Keys": [{"owner": {"S": "1"}, "at": {"N": "1"}}]},
            }
        },
        "Note",
    ),
    (
        "reader",
        "Query",
        {
            "TableName": "Note",
            "IndexName": "byTitle",
            "KeyConditionExpression": "title = :t",
            "ExpressionAttributeValues": {":t": {"S": "x"}},
        },
        None,
    ),
    (
        "reader",
        "Query",
        {
            "TableName": "Note",
            "KeyConditionExpression": "#o = :t",
            "ExpressionAttributeNames": {"#o": "owner"},
            "ExpressionAttributeValues": {":t": {"S": "x"}},
        },
        "Note",
    ),
    (
        "reader",
        "Query",
        {
            "TableName": "Note",
            "IndexName": "short",
            "KeyConditionExpression": "title = :t",
            "ExpressionAttributeValues": {":t": {"S": "x"}},
        },
        "Note/index/short",
    ),
    ("writer", "PutItem", {"TableName": "Post", "Item": {"id": {"S": "1"}}}, None),
    ("writer", "ListTables", {}, "*"),
    (
        "writer",
        "TransactWriteItems",
        {
            "TransactItems": [
                {"Put": {"TableName": "Post", "Item": {"id": {"S": "1"}}}},
                {
                    "ConditionCheck": {
                        "TableName": "Note",
                        "Key": {"owner": {"S": "1"}, "at": {"N": "1"}},
                        "ConditionExpression": "attribute_not_exists(title)",
                    }
                },
            ]
        },
        None,
    ),
    ("nothing", "GetItem", {"TableName": "nobodys", "Key": {}}, "nobodys"),
]


@pytest.mark.parametrize(("role", "operation", "body", "resource"), RIGHTS)
def test_a_caller_may_do_what_the_roles_policy_says(
    tables: Tables, role: str, operation: str, body: dict, resource: str | None
) -> None:
    answer = tables.call(operation, body, role)
    if resource is None:
        assert answer.status == 200
        return
    action = f"dynamodb:{operation}"
    assert answer.status == 400
    assert answer.json() == {
        "__type": "com.amazon.coral.service#AccessDeniedException",
        "Message": f"User: {SESSION}/{role}/session is not authorized to perform: "
        f"{action} on resource: {TABLE}/{resource} because no identity-based policy "
        f"allows the {action} action",
    }
    assert f"no policy of role '{role}' allows {action}" in tables.log[-1]


DENIED = [
    ("DeleteItem", GET),
    ("TransactWriteItems", {"TransactItems": [{"Delete": GET}]}),
]


@pytest.mark.parametrize(("operation", "body"), DENIED)
def test_a_deny_wins_in_a_transaction_as_well(
    tables: Tables, operation: str, body: dict
) -> None:
    assert tables.call(operation, body, "writer").error == (
        "AccessDeniedException",
        (
            f"User: {SESSION}/writer/session is not authorized to perform: "
            f"dynamodb:DeleteItem on resource: {TABLE}/Post with an explicit deny in "
            "an "
            "identity-based policy"
        ),
    )


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_no_operation_is_open_to_a_role_without_a_policy(
    tables: Tables, operation: str
) -> None:
    item = {"id": {"S": "1"}}
    body = {
        "TableName": "Post",
        "Key": item,
        "Item": item,
        "ResourceArn": f"{TABLE}/Post",
        "Tags": [],
        "TagKeys": [],
        "RequestItems": {"Post": {"Keys": [item]}},
        "TransactItems": [{"Get": GET, "Put": {"TableName": "Post", "Item": item}}],
        "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "x"},
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    }
    if operation == "BatchWriteItem":
        body["RequestItems"] = {"Post": [{"PutRequest": {"Item": item}}]}
    answer = tables.call(operation, body, "nothing")
    assert answer.error[0] == "AccessDeniedException"
    assert [table.name for table in tables.store.tables()] == ["A", "Note", "Post"]


def test_writes_behind_appsyncs_back_are_told_once(tables: Tables) -> None:
    for number in "12":
        tables.ask("PutItem", {"TableName": "Post", "Item": {"id": {"S": number}}})
    (line,) = tables.log
    assert "behind AppSync's back" in line


def test_a_body_may_be_longer_than_graphqls(tables: Tables) -> None:
    writes = [
        {"PutRequest": {"Item": {"id": {"S": f"{n}"}, "a": {"S": "x" * 300_000}}}}
        for n in range(25)
    ]
    tables.ask("BatchWriteItem", {"RequestItems": {"Post": writes}})
    assert tables.call("Scan", {"TableName": "Post"}).json()["ScannedCount"] == 4
    assert tables.http(b" " * (16 * 1024 * 1024 + 1), {}).status == 413


def test_several_at_once_are_all_answered(tables: Tables) -> None:
    body = json.dumps({"TableName": "Post"}).encode()
    headers = tables.signed(body, "Scan", tables.credential("all"))

    async def both() -> list[int]:
        asked = (tables.answer(body, headers) for _ in range(8))
        return [answer.status for answer in await asyncio.gather(*asked)]

    assert asyncio.run(both()) == [200] * 8
