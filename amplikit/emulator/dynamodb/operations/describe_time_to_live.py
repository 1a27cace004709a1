"""``DescribeTimeToLive``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.dynamodb.answers import found_table, table_not_found
from amplikit.emulator.dynamodb.operation import Operation, on_table
from amplikit.emulator.dynamodb.shapes import Structure
from amplikit.emulator.dynamodb.table_names import NAMED_TABLE, named_table

if TYPE_CHECKING:
    from amplikit.emulator.dynamodb.operation import Answer, Call

__all__ = ["OPERATION"]


def _run(call: Call) -> Answer:
    name = call.parameters.required("TableName")
    table = found_table(call, name)
    if table is None:
        return table_not_found(name)
    status = {"TimeToLiveStatus": "DISABLED" if table.ttl is None else "ENABLED"}
    if table.ttl is not None:
        status["AttributeName"] = table.ttl
    return {"TimeToLiveDescription": status}


OPERATION = Operation(
    "DescribeTimeToLive",
    Structure("DescribeTimeToLiveInput", (NAMED_TABLE,)),
    on_table("DescribeTimeToLive"),
    _run,
    check=named_table,
)
