"""``CreateTable``: a table beside those of the schema, there at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.dynamodb.answers import failed
from amplikit.emulator.dynamodb.defining import (
    DEFINITIONS,
    INDEX_MEMBERS,
    KEY_SCHEMA,
    THROUGHPUT,
    table_of,
)
from amplikit.emulator.dynamodb.describing import table_document
from amplikit.emulator.dynamodb.members import NAME_PATTERN
from amplikit.emulator.dynamodb.operation import Operation, on_table
from amplikit.emulator.dynamodb.shapes import (
    ListOf,
    Member,
    Structure,
    Text,
)
from amplikit.emulator.dynamodb.table_names import named_table
from amplikit.emulator.dynamodb.tagging import TAGS, tags_of
from amplikit.store.interface import Refused, TableDescription

if TYPE_CHECKING:
    from amplikit.emulator.dynamodb.operation import Answer, Call

__all__ = ["OPERATION"]

_SHAPE = Structure(
    "CreateTableInput",
    (
        DEFINITIONS,
        Member("TableName", Text(pattern=NAME_PATTERN)),
        Member("BillingMode", Text(("PROVISIONED", "PAY_PER_REQUEST"))),
        THROUGHPUT,
        KEY_SCHEMA,
        Member(
            "LocalSecondaryIndexes",
            ListOf(Structure("LocalSecondaryIndex", INDEX_MEMBERS)),
        ),
        Member(
            "GlobalSecondaryIndexes",
            ListOf(Structure("GlobalSecondaryIndex", (*INDEX_MEMBERS, THROUGHPUT))),
        ),
        TAGS,
    ),
)


def _run(call: Call) -> Answer:
    table = table_of(call.parameters)
    refused = call.store.create_table(table)
    if isinstance(refused, Refused):
        return failed(refused)
    call.tags.created(table.name, call.now)
    call.tags.of(table.name).update(tags_of(call.parameters))
    created = TableDescription(table, 0, 0)
    return {"TableDescription": table_document(call, created, "CREATING")}


OPERATION = Operation(
    "CreateTable",
    _SHAPE,
    on_table("CreateTable"),
    _run,
    writes=True,
    check=named_table,
)
