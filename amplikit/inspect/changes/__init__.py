"""What one blueprint gives to whom that another does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.inspect.changes.access import AccessChange, access_changes
from amplikit.inspect.changes.schema import SchemaChange, schema_changes
from amplikit.inspect.changes.tables import TableChange, table_changes

if TYPE_CHECKING:
    from amplikit.blueprint.resources import Blueprint

__all__ = ["AccessChange", "Changes", "SchemaChange", "TableChange", "changes"]


@dataclass(frozen=True, slots=True)
class Changes:
    """The differences of two blueprints: access, the printed schema, tables."""

    access: tuple[AccessChange, ...]
    schema: tuple[SchemaChange, ...]
    tables: tuple[TableChange, ...]


def changes(before: Blueprint, after: Blueprint) -> Changes:
    """Return everything that a caller or an operator would notice."""
    return Changes(
        tuple(access_changes(before, after)),
        tuple(schema_changes(before.sdl, after.sdl)),
        tuple(table_changes(before.tables, after.tables)),
    )
