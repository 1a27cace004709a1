"""``DeleteTable``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.dynamodb.answers import failed, table_not_found
from amplikit.emulator.dynamodb.describing import table_document
from amplikit.emulator.dynamodb.operation import Operation, on_table
from amplikit.emulator.dynamodb.shapes import Structure
from amplikit.emulator.dynamodb.table_names import NAMED_TABLE, named_table
from amplikit.store.interface import Refused

if TYPE_CHECKING:
    from amplikit.emulator.dynamodb.operation import Answer, Call

__all__ = ["OPERATION"]


def _run(call: Call) -> Answer:
    name = call.parameters.required("TableName")
    described = call.store.describe(name)
    if isinstance(described, Refused):
        return table_not_found(name)
    refused = call.store.delete_table(name)
    if isinstance(refused, Refused):
        return failed(refused)
    document = table_document(call, described, "DELETING")
    call.tags.forget(name)
    return {"TableDescription": document}


OPERATION = Operation(
    "DeleteTable",
    Structure("DeleteTableInput", (NAMED_TABLE,)),
    on_table("DeleteTable"),
    _run,
    is_quick=False,
    writes=True,
    check=named_table,
)
