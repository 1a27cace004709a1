"""Keys: attribute names, types, values and sort-key arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.operations import (
    Check,
    CheckSortKey,
    Join,
    KeyCondition,
    Ref,
    Value,
)
from amplikit.blueprint.resources import Attribute, AttributeType

if TYPE_CHECKING:
    from amplikit.blueprint.api import Model

__all__ = [
    "COMPOSITE_SEPARATOR",
    "attribute",
    "composite_checks",
    "joined_name",
    "key_values",
    "sort_argument",
    "sort_attribute",
    "sort_checks",
    "sort_condition",
    "sort_value",
    "stored_name",
]

COMPOSITE_SEPARATOR = "#"
INVALID_ARGUMENTS = "InvalidArgumentsError"
_NUMBERS = frozenset({"Int", "Float", "BigInt", "Double", "AWSTimestamp"})


def attribute(model: Model, name: str) -> Attribute:
    """Return a single key attribute; what is not a number is a string.

    The default key is a string even where ``id`` is declared as a number. v1 takes a
    list for what is in it.
    """
    field = model.field(name)
    stored = stored_name(model, name)
    own_key = model.custom_key or name != model.key[0]
    if field and own_key and field.type.name in _NUMBERS:
        return Attribute(stored, AttributeType.NUMBER)
    return Attribute(stored, AttributeType.STRING)


def stored_name(model: Model, name: str) -> str:
    """Return what a field is called in the table."""
    field = model.field(name)
    return (field and field.stored_as) or name


def sort_attribute(model: Model, sort_fields: tuple[str, ...]) -> Attribute | None:
    """Return the stored sort key: one attribute, however many fields it is made of."""
    if not sort_fields:
        return None
    if len(sort_fields) == 1:
        return attribute(model, sort_fields[0])
    return Attribute(joined_name(model, sort_fields), AttributeType.STRING)


def joined_name(model: Model, fields: tuple[str, ...]) -> str:
    """Return the attribute that stores several fields as one."""
    return COMPOSITE_SEPARATOR.join(stored_name(model, name) for name in fields)


def sort_value(sort_fields: tuple[str, ...], root: str) -> Value:
    """Return the value of a sort key whose parts stand under ``root``."""
    parts = tuple(Ref(f"{root}.{name}") for name in sort_fields)
    return parts[0] if len(parts) == 1 else Join(parts, COMPOSITE_SEPARATOR)


def key_values(model: Model, root: str) -> tuple[tuple[str, Value], ...]:
    """Return the primary key's attributes with their values under ``root``."""
    partition, *rest = model.key
    pairs: list[tuple[str, Value]] = [(partition, Ref(f"{root}.{partition}"))]
    sort_fields = tuple(rest)
    sort = sort_attribute(model, sort_fields)
    if sort is not None:
        pairs.append((sort.name, sort_value(sort_fields, root)))
    return tuple(pairs)


def sort_argument(sort_fields: tuple[str, ...]) -> str:
    """Return the argument that conditions a sort key.

    Source: toCamelCase of graphql-transformer-common.
    """
    first, *rest = sort_fields
    if not rest:
        return first
    words = [first[:1].lower() + first[1:]]
    words += [word[:1].upper() + word[1:] for word in rest]
    return "".join(words)


def sort_condition(
    model: Model, sort_fields: tuple[str, ...], argument: str | None = None
) -> KeyCondition | None:
    """Return the condition on a sort key, if there is one."""
    stored = sort_attribute(model, sort_fields)
    if stored is None:
        return None
    parts = sort_fields if len(sort_fields) > 1 else ()
    return KeyCondition(stored.name, argument or sort_argument(sort_fields), parts)


def composite_checks(model: Model, fields: tuple[str, ...]) -> tuple[CheckSortKey, ...]:
    """Return the check of a sort-key argument that is made of several fields."""
    condition = sort_condition(model, fields[1:])
    if condition is None or not condition.parts:
        return ()
    return (CheckSortKey(condition),)


def sort_checks(fields: tuple[str, ...], *, listing: bool) -> tuple[Check, ...]:
    """Return what the resolvers refuse before they query by these key fields.

    ``listing``: the partition key is an optional argument of a list field.
    Source: templates of list and index queries, both transformers.
    """
    partition, *rest = fields
    sort_fields = tuple(rest)
    if not sort_fields:
        message = (
            "sortDirection is not supported for List operations without a Sort key "
            "defined."
        )
        return (Check("sortDirection", (), message, INVALID_ARGUMENTS),)
    argument = sort_argument(sort_fields)
    wanted = f"'{partition}'." if len(sort_fields) > 1 else f"arguments {partition}"
    by_sort = Check(
        argument,
        (partition,),
        f"When providing argument '{argument}' you must also provide {wanted}",
        INVALID_ARGUMENTS,
    )
    if not listing:
        return (by_sort,)
    by_direction = Check(
        "sortDirection",
        (partition,),
        "When providing argument 'sortDirection' you must also provide argument "
        f"'{partition}'.",
        INVALID_ARGUMENTS,
    )
    return (by_direction, by_sort)
