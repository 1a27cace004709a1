"""The store over any DynamoDB: the same requests, told in its own expressions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeVar

from amplikit.errors import Problem, ToolkitError
from amplikit.store import refusals
from amplikit.store.applying import compile_update
from amplikit.store.interface import (
    CheckRequest,
    ConditionFailed,
    DeleteRequest,
    GetRequest,
    Page,
    PutRequest,
    QueryRequest,
    Reason,
    Refused,
    TableDescription,
    TransactionCanceled,
    UpdateRequest,
    Written,
)
from amplikit.store.refusals import Invalid
from amplikit.store.remote_batches import batch_get, batch_write
from amplikit.store.remote_service import RemoteError
from amplikit.store.remote_tables import (
    create_table,
    delete_table,
    describe_table,
    table_names,
    update_table,
)
from amplikit.store.remote_values import items_of, maybe_item, typed
from amplikit.store.rendering import Rendering
from amplikit.store.values import canonical_item

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from amplikit.blueprint.resources import Table
    from amplikit.store.conditions import Condition
    from amplikit.store.interface import (
        Item,
        ScanRequest,
        TransactionItem,
        Unprocessed,
    )
    from amplikit.store.remote_service import RemoteService

__all__ = ["RemoteStore"]

_T = TypeVar("_T")
_READ_UNIT_BYTES: Final = 4096
_CODES: Final = {
    "None": Reason("None"),
    "ConditionalCheckFailed": Reason("ConditionalCheckFailed"),
    "ItemCollectionSizeLimitExceeded": Reason("ItemCollectionSizeLimitExceeded"),
    "TransactionConflict": Reason("TransactionConflict"),
    "ValidationError": Reason("ValidationError"),
}


class RemoteStore:
    """A ``Store`` whose tables are somebody else's.

    Reads of tables and local indexes are consistent, those of global indexes are what
    they are. ``tables`` are the schema's: they can be changed, but not deleted. What
    cannot be asked is refused as ``SdkClientException``, the Java SDK's word for it.
    """

    def __init__(self, service: RemoteService, tables: tuple[Table, ...]) -> None:
        self._service = service
        self._own = frozenset(table.name for table in tables)
        self._known = {table.name: table for table in tables}

    def get(self, request: GetRequest) -> Item | Refused | None:
        """Return the item, or None."""
        return _answer(lambda: self._get(request))

    def put(self, request: PutRequest) -> Written | ConditionFailed | Refused:
        """Return the item that was there, and the one that is."""

        def write() -> Written:
            new = canonical_item(request.item).item
            body: dict[str, object] = {"Item": typed(new)}
            old = self._write("PutItem", request.table, body, request.condition)
            return Written(old, new)

        return _written(write)

    def update(self, request: UpdateRequest) -> Written | ConditionFailed | Refused:
        """Return the item before and after the update.

        DynamoDB tells one of them: the other is worked out here.
        """

        def write() -> Written:
            update = compile_update(request.update)
            rendering = Rendering()
            body: dict[str, object] = {"Key": typed(request.key)}
            text = rendering.update(request.update)
            if text:
                body["UpdateExpression"] = text
            old = self._write(
                "UpdateItem", request.table, body, request.condition, rendering
            )
            before = canonical_item(request.key).item if old is None else old
            return Written(old, canonical_item(update.applied(before)).item)

        return _written(write)

    def delete(self, request: DeleteRequest) -> Written | ConditionFailed | Refused:
        """Return the item that was there."""

        def write() -> Written:
            body: dict[str, object] = {"Key": typed(request.key)}
            old = self._write("DeleteItem", request.table, body, request.condition)
            return Written(old, None)

        return _written(write)

    def query(self, request: QueryRequest) -> Page | Refused:
        """Return one page of a partition."""
        return _answer(lambda: self._query(request))

    def scan(self, request: ScanRequest) -> Page | Refused:
        """Return one page of the table."""

        def read() -> Page:
            body: dict[str, object] = {}
            if request.segments > 1:
                body["Segment"] = request.segment
                body["TotalSegments"] = request.segments
            return self._page("Scan", request, body, Rendering())

        return _answer(read)

    def batch_get(
        self, requests: tuple[GetRequest, ...]
    ) -> tuple[Item | Unprocessed | None, ...] | Refused:
        """Return an item for each request; at most 100 requests and 16 MB."""
        return _answer(lambda: batch_get(self._service, self._table, requests))

    def batch_write(
        self, requests: tuple[PutRequest | DeleteRequest, ...]
    ) -> Unprocessed | Refused:
        """Put and delete up to 25 items, each for itself, without conditions."""
        return _answer(lambda: batch_write(self._service, self._table, requests))

    def transact_get(
        self, requests: tuple[GetRequest, ...]
    ) -> tuple[Item | None, ...] | TransactionCanceled | Refused:
        """Return an item for each request, all of one moment; at most 100."""

        def read() -> tuple[Item | None, ...]:
            gets = [{"Get": _get_body(request)} for request in requests]
            answer = self._service.call("TransactGetItems", {"TransactItems": gets})
            responses = answer.get("Responses")
            found = responses if isinstance(responses, list) else []
            return tuple(maybe_item(each.get("Item")) for each in found)

        return _canceled(lambda: _answer(read))

    def transact_write(
        self, items: tuple[TransactionItem, ...], token: str | None = None
    ) -> TransactionCanceled | Refused | None:
        """Do all or nothing; at most 100 items."""

        def write() -> None:
            request: dict[str, object] = {
                "TransactItems": [_transaction_item(each) for each in items]
            }
            if token is not None:
                request["ClientRequestToken"] = token
            self._service.call("TransactWriteItems", request)

        return _canceled(lambda: _answer(write))

    def tables(self) -> tuple[Table, ...]:
        """Return all tables, in the order of their names.

        Raises ``ToolkitError`` when DynamoDB cannot be asked.
        """
        try:
            names = sorted(table_names(self._service), key=str.encode)
            return tuple(self._table(name) for name in names)
        except RemoteError as error:
            raise ToolkitError(
                Problem(
                    "store-unreachable",
                    f"DynamoDB does not tell its tables: {error}.",
                    "Start what serves them, or correct --store and the credentials.",
                )
            ) from error

    def describe(self, name: str) -> TableDescription | Refused:
        """Return a table with its size, which DynamoDB counts every few hours."""

        def read() -> TableDescription:
            table, described = describe_table(self._service, name)
            self._known[name] = table
            return TableDescription(
                table,
                _number(described.get("ItemCount")),
                _number(described.get("TableSizeBytes")),
            )

        return _answer(read)

    def create_table(self, table: Table) -> Refused | None:
        """Create an empty table beside those of the schema."""
        return _answer(lambda: create_table(self._service, table))

    def update_table(self, table: Table) -> Refused | None:
        """Give a table other global indexes, filled at once, or another ``ttl``."""

        def change() -> None:
            old, _ = describe_table(self._service, table.name)
            self._known.pop(table.name, None)
            lost = any(table.index(index.name) is None for index in old.indexes)
            if lost and table.name in self._own:
                raise refusals.table_of_schema(table.name)
            update_table(self._service, old, table)

        return _answer(change)

    def delete_table(self, name: str) -> Refused | None:
        """Delete a table and its items; one of the schema is refused."""

        def delete() -> None:
            if name in self._own:
                raise refusals.table_of_schema(name)
            self._known.pop(name, None)
            delete_table(self._service, name)

        return _answer(delete)

    def rehearsal(self) -> AbstractContextManager[None]:
        """Refuse: what DynamoDB has done cannot be undone. Raises ``ToolkitError``."""
        raise ToolkitError(
            Problem(
                "store-cannot-rehearse",
                "A rehearsal undoes what it writes, which a remote DynamoDB cannot.",
                "Rehearse on the store in the data folder: leave --store out.",
            )
        )

    def close(self) -> None:
        """Release the connections."""
        self._service.close()

    def _get(self, request: GetRequest) -> Item | None:
        body = {**_get_body(request), "ConsistentRead": True}
        return maybe_item(self._service.call("GetItem", body).get("Item"))

    def _write(
        self,
        operation: str,
        table: str,
        body: dict[str, object],
        condition: Condition | None,
        rendering: Rendering | None = None,
    ) -> Item | None:
        """Return the item that was there."""
        rendering = rendering or Rendering()
        if condition is not None:
            body["ConditionExpression"] = rendering.condition(condition)
        answer = self._service.call(
            operation,
            {
                **body,
                **rendering.parameters(),
                "TableName": table,
                "ReturnValues": "ALL_OLD",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            },
        )
        return maybe_item(answer.get("Attributes"))

    def _query(self, request: QueryRequest) -> Page:
        table = self._table(request.table)
        index = None if request.index is None else table.index(request.index)
        if request.index is not None and index is None:
            raise refusals.unknown_index(request.index)
        keyed = index or table
        rendering = Rendering()
        sort = None
        if request.sort is not None:
            if keyed.sort_key is None:
                raise Invalid(refusals.KEY_CONDITION_UNSUPPORTED)
            sort = keyed.sort_key.name, request.sort
        partition = keyed.partition_key.name, request.partition
        body: dict[str, object] = {
            "KeyConditionExpression": rendering.key_condition(partition, sort),
            "ScanIndexForward": request.forward,
        }
        return self._page("Query", request, body, rendering)

    def _page(
        self,
        operation: str,
        request: QueryRequest | ScanRequest,
        body: dict[str, object],
        rendering: Rendering,
    ) -> Page:
        body["TableName"] = request.table
        consistent = True
        if request.index is not None:
            body["IndexName"] = request.index
            index = self._table(request.table).index(request.index)
            consistent = index is not None and index.local
        if request.filter is not None:
            body["FilterExpression"] = rendering.condition(request.filter)
        if request.projection is not None:
            body["ProjectionExpression"] = rendering.projection(request.projection)
        elif request.whole_items:
            body["Select"] = "ALL_ATTRIBUTES"
        if request.limit is not None:
            body["Limit"] = request.limit
        if request.start is not None:
            body["ExclusiveStartKey"] = typed(request.start)
        if consistent:
            body["ConsistentRead"] = True
        body["ReturnConsumedCapacity"] = "TOTAL"
        answer = self._service.call(operation, {**body, **rendering.parameters()})
        return Page(
            items_of(answer.get("Items")),
            _number(answer.get("ScannedCount")),
            maybe_item(answer.get("LastEvaluatedKey")),
            _size(answer.get("ConsumedCapacity"), consistent=consistent),
        )

    def _table(self, name: str) -> Table:
        """Return what is known of a table, asking for it the first time."""
        known = self._known.get(name)
        if known is None:
            known, _ = describe_table(self._service, name)
            self._known[name] = known
        return known


def _answer(ask: Callable[[], _T]) -> _T | Refused:
    try:
        return ask()
    except Invalid as invalid:
        return invalid.refused
    except RemoteError as error:
        if error.type == _CANCELED:
            raise
        return Refused(error.type, error.message)


def _written(write: Callable[[], Written]) -> Written | ConditionFailed | Refused:
    try:
        return write()
    except Invalid as invalid:
        return invalid.refused
    except RemoteError as error:
        if error.type == _CONDITION_FAILED:
            return ConditionFailed(maybe_item(error.response.get("Item")))
        return Refused(error.type, error.message)


def _canceled(ask: Callable[[], _T]) -> _T | TransactionCanceled:
    try:
        return ask()
    except RemoteError as error:
        given = error.response.get("CancellationReasons")
        reasons = given if isinstance(given, list) else []
        return TransactionCanceled(tuple(map(_reason, reasons)))


_CANCELED: Final = "TransactionCanceledException"
_CONDITION_FAILED: Final = "ConditionalCheckFailedException"


def _reason(given: object) -> Reason:
    told = given if isinstance(given, Mapping) else {}
    # Any other code says that the item was too busy, as a conflict does.
    known = _CODES.get(str(told.get("Code")), _CODES["TransactionConflict"])
    message = told.get("Message")
    text = message if isinstance(message, str) else None
    return Reason(known.code, text, maybe_item(told.get("Item")))


def _get_body(request: GetRequest) -> dict[str, object]:
    rendering = Rendering()
    body: dict[str, object] = {"TableName": request.table, "Key": typed(request.key)}
    if request.projection is not None:
        body["ProjectionExpression"] = rendering.projection(request.projection)
    return {**body, **rendering.parameters()}


def _transaction_item(each: TransactionItem) -> dict[str, object]:
    rendering = Rendering()
    body: dict[str, object] = {
        "TableName": each.table,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    match each:
        case PutRequest(item=item):
            name = "Put"
            body["Item"] = typed(canonical_item(item).item)
        case UpdateRequest(update=update):
            name = "Update"
            text = rendering.update(update)
            if text:
                body["UpdateExpression"] = text
        case DeleteRequest():
            name = "Delete"
        case CheckRequest():
            name = "ConditionCheck"
    if not isinstance(each, PutRequest):
        body["Key"] = typed(each.key)
    if each.condition is not None:
        body["ConditionExpression"] = rendering.condition(each.condition)
    return {name: {**body, **rendering.parameters()}}


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _size(consumed: object, *, consistent: bool) -> int:
    """Return about how many bytes were read, from what reading them cost."""
    units = consumed.get("CapacityUnits") if isinstance(consumed, Mapping) else None
    if not isinstance(units, (int, float)):
        return 0
    return int(units * _READ_UNIT_BYTES * (1 if consistent else 2))
