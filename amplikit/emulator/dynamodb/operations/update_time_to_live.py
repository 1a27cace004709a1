"""``UpdateTimeToLive``.

Source of the texts: DynamoDB Local.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.emulator.dynamodb.answers import failed, found_table, table_not_found
from amplikit.emulator.dynamodb.operation import Operation, on_table
from amplikit.emulator.dynamodb.shapes import Flag, Member, Structure, Text
from amplikit.emulator.dynamodb.table_names import NAMED_TABLE, named_table
from amplikit.store.interface import Refused
from amplikit.store.refusals import Invalid

if TYPE_CHECKING:
    from amplikit.emulator.dynamodb.operation import Answer, Call

__all__ = ["OPERATION"]

_SHAPE = Structure(
    "UpdateTimeToLiveInput",
    (
        NAMED_TABLE,
        Member(
            "TimeToLiveSpecification",
            Structure(
                "TimeToLiveSpecification",
                (
                    Member("Enabled", Flag(), required=True),
                    Member(
                        "AttributeName", Text(shortest=1, longest=255), required=True
                    ),
                ),
                is_member=True,
            ),
            required=True,
        ),
    ),
)


def _run(call: Call) -> Answer:
    name = call.parameters.required("TableName")
    wanted = call.parameters.structure("TimeToLiveSpecification")
    if wanted is None:
        raise AssertionError("a required structure is missing")
    table = found_table(call, name)
    if table is None:
        return table_not_found(name)
    attribute, enabled = wanted.required("AttributeName"), wanted.flag("Enabled")
    if enabled and table.ttl == attribute:
        raise Invalid("TimeToLive is already enabled")
    if not enabled and table.ttl is None:
        raise Invalid("TimeToLive is already disabled")
    if table.ttl not in (None, attribute):
        raise Invalid(
            "TimeToLive is active on a different AttributeName: current AttributeName "
            f"is {table.ttl}"
        )
    ttl = attribute if enabled else None
    refused = call.store.update_table(replace(table, ttl=ttl))
    if isinstance(refused, Refused):
        return failed(refused)
    return {
        "TimeToLiveSpecification": {
            "Enabled": enabled is True,
            "AttributeName": attribute,
        }
    }


OPERATION = Operation(
    "UpdateTimeToLive",
    _SHAPE,
    on_table("UpdateTimeToLive"),
    _run,
    writes=True,
    check=named_table,
)
