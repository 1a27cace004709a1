"""Writes of a data source that detects conflicts.

A write names the version that it was made of. When the item has another one by now,
the conflict handler decides; the write that follows is guarded by the version it saw,
and begins again if that has changed, too.
Source: AppSync developer guide, "Conflict detection and resolution in AWS AppSync".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from amplikit.blueprint.operations import (
    AllOf,
    DeleteItem,
    Pending,
    PutItem,
    UpdateItem,
)
from amplikit.emulator import wire
from amplikit.emulator.calls import FieldError
from amplikit.emulator.datasources.conflicts import (
    Conflict,
    ConflictResolver,
    key_names,
    named_version,
)
from amplikit.emulator.datasources.failures import (
    NULL_FOR_REQUIRED,
    VALIDATION,
    condition_failed,
    refused,
)
from amplikit.emulator.datasources.predicates import auth_condition, to_store
from amplikit.emulator.datasources.versions import (
    METADATA,
    VERSION,
    change_record,
    changed,
    deleted,
    version_of,
)
from amplikit.emulator.datasources.writes import TYPENAME, key_of, note_written
from amplikit.emulator.rules.verdict import explain_failed_condition
from amplikit.store.conditions import AttributeExists, Comparison, Given, Path
from amplikit.store.evaluate import compile_condition
from amplikit.store.interface import (
    GetRequest,
    PutRequest,
    Refused,
    TransactionCanceled,
)

if TYPE_CHECKING:
    from amplikit.blueprint.operations import Predicate, Synced
    from amplikit.blueprint.resources import Blueprint
    from amplikit.emulator.run import Run
    from amplikit.emulator.steps import Steps
    from amplikit.store.conditions import Condition
    from amplikit.store.interface import AttributeValue, Item, Store

__all__ = ["CHANGE_LOG", "VersionedWriter"]

CHANGE_LOG: Final = "DataStore"
_CONDITION: Final = "ConditionExpression"
_TRIES: Final = 5

_Write = PutItem | UpdateItem | DeleteItem


@dataclass(frozen=True, slots=True)
class VersionedWriter:
    """Answers the write requests of synced models from a store."""

    blueprint: Blueprint
    store: Store
    resolver: ConflictResolver

    def write(
        self, synced: Synced, request: _Write, run: Run
    ) -> Steps[AttributeValue | FieldError]:
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
    ) -> Steps[tuple[Item | None, Item] | FieldError | None]:
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
        if named_version(run) != version_of(found):
            item = yield from self.resolver.resolve(
                Conflict(synced, found, changes, run)
            )
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

    def _store(
        self, table: str, current: Item | None, item: Item, run: Run
    ) -> bool | FieldError:
        """Write the item with its record; false: it is not any more what was read."""
        key = key_names(self.blueprint, table)
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
