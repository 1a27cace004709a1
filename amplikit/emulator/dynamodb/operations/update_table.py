"""``UpdateTable``: global indexes come and go, everything else stays as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.emulator.dynamodb import words
from amplikit.emulator.dynamodb.answers import failed, found_table, table_not_found
from amplikit.emulator.dynamodb.defining import (
    DEFINITIONS,
    INDEX_MEMBERS,
    THROUGHPUT,
    attribute_types,
    global_index,
)
from amplikit.emulator.dynamodb.describing import table_document
from amplikit.emulator.dynamodb.operation import Operation, on_table
from amplikit.emulator.dynamodb.shapes import ListOf, Member, Structure, Text
from amplikit.emulator.dynamodb.table_names import NAMED_TABLE, named_table
from amplikit.store import refusals
from amplikit.store.interface import Refused
from amplikit.store.refusals import Invalid

if TYPE_CHECKING:
    from amplikit.blueprint.resources import Table
    from amplikit.emulator.dynamodb.operation import Answer, Call
    from amplikit.emulator.dynamodb.parameters import Parameters

__all__ = ["OPERATION"]

_INDEX_NAME = INDEX_MEMBERS[0]
_ACTIONS = ("Update", "Create", "Delete")
_SHAPE = Structure(
    "UpdateTableInput",
    (
        NAMED_TABLE,
        THROUGHPUT,
        Member("BillingMode", Text(("PROVISIONED", "PAY_PER_REQUEST"))),
        replace(DEFINITIONS, required=False),
        Member(
            "GlobalSecondaryIndexUpdates",
            ListOf(
                Structure(
                    "GlobalSecondaryIndexUpdate",
                    (
                        Member(
                            "Update",
                            Structure(
                                "UpdateGlobalSecondaryIndexAction",
                                (_INDEX_NAME, replace(THROUGHPUT, required=True)),
                                is_member=True,
                            ),
                        ),
                        Member(
                            "Create",
                            Structure(
                                "CreateGlobalSecondaryIndexAction",
                                (*INDEX_MEMBERS, THROUGHPUT),
                                is_member=True,
                            ),
                        ),
                        Member(
                            "Delete",
                            Structure(
                                "DeleteGlobalSecondaryIndexAction",
                                (_INDEX_NAME,),
                                is_member=True,
                            ),
                        ),
                    ),
                )
            ),
        ),
    ),
)


def _run(call: Call) -> Answer:
    parameters = call.parameters
    updates = parameters.structures("GlobalSecondaryIndexUpdates")
    if not updates and not {"ProvisionedThroughput", "BillingMode"} & {
        *parameters.members()
    }:
        raise Invalid(
            "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
            "GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is "
            "required"
        )
    _check_updates(updates)
    name = parameters.required("TableName")
    table = found_table(call, name)
    if table is None:
        return table_not_found(name)
    changed = _changed(table, parameters, updates)
    refused = call.store.update_table(changed) if changed != table else None
    if isinstance(refused, Refused):
        return failed(refused)
    described = call.store.describe(name)
    if isinstance(described, Refused):
        return failed(described)
    return {"TableDescription": table_document(call, described, "UPDATING")}


def _check_updates(updates: list[Parameters]) -> None:
    names = set()
    for each in updates:
        actions = [action for name in _ACTIONS if (action := each.structure(name))]
        if not actions:
            raise Invalid(
                f"{words.INVALID_VALUES}One of GlobalSecondaryIndexUpdate.Update, "
                "GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete "
                "must not be null"
            )
        name = actions[0].required("IndexName")
        if name in names:
            raise Invalid(
                f"{words.INVALID_VALUES}Only one global secondary index update per "
                f"index is allowed simultaneously. Index: {name}"
            )
        names.add(name)


def _changed(table: Table, parameters: Parameters, updates: list[Parameters]) -> Table:
    types = attribute_types(parameters)
    keys = (table.partition_key, table.sort_key)
    types |= {each.name: each.type for each in keys if each}
    indexes = {index.name: index for index in table.indexes}
    for each in updates:
        create, delete = each.structure("Create"), each.structure("Delete")
        update = each.structure("Update")
        if create:
            name = create.required("IndexName")
            if name in indexes:
                raise Invalid(
                    f"Attempting to create an index which already exists: {name}"
                )
            indexes[name] = global_index(create, types, set())
        elif delete or update:
            name = (delete or update or each).required("IndexName")
            found = indexes.get(name)
            if found is None or found.local:
                raise refusals.unknown_global_index(name)
            if delete:
                del indexes[name]
    return replace(table, indexes=tuple(indexes.values()))


OPERATION = Operation(
    "UpdateTable",
    _SHAPE,
    on_table("UpdateTable"),
    _run,
    is_quick=False,
    writes=True,
    check=named_table,
)
