"""``TableDescription``: a table in the words of the wire."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amplikit.blueprint.resources import Attribute, Table, TableIndex
    from amplikit.emulator.dynamodb.operation import Call
    from amplikit.store.interface import TableDescription

__all__ = ["table_document"]

_NO_THROUGHPUT = {
    "NumberOfDecreasesToday": 0,
    "ReadCapacityUnits": 0,
    "WriteCapacityUnits": 0,
}


def table_document(
    call: Call, description: TableDescription, status: str = "ACTIVE"
) -> dict[str, object]:
    """Return the description; every table here is charged per request."""
    table = description.table
    arn = call.account.table(table.name)
    document: dict[str, object] = {
        "AttributeDefinitions": _definitions(table),
        "TableName": table.name,
        "KeySchema": _key_schema(table),
        "TableStatus": status,
        "CreationDateTime": call.tags.created_at(table.name),
        "ProvisionedThroughput": _NO_THROUGHPUT,
        "TableSizeBytes": description.size_bytes,
        "ItemCount": description.item_count,
        "TableArn": arn,
        "TableId": str(uuid.uuid5(uuid.NAMESPACE_URL, arn)),
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "DeletionProtectionEnabled": False,
    }
    for name, local in (
        ("LocalSecondaryIndexes", True),
        ("GlobalSecondaryIndexes", False),
    ):
        indexes = [
            _index(call, table, index, status)
            for index in table.indexes
            if index.local is local
        ]
        if indexes:
            document[name] = indexes
    return document


def _index(
    call: Call, table: Table, index: TableIndex, status: str
) -> dict[str, object]:
    projection: dict[str, object] = {"ProjectionType": index.projection}
    if index.include:
        projection["NonKeyAttributes"] = list(index.include)
    document: dict[str, object] = {
        "IndexName": index.name,
        "KeySchema": _key_schema(index),
        "Projection": projection,
        "IndexSizeBytes": 0,
        "ItemCount": 0,
        "IndexArn": call.account.index(table.name, index.name),
    }
    if not index.local:
        document["IndexStatus"] = status
        document["ProvisionedThroughput"] = _NO_THROUGHPUT
    return document


def _definitions(table: Table) -> list[dict[str, str]]:
    found: dict[str, Attribute] = {}
    everything: tuple[Table | TableIndex, ...] = (table, *table.indexes)
    for keyed in everything:
        for each in (keyed.partition_key, keyed.sort_key):
            if each:
                found[each.name] = each
    return [
        {"AttributeName": each.name, "AttributeType": each.type.value}
        for each in found.values()
    ]


def _key_schema(keyed: Table | TableIndex) -> list[dict[str, str]]:
    schema = [{"AttributeName": keyed.partition_key.name, "KeyType": "HASH"}]
    if keyed.sort_key:
        schema.append({"AttributeName": keyed.sort_key.name, "KeyType": "RANGE"})
    return schema
