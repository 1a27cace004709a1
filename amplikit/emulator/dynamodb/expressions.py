"""The expressions of one request, read in the service's order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.store import refusals
from amplikit.store.expressions import (
    Placeholders,
    check_placeholder_names,
    parse_condition,
    parse_key_condition,
    parse_projection,
    parse_update,
)
from amplikit.store.refusals import Invalid
from amplikit.store.typed_json import decode_value

if TYPE_CHECKING:
    from amplikit.emulator.dynamodb.parameters import Parameters
    from amplikit.store.conditions import Condition, Path
    from amplikit.store.expressions import KeyCondition
    from amplikit.store.interface import Item
    from amplikit.store.updates import Update

__all__ = ["Expressions", "check_mixture", "read_expressions"]

_NAMES = "ExpressionAttributeNames"
_VALUES = "ExpressionAttributeValues"
_WITHOUT_VALUES = "ProjectionExpression"


@dataclass(frozen=True, slots=True)
class Expressions:
    """What a request's expressions say; None for those that are not there."""

    update: Update | None = None
    condition: Condition | None = None
    key_condition: KeyCondition | None = None
    filter: Condition | None = None
    projection: tuple[Path, ...] | None = None


_NOTHING = Expressions()


def check_mixture(
    parameters: Parameters, expressions: tuple[str, ...], legacy: tuple[str, ...]
) -> None:
    """Refuse expressions beside what they replace, and names or values for none.

    Raises ``Invalid``.
    """
    given = [name for name in expressions if name in parameters]
    old = [name for name in legacy if name in parameters]
    if given and old:
        raise Invalid(
            "Can not use both expression and non-expression parameters in the same "
            f"request: Non-expression parameters: {{{', '.join(old)}}} "
            f"Expression parameters: {{{', '.join(given)}}}"
        )
    if _NAMES in parameters and not given:
        raise Invalid(f"{_NAMES} can only be specified when using expressions")
    users = [name for name in expressions if name != _WITHOUT_VALUES]
    if _VALUES in parameters and not any(name in given for name in users):
        are = "are" if len(users) > 1 else "is"
        raise Invalid(
            f"{_VALUES} can only be specified when using expressions: "
            f"{' and '.join(users)} {are} null"
        )


def read_expressions(parameters: Parameters) -> Expressions:
    """Return what the expressions say.

    Raises ``Invalid``.
    """
    update = parameters.text("UpdateExpression")
    condition = parameters.text("ConditionExpression")
    keys = parameters.text("KeyConditionExpression")
    filter_ = parameters.text("FilterExpression")
    projection = parameters.text("ProjectionExpression")
    if update is condition is keys is filter_ is projection is None:
        return _NOTHING
    names, values = parameters.names(_NAMES), parameters.raw(_VALUES)
    check_placeholder_names(names, values)
    given = Placeholders(names, _decoded(values) if values else None)
    read = Expressions(
        None if update is None else parse_update(update, given),
        None
        if condition is None
        else parse_condition(condition, given, "ConditionExpression"),
        None if keys is None else parse_key_condition(keys, given),
        None
        if filter_ is None
        else parse_condition(filter_, given, "FilterExpression"),
        None if projection is None else parse_projection(projection, given),
    )
    given.check_used()
    if read.key_condition is not None:
        read.key_condition.check()
    return read


def _decoded(values: dict[str, object]) -> Item:
    found: Item = {}
    for name, value in values.items():
        try:
            found[name] = decode_value(value)
        except Invalid as invalid:
            raise refusals.placeholder_value(invalid.refused.message, name) from None
    return found
