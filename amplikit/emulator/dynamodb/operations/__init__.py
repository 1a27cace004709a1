"""The operations that are served, one per file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amplikit.emulator.dynamodb.operations import (
    batch_get_item,
    batch_write_item,
    create_table,
    delete_item,
    delete_table,
    describe_endpoints,
    describe_limits,
    describe_table,
    describe_time_to_live,
    get_item,
    list_tables,
    list_tags_of_resource,
    put_item,
    query,
    scan,
    tag_resource,
    transact_get_items,
    transact_write_items,
    untag_resource,
    update_item,
    update_table,
    update_time_to_live,
)

if TYPE_CHECKING:
    from amplikit.emulator.dynamodb.operation import Operation

__all__ = ["OPERATIONS"]

OPERATIONS: Final[dict[str, Operation]] = {
    module.OPERATION.name: module.OPERATION
    for module in (
        batch_get_item,
        batch_write_item,
        create_table,
        delete_item,
        delete_table,
        describe_endpoints,
        describe_limits,
        describe_table,
        describe_time_to_live,
        get_item,
        list_tables,
        list_tags_of_resource,
        put_item,
        query,
        scan,
        tag_resource,
        transact_get_items,
        transact_write_items,
        untag_resource,
        update_item,
        update_table,
        update_time_to_live,
    )
}
