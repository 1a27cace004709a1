"""What becomes of a write that was made of another version of its item.

Source: AppSync developer guide, "Conflict detection and resolution in AWS AppSync".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, assert_never

from amplikit.blueprint.conflicts import Resolution
from amplikit.blueprint.operations import DeleteItem
from amplikit.emulator import wire
from amplikit.emulator.calls import FieldError
from amplikit.emulator.datasources.results import raw_value
from amplikit.emulator.datasources.versions import (
    METADATA,
    VERSION,
    changed,
    deleted,
    merged,
)
from amplikit.emulator.datasources.writes import TYPENAME
from amplikit.emulator.shown_identity import shown_identity

if TYPE_CHECKING:
    from amplikit.blueprint.conflicts import ConflictHandler
    from amplikit.blueprint.operations import Synced
    from amplikit.blueprint.resources import Blueprint
    from amplikit.emulator.datasources.remote import Outside
    from amplikit.emulator.run import Run
    from amplikit.emulator.steps import Steps
    from amplikit.store.interface import AttributeValue, Item

__all__ = ["Conflict", "ConflictResolver", "key_names", "named_version"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A write that was made of another version than ``current``'s."""

    synced: Synced
    current: Item
    changes: Item
    run: Run


@dataclass(frozen=True, slots=True)
class ConflictResolver:
    """Resolves conflicts as the handlers of a blueprint say.

    ``outside`` is None where no function may be asked. ``hidden`` are the fields, by
    type, that have a resolver of their own: no error shows them.
    """

    blueprint: Blueprint
    outside: Outside | None
    hidden: frozenset[tuple[str, str]]

    def resolve(self, conflict: Conflict) -> Steps[Item | FieldError]:
        """Return the item as it is to be, or the refusal of the write."""
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
        self, handler: ConflictHandler, conflict: Conflict
    ) -> Steps[Item | FieldError]:
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
                kept = set(key_names(self.blueprint, conflict.synced.table))
                kept |= METADATA | {TYPENAME}
                # What the handler leaves out of the item is taken away.
                changes: Item = dict.fromkeys(set(current) - kept)
                changes |= {n: v for n, v in item.items() if n not in kept}
                return changed(current, changes, now)
            case _:
                return failed

    def _rejected(self, conflict: Conflict) -> FieldError:
        """Return the refusal with the item as it is, for the client to merge."""
        current = conflict.current
        type_name = str(current.get(TYPENAME, conflict.synced.table))
        shown = {
            name: value
            for name, value in current.items()
            if (type_name, name) not in self.hidden
        }
        return FieldError(wire.CONFLICT_REJECTED, wire.CONFLICT_UNHANDLED, shown)


def key_names(blueprint: Blueprint, name: str) -> tuple[str, ...]:
    """Return the names of a table's key attributes."""
    table = blueprint.table(name)
    sort = (table.sort_key.name,) if table.sort_key else ()
    return (table.partition_key.name, *sort)


def named_version(run: Run) -> int:
    """Return the version that the client has seen; none is 0."""
    version = run.input.get(VERSION)
    return version if isinstance(version, int) else 0


def _event(conflict: Conflict) -> dict[str, AttributeValue]:
    """Return a conflict handler's event.

    Source: AppSync developer guide, "Lambda" under conflict resolution.
    """
    run, current = conflict.run, conflict.current
    call = run.call
    asked = dict(current) | conflict.changes | {VERSION: named_version(run)}
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
