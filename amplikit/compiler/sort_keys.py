"""The arguments and inputs with which a sort key is asked for.

Source: dynamodbUtils.ts of graphql-transformer-common.
"""

from __future__ import annotations

from amplikit.compiler.naming import composite_argument, upper_first
from amplikit.compiler.type_nodes import SCALARS

__all__ = ["composite_prefix", "key_condition", "sort_argument"]


def key_condition(type_name: str) -> str:
    """Return the input for one sort field; enums are compared as strings."""
    return f"Model{SCALARS.get(type_name, 'String')}KeyConditionInput"


def composite_prefix(model: str, index: str | None) -> str:
    """Return what the inputs of a sort key of several fields begin with."""
    return f"Model{model}{upper_first(index or 'Primary')}CompositeKey"


def sort_argument(
    model: str, index: str | None, sort_fields: tuple[str, ...], types: tuple[str, ...]
) -> tuple[str, str]:
    """Return the argument for a sort key and its type."""
    name = composite_argument(sort_fields)
    if len(sort_fields) == 1:
        return name, key_condition(types[0])
    return name, f"{composite_prefix(model, index)}ConditionInput"
