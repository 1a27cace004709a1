"""Old names in storage: what a renamed model's made-up keys are called there (v2).

Source: field-mapping-resolvers.ts of amplify-graphql-name-mapping-transformer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.operations import Rename

if TYPE_CHECKING:
    from amplikit.planner.access import Access

__all__ = ["rename_asked", "rename_input", "rename_result"]


def rename_input(access: Access) -> tuple[Rename, ...]:
    """Return the change of a mutation's input and condition to the stored names."""
    return _renames(access, "args.input", "args.condition")


def rename_asked(access: Access) -> tuple[Rename, ...]:
    """Return the change of a read's filter to the stored names."""
    return _renames(access, "args.filter")


def rename_result(access: Access) -> tuple[Rename, ...]:
    """Return the change of what is answered to the names of the fields."""
    return tuple(
        Rename("result", tuple((stored, name) for name, stored in rename.names))
        for rename in _renames(access, "result")
    )


def _renames(access: Access, *paths: str) -> tuple[Rename, ...]:
    names = tuple(
        (field.name, field.stored_as)
        for field in access.model.fields
        if field.stored_as is not None
    )
    return tuple(Rename(path, names) for path in paths) if names else ()
