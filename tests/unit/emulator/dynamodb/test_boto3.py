"""boto3 as it is: client, resource, paginators and waiters at ``dynamodb_url``."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import boto3
import pytest
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

from amplikit.emulator.ready import Endpoints, ready_document
from amplikit.emulator.server import running
from amplikit.emulator.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Tables
    from mypy_boto3_dynamodb import DynamoDBClient, DynamoDBServiceResource

TABLE = {
    "TableName": "Made",
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [
        {"AttributeName": "id", "KeyType": "HASH"},
        {"AttributeName": "n", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "n", "AttributeType": "N"},
    ],
    "Tags": [{"Key": "team", "Value": "a"}],
}
INDEX = {
    "IndexName": "byDay",
    "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
}


@pytest.fixture
def session(tables: Tables) -> boto3.Session:
    credential = tables.credential("all")
    return boto3.Session(
        credential.access_key_id,
        credential.secret_key,
        credential.session_token,
        region_name="us-east-1",
    )


@pytest.fixture
def url(tables: Tables) -> Iterator[str]:
    with running(tables.runtime) as endpoints:
        yield endpoints.dynamodb


@pytest.fixture
def client(session: boto3.Session, url: str) -> Iterator[DynamoDBClient]:
    made = session.client("dynamodb", endpoint_url=url)
    yield made
    made.close()


@pytest.fixture
def resource(session: boto3.Session, url: str) -> Iterator[DynamoDBServiceResource]:
    made = session.resource("dynamodb", endpoint_url=url)
    yield made
    made.meta.client.close()


def test_the_ready_file_tells_where_the_tables_are(tables: Tables) -> None:
    service = Service(tables.runtime, "http://127.0.0.1:1")
    document = ready_document(service, Endpoints("http://127.0.0.1:1"))
    service.stop()
    assert document["dynamodb_url"] == "http://127.0.0.1:1/dynamodb/"


def test_the_resource_reads_what_it_writes(resource: DynamoDBServiceResource) -> None:
    table = resource.Table("Note")
    item = {
        "owner": "ann",
        "at": Decimal("1.5"),
        "tags": {"a", "b"},
        "raw": b"\0\xff",
        "nested": {"list": [None, True, {"n": Decimal(3)}]},
    }
    with table.batch_writer() as batch:
        batch.put_item(Item=item)
        for number in range(30):
            post = {"owner": "bob", "at": number, "title": "t", "text": f"{number}"}
            batch.put_item(Item=post)
    found = table.get_item(Key={"owner": "ann", "at": Decimal("1.5")})["Item"]
    assert found["raw"].value == b"\0\xff"
    assert {**found, "raw": b"\0\xff"} == item
    page = table.query(
        KeyConditionExpression=Key("owner").eq("bob") & Key("at").between(3, 8),
        FilterExpression=Attr("text").ne("5") & Attr("title").begins_with("t"),
        ScanIndexForward=False,
    )
    assert [int(each["at"]) for each in page["Items"]] == [8, 7, 6, 4, 3]
    assert page["ScannedCount"] == 6


def test_paginators_walk_to_the_end(client: DynamoDBClient) -> None:
    for number in range(9):
        client.put_item(TableName="Post", Item={"id": {"S": f"{number}"}})
    pages = client.get_paginator("scan").paginate(
        TableName="Post", PaginationConfig={"PageSize": 2}
    )
    assert [page["Count"] for page in pages] == [2, 2, 2, 2, 1]
    names = client.get_paginator("list_tables").paginate(
        PaginationConfig={"PageSize": 2}
    )
    assert [name for page in names for name in page["TableNames"]] == [
        *("A", "Note", "Post")
    ]


def test_a_table_is_made_changed_and_deleted(client: DynamoDBClient) -> None:
    made = client.create_table(**TABLE)["TableDescription"]
    assert made["TableStatus"] == "CREATING"
    arn = made["TableArn"]
    client.get_waiter("table_exists").wait(TableName="Made")
    with pytest.raises(client.exceptions.ResourceInUseException):
        client.create_table(**TABLE)
    tags = client.list_tags_of_resource(ResourceArn=arn)["Tags"]
    assert tags == [{"Key": "team", "Value": "a"}]
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "b", "Value": ""}])
    client.untag_resource(ResourceArn=arn, TagKeys=["team", "none"])
    tags = client.list_tags_of_resource(ResourceArn=arn)["Tags"]
    assert tags == [{"Key": "b", "Value": ""}]

    item = {"id": {"S": "1"}, "n": {"N": "1"}, "day": {"S": "mon"}}
    client.put_item(TableName="Made", Item=item)
    client.update_table(
        TableName="Made",
        AttributeDefinitions=[{"AttributeName": "day", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[{"Create": INDEX}],
    )
    client.get_waiter("table_exists").wait(TableName="Made")
    (index,) = client.describe_table(TableName="Made")["Table"][
        "GlobalSecondaryIndexes"
    ]
    assert (index["IndexName"], index["IndexStatus"]) == ("byDay", "ACTIVE")
    page = client.query(
        TableName="Made",
        IndexName="byDay",
        KeyConditionExpression="#d = :d",
        ExpressionAttributeNames={"#d": "day"},
        ExpressionAttributeValues={":d": {"S": "mon"}},
    )
    assert page["Items"] == [item]
    client.update_table(
        TableName="Made",
        GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "byDay"}}],
    )
    table = client.describe_table(TableName="Made")["Table"]
    assert "GlobalSecondaryIndexes" not in table

    ttl = {"Enabled": True, "AttributeName": "ends"}
    client.update_time_to_live(TableName="Made", TimeToLiveSpecification=ttl)
    found = client.describe_time_to_live(TableName="Made")["TimeToLiveDescription"]
    assert found == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ends"}

    client.delete_table(TableName="Made")
    client.get_waiter("table_not_exists").wait(TableName="Made")
    with pytest.raises(client.exceptions.ResourceNotFoundException) as gone:
        client.delete_table(TableName="Made")
    assert gone.value.response["Error"]["Message"] == (
        "Requested resource not found: Table: Made not found"
    )


def test_a_table_of_the_schema_stays(client: DynamoDBClient) -> None:
    with pytest.raises(ClientError) as refused:
        client.delete_table(TableName="Post")
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert client.describe_table(TableName="Post")["Table"]["TableStatus"] == "ACTIVE"


def test_errors_are_boto3s_own(client: DynamoDBClient) -> None:
    client.put_item(TableName="Post", Item={"id": {"S": "1"}, "n": {"N": "1"}})
    with pytest.raises(client.exceptions.ConditionalCheckFailedException) as failed:
        client.put_item(
            TableName="Post",
            Item={"id": {"S": "1"}},
            ConditionExpression="attribute_not_exists(id)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert failed.value.response["Item"] == {"id": {"S": "1"}, "n": {"N": "1"}}
    with pytest.raises(client.exceptions.TransactionCanceledException) as canceled:
        client.transact_write_items(
            TransactItems=[
                {
                    "ConditionCheck": {
                        "TableName": "Post",
                        "Key": {"id": {"S": "1"}},
                        "ConditionExpression": "attribute_not_exists(id)",
                    }
                }
            ]
        )
    (reason,) = canceled.value.response["CancellationReasons"]
    assert reason["Code"] == "ConditionalCheckFailed"


def test_the_account_is_described(client: DynamoDBClient, url: str) -> None:
    assert client.describe_limits()["TableMaxReadCapacityUnits"] == 40_000
    (endpoint,) = client.describe_endpoints()["Endpoints"]
    assert f"http://{endpoint['Address']}" == url
