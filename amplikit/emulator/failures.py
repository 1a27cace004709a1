"""Field errors: how they are raised, and their shape in a response.

An error of a resolver or of authorization has six keys, one of graphql-java's own
three; ``path`` uses response names. Source: answers quoted in public issues.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from graphql import FieldNode, GraphQLError, InlineFragmentNode

from amplikit.emulator import wire
from amplikit.emulator.calls import FieldError
from amplikit.emulator.scalars import NotCoercible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphql import SelectionSetNode

__all__ = [
    "RESPONSE_TOO_LARGE",
    "TIME_IS_UP",
    "FieldFailure",
    "NullForNonNull",
    "Stopped",
    "TypeMismatch",
    "WireError",
    "slashed",
    "wire_error",
]

WireError = dict[str, object]
_INTERNAL: Final = FieldError(wire.INTERNAL_MESSAGE, wire.INTERNAL_FAILURE)


class FieldFailure(Exception):
    """The field is null, and this error is told of it."""

    def __init__(self, error: FieldError) -> None:
        super().__init__(error.message)
        self.error = error


class NullForNonNull(Exception):
    """A field that may not be null has no value."""

    def __init__(self, type_name: str, parent: str) -> None:
        super().__init__(type_name)
        self.type_name = type_name
        self.parent = parent


class TypeMismatch(Exception):
    """A resolver's value is no list or no object where the schema has one."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(expected)
        self.expected = expected
        self.got = got


class Stopped(BaseException):
    """The whole request ends, with this error; no exception: no field catches it."""

    def __init__(self, error: FieldError) -> None:
        super().__init__(error.message)
        self.error = error


TIME_IS_UP: Final = FieldError(wire.EXECUTION_TIMED_OUT, wire.EXECUTION_TIMEOUT)
RESPONSE_TOO_LARGE: Final = FieldError(
    wire.RESPONSE_TOO_LARGE_MESSAGE % wire.MAX_RESPONSE_BYTES, wire.RESPONSE_TOO_LARGE
)


def slashed(path: Sequence[str | int] | None) -> str:
    """Return ``/a/b[0]/c``."""
    parts = (
        f"[{part}]" if isinstance(part, int) else f"/{part}" for part in path or ()
    )
    return "".join(parts)


def wire_error(error: GraphQLError) -> WireError:
    """Return the entry of ``errors`` for a validation, variable or field error."""
    place = slashed(error.path)
    match error.original_error:
        case FieldFailure(error=refused):
            return _with_six_keys(error, refused)
        case NotCoercible() as failure:
            return _with_three_keys(error, wire.CANNOT_SERIALIZE % (place, failure))
        case NullForNonNull(type_name=name, parent=parent):
            return _with_three_keys(
                error, wire.NULL_FOR_NON_NULL % (name, parent, place)
            )
        case TypeMismatch(expected=expected, got=got):
            return _with_three_keys(error, wire.TYPE_MISMATCH % (place, expected, got))
        case RecursionError():
            return _with_three_keys(error, wire.NESTED_TOO_DEEPLY)
        case None | GraphQLError() if error.path is None:
            return {
                "path": None,
                "locations": _locations(error),
                "message": error.message,
            }
        case None | GraphQLError():
            return _with_three_keys(error, error.message)
        case _:
            return _with_six_keys(error, _INTERNAL)


def _with_three_keys(error: GraphQLError, message: str) -> WireError:
    return {"path": error.path, "locations": None, "message": message}


def _with_six_keys(error: GraphQLError, refused: FieldError) -> WireError:
    return {
        "path": error.path,
        "data": _selected(refused.data, error),
        "errorType": refused.error_type,
        "errorInfo": refused.error_info,
        "locations": _locations(error),
        "message": refused.message,
    }


def _locations(error: GraphQLError) -> list[dict[str, object]] | None:
    if not error.locations:
        return None
    return [
        {"line": place.line, "column": place.column, "sourceName": None}
        for place in error.locations
    ]


def _selected(data: object, error: GraphQLError) -> object:
    """Keep of a resolver's error data what the field selects."""
    node = error.nodes[0] if error.nodes else None
    selections = node.selection_set if isinstance(node, FieldNode) else None
    return _picked(data, selections) if selections else data


def _picked(data: object, selections: SelectionSetNode) -> object:
    if isinstance(data, list):
        return [_picked(element, selections) for element in data]
    if not isinstance(data, Mapping):
        return data
    picked: dict[str, object] = {}
    for selection in selections.selections:
        if isinstance(selection, InlineFragmentNode):
            inner = _picked(data, selection.selection_set)
            picked |= inner if isinstance(inner, dict) else {}
        elif isinstance(selection, FieldNode) and selection.name.value in data:
            name = (selection.alias or selection.name).value
            value = data[selection.name.value]
            nested = selection.selection_set
            picked[name] = _picked(value, nested) if nested else value
    return picked
