"""Writes of a data source that detects conflicts.

A write names the version that it was made of. When the item has another one by now,
the conflict handler decides; the write that follows is guarded by the version it saw,
and begins again if that has changed, too.
Source: AppSync developer guide, "Conflict detection and resolution in AWS AppSync".
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar, assert_never

from amplikit.blueprint.conflicts import Resolution
from amplikit.blueprint.operations import (
    AllOf,
    DeleteItem,
    Pending,
    PutItem,
    UpdateItem,
)
from amplikit.emulator import wire
from amplikit.emulator.calls import FieldError, Resolved
from amplikit.emulator.datasources.failures import (
    NULL_FOR_REQUIRED,
    VALIDATION,
    condition_failed,
    refused,
)
from amplikit.emulator.datasources.predicates import auth_condition, to_store
from amplikit.emulator.datasources.results import raw_value
from amplikit.emulator.datasources.versions import (
    METADATA,
    VERSION,
    change_record,
    changed,
    deleted,
    merged,
    version_of,
)
from amplikit.emulator.datasources.writes import TYPENAME, key_of, note_written
from amplikit.emulator.rules.verdict import explain_failed_condition
from amplikit.emulator.shown_identity import shown_identity
from amplikit.store.conditions import AttributeExists, Comparison, Given, Path
from amplikit.store.evaluate import compile_condition
from amplikit.store.interface import (
    GetRequest,
    PutRequest,
    Refused,
    TransactionCanceled,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from amplikit.blueprint.conflicts import ConflictHandler
    from amplikit.blueprint.operations import Predicate, Synced
    from amplikit.blueprint.resources import Blueprint
    from amplikit.emulator.datasources.remote import Outside
    from amplikit.emulator.run import Run
    from amplikit.store.conditions import Condition
    from amplikit.store.interface import AttributeValue, Item, Store

__all__ = ["CHANGE_LOG", "VersionedWriter"]

CHANGE_LOG: Final = "DataStore"
_CONDITION: Final = "ConditionExpression"
_TRIES: Final = 5

_Result = TypeVar("_Result")
_Asked = Callable[[], "Awaitable[Resolved | FieldError]"]
_Steps = Generator[_Asked, "Resolved | FieldError", _Result]
"""What may have to ask a conflict handler, and goes on with its answer."""
_Write = PutItem | UpdateItem | DeleteItem


@dataclass(frozen=True, slots=True)
class _Conflict:
    """A write that was made of another version than ``current``'s."""

    synced: Synced
    current: Item
    changes: Item
    run: Run


@dataclass(frozen=True, slots=True)
class VersionedWriter:
    """Answers the write requests of synced models from a store.

    ``outside`` is None where no function may be asked. ``hidden`` are the fields, by
    type, that have a resolver of their own: no error shows them.
    """

    blueprint: Blueprint
    store: Store
    outside: Outside | None
    hidden: frozenset[tuple[str, str]]

    def write(
        self, synced: Synced, request: _Write, run: Run
    ) -> _Steps[AttributeValue | FieldError]:
        """Write an item and the record of its change, or say why not."""
        for _ in range(_TRIES):
            planned = yield from self._planned(synced, request, run)
            if planned is None or isinstance(planned, FieldError):
                return planned
            current, item = planned
            written = self._store(request.table, current, item, run)
            if isinstance(written, FieldError):
                return written
            if written:
                creates = isinstance(request, PutItem)
                if not isinstance(request, DeleteItem):
                    note_written(run, request.table, item, creates=creates)
                return item
        return FieldError(wire.MAX_CONFLICTS_MESSAGE, wire.MAX_CONFLICTS)

    def _planned(
        self, synced: Synced, request: _Write, run: Run
    ) -> _Steps[tuple[Item | None, Item] | FieldError | None]:
        """Return the item as it is, and as it is to be; None: nothing is there."""
        key = key_of(request.key, run)
        found = self.store.get(GetRequest(request.table, key))
        if isinstance(found, Refused):
            return refused(found.type, found.message, run)
        if isinstance(request, PutItem):
            if not _holds(request.condition, run, found):
                return condition_failed(run)
            return found, changed({}, _new_item(request, key, run), run.now)
        if isinstance(request, DeleteItem) and found is None:
            return None
        rules = auth_condition(run)
        if found is None or not _fits(rules, found):
            explain_failed_condition(run, found)
            return condition_failed(run)
        changes = _changes(request, key, run)
        if isinstance(changes, FieldError):
            return changes
        item: Item | FieldError
        if _named_version(run) != version_of(found):
            item = yield from self._resolved(_Conflict(synced, found, changes, run))
        elif isinstance(request, DeleteItem):
            item = deleted(found, run.now)
        else:
            item = changed(found, changes, run.now)
        if isinstance(item, FieldError):
            return item
        if not _holds(request.condition, run, found):
            explain_failed_condition(run, found)
            return condition_failed(run)
        return found, item

    def _resolved(self, conflict: _Conflict) -> _Steps[Item | FieldError]:
        handler, current = conflict.synced.handler, conflict.current
        deletes = isinstance(conflict.synced.request, DeleteItem)
        match handler.resolution:
            case Resolution.AUTOMERGE if not deletes:
                changes = merged(current, conflict.changes)
                return changed(current, changes, conflict.run.now)
            case Resolution.AUTOMERGE | Resolution.OPTIMISTIC_CONCURRENCY:
                return self._rejected(conflict)
            case Resolution.LAMBDA:
                return (yield from self._by_function(handler, conflict))
            case _:
                assert_never(handler.resolution)

    def _by_function(
        self, handler: ConflictHandler, conflict: _Conflict
    ) -> _Steps[Item | FieldError]:
        failed = FieldError(wire.CONFLICT_ERROR_MESSAGE, wire.CONFLICT_ERROR)
        outside, name = self.outside, handler.function
        if outside is None or name is None:
            return failed
        event = _event(conflict)
        answer = yield partial(outside.resolve_conflict, name, event)
        if isinstance(answer, FieldError) or not isinstance(answer.value, dict):
            return failed
        current, now = conflict.current, conflict.run.now
        match answer.value:
            case {"action": "REJECT"}:
                return self._rejected(conflict)
            case {"action": "REMOVE"}:
                return deleted(current, now)
            case {"action": "RESOLVE", "item": dict() as item}:
                kept = set(_key_names(self.blueprint, conflict.synced.table))
                kept |= METADATA | {TYPENAME}
                # What the handler leaves out of the item is taken away.
                changes: Item = dict.fromkeys(set(current) - kept)
                changes |= {n: v for n, v in item.items() if n not in kept}
                return changed(current, changes, now)
            case _:
                return failed

    def _rejected(self, conflict: _Conflict) -> FieldError:
        """Return the refusal with the item as it is, for the client to merge."""
        current = conflict.current
        type_name = str(current.get(TYPENAME, conflict.synced.table))
        shown = {
            name: value
            for name, value in current.items()
            if (type_name, name) not in self.hidden
        }
        return FieldError(wire.CONFLICT_REJECTED, wire.CONFLICT_UNHANDLED, shown)

    def _store(
        self, table: str, current: Item | None, item: Item, run: Run
    ) -> bool | FieldError:
        """Write the item with its record; false: it is not any more what was read."""
        key = _key_names(self.blueprint, table)
        record = change_record(table, key, item, run.now)
        done = self.store.transact_write(
            (
                PutRequest(table, item, _guard(key, current)),
                PutRequest(CHANGE_LOG, record),
            )
        )
        match done:
            case None:
                return True
            case Refused(kind, message):
                return refused(kind, message, run)
            case TransactionCanceled(reasons):
                faults = (one for one in reasons if one.code == "ValidationError")
                fault = next(faults, None)
                return fault is not None and refused(
                    VALIDATION, fault.message or "", run
                )


def _guard(key: tuple[str, ...], current: Item | None) -> Condition:
    if current is None:
        return AttributeExists(Path((key[0],)), wanted=False)
    if VERSION not in current:
        return AttributeExists(Path((VERSION,)), wanted=False)
    return Comparison(Path((VERSION,)), "=", Given(current[VERSION]))


def _key_names(blueprint: Blueprint, name: str) -> tuple[str, ...]:
    table = blueprint.table(name)
    sort = (table.sort_key.name,) if table.sort_key else ()
    return (table.partition_key.name, *sort)


def _named_version(run: Run) -> int:
    """Return the version that the client has seen; none is 0."""
    version = run.input.get(VERSION)
    return version if isinstance(version, int) else 0


def _new_item(request: PutItem, key: Item, run: Run) -> Item:
    item: Item = {**run.values(), **key, TYPENAME: request.typename}
    for name in request.sparse:
        if item.get(name) is None:
            item.pop(name, None)
    return {name: value for name, value in item.items() if name not in METADATA}


def _changes(
    request: UpdateItem | DeleteItem, key: Item, run: Run
) -> Item | FieldError:
    if isinstance(request, DeleteItem):
        return {}
    values = run.values()
    for name in request.null_is_error:
        if name in values and values[name] is None:
            return NULL_FOR_REQUIRED
    changes = {
        name: value
        for name, value in values.items()
        if name not in key and name not in METADATA
    }
    if request.typename is not None:
        changes[TYPENAME] = request.typename
    return changes


def _holds(condition: Predicate, run: Run, item: Item | None) -> bool:
    """Whether a condition holds beside the rules, which were asked before."""
    parts = condition.of if isinstance(condition, AllOf) else (condition,)
    asked = AllOf(tuple(one for one in parts if not isinstance(one, Pending)))
    return _fits(to_store(asked, run), item or {})


def _fits(condition: Condition | None, item: Item) -> bool:
    return condition is None or compile_condition(condition, _CONDITION)(item)


def _event(conflict: _Conflict) -> dict[str, AttributeValue]:
    """Return a conflict handler's event.

    Source: AppSync developer guide, "Lambda" under conflict resolution.
    """
    run, current = conflict.run, conflict.current
    call = run.call
    asked = dict(current) | conflict.changes | {VERSION: _named_version(run)}
    identity = shown_identity(call.caller)
    return {
        "newItem": asked,
        "existingItem": current,
        "arguments": run.arguments,
        "resolver": {
            "tableName": conflict.synced.table,
            "parentType": call.parent,
            "field": call.field,
        },
        "identity": raw_value(identity),
    }
