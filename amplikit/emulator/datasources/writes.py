"""PutItem, UpdateItem and DeleteItem requests of resolvers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.emulator.datasources.failures import (
    NULL_FOR_REQUIRED,
    condition_failed,
    refused,
)
from amplikit.emulator.datasources.predicates import to_store
from amplikit.emulator.pitfalls import facts
from amplikit.emulator.rules.verdict import (
    explain_failed_condition,
    explain_passed_condition,
)
from amplikit.emulator.run import Run, evaluate
from amplikit.store.interface import (
    ConditionFailed,
    DeleteRequest,
    Item,
    PutRequest,
    Refused,
    Store,
    UpdateRequest,
    Written,
)
from amplikit.store.updates import assign

if TYPE_CHECKING:
    from amplikit.blueprint.operations import DeleteItem, PutItem, UpdateItem, Value
    from amplikit.emulator.calls import FieldError

__all__ = ["TYPENAME", "ItemWriter", "key_of", "note_written"]

TYPENAME = "__typename"


@dataclass(frozen=True, slots=True)
class ItemWriter:
    """Answers write requests of resolvers from a store.

    What AppSync does after a failed condition is done here: a put that finds the very
    item it would have written has succeeded, and so has a delete that finds nothing.
    """

    store: Store

    def put(self, request: PutItem, run: Run) -> Item | FieldError:
        """Write the input over its defaults, as a new item."""
        item: Item = {
            **run.values(),
            **key_of(request.key, run),
            TYPENAME: request.typename,
        }
        for name in request.sparse:
            if item.get(name) is None:
                item.pop(name, None)
        condition = to_store(request.condition, run)
        written = self.store.put(PutRequest(request.table, item, condition))
        match written:
            case Refused(kind, message):
                _note_refused(run, request.table, item)
                return refused(kind, message, run)
            case ConditionFailed(current):
                return item if current == item else condition_failed(run)
            case Written():
                item = written.new or {}
                note_written(run, request.table, item, creates=True)
                return item

    def update(self, request: UpdateItem, run: Run) -> Item | FieldError:
        """Set what the input gives, remove what it sets to null."""
        values = run.values()
        for name in request.null_is_error:
            if name in values and values[name] is None:
                return NULL_FOR_REQUIRED
        key = key_of(request.key, run)
        changes = {name: value for name, value in values.items() if name not in key}
        if request.typename is not None:
            changes[TYPENAME] = request.typename
        condition = to_store(request.condition, run)
        updated = self.store.update(
            UpdateRequest(
                request.table,
                key,
                assign(
                    {name: each for name, each in changes.items() if each is not None},
                    (name for name, each in changes.items() if each is None),
                ),
                condition,
            )
        )
        match updated:
            case Refused(kind, message):
                _note_refused(run, request.table, changes)
                return refused(kind, message, run)
            case ConditionFailed(current):
                explain_failed_condition(run, current)
                return condition_failed(run)
            case Written():
                explain_passed_condition(run, updated.old)
                item = updated.new or {}
                note_written(run, request.table, item, creates=False)
                return item

    def delete(self, request: DeleteItem, run: Run) -> Item | FieldError | None:
        """Delete by key."""
        condition = to_store(request.condition, run)
        key = key_of(request.key, run)
        deleted = self.store.delete(DeleteRequest(request.table, key, condition))
        match deleted:
            case Refused(kind, message):
                return refused(kind, message, run)
            case ConditionFailed(None):
                return None
            case ConditionFailed(current):
                explain_failed_condition(run, current)
                return condition_failed(run)
            case Written():
                explain_passed_condition(run, deleted.old)
                return deleted.old


def note_written(run: Run, table: str, item: Item, *, creates: bool) -> None:
    """Tell the pitfalls what was stored."""
    given = run.call.arguments.get("input")
    asked = given if isinstance(given, dict) else {}
    fact = facts.Written(run.call.path, table, creates, item, asked, run.rules)
    run.trace.facts.append(fact)


def _note_refused(run: Run, table: str, values: Item) -> None:
    run.trace.facts.append(facts.WriteRefused(run.call.path, table, values))


def key_of(pairs: tuple[tuple[str, Value], ...], run: Run) -> Item:
    """Return the key of a request."""
    return {name: evaluate(value, run) for name, value in pairs}
