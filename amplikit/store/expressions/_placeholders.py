"""The names and values that a request gives for the ``#`` and ``:`` of expressions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from amplikit.store.conditions import Given, Path
from amplikit.store.expressions._syntax import MAX_LEVELS, WrittenPath
from amplikit.store.operands import Unsound
from amplikit.store.refusals import Invalid

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from amplikit.store.expressions._syntax import ValueName
    from amplikit.store.interface import AttributeValue

__all__ = ["Placeholders", "check_placeholder_names"]

_NAME = re.compile(r"#[A-Za-z0-9_]+")
_VALUE = re.compile(r":[A-Za-z0-9_]+")


def check_placeholder_names(
    names: Mapping[str, str] | None, values: Collection[str] | None
) -> None:
    """Refuse empty maps and keys that no expression could use.

    ``values`` are the keys alone: DynamoDB looks at all keys before any value.
    Raises ``Invalid``.
    """
    for parameter, keys, pattern in (
        ("ExpressionAttributeNames", names, _NAME),
        ("ExpressionAttributeValues", values, _VALUE),
    ):
        if keys is None:
            continue
        if not keys:
            raise Invalid(f"{parameter} must not be empty")
        for key in keys:
            if not pattern.fullmatch(key):
                raise Invalid(
                    f'{parameter} contains invalid key: Syntax error; key: "{key}"'
                )


class Placeholders:
    """One request's names and values, and which of them its expressions have used."""

    def __init__(
        self,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, AttributeValue] | None = None,
    ) -> None:
        self._names = names or {}
        self._values = values or {}
        self._used: set[str] = set()

    def check_used(self) -> None:
        """Refuse names and values that no expression of the request used.

        Raises ``Invalid``; to be called when all of them are parsed.
        """
        for parameter, keys in (
            ("ExpressionAttributeNames", self._names),
            ("ExpressionAttributeValues", self._values),
        ):
            unused = [key for key in keys if key not in self._used]
            if unused:
                raise Invalid(
                    f"Value provided in {parameter} unused in expressions: "
                    f"keys: {{{', '.join(unused)}}}"
                )

    def operand(self, written: WrittenPath | ValueName) -> Path | Given:
        """Return the path, or the value that the placeholder stands for.

        Raises ``Unsound``.
        """
        if isinstance(written, WrittenPath):
            return self.path(written)
        return Given(self._value(written.name))

    def path(self, written: WrittenPath) -> Path:
        """Return the path with its names in place; raises ``Unsound``."""
        parts = written.parts
        if written.plain is not None:
            return written.plain
        if len(parts) > MAX_LEVELS:
            raise Unsound(
                "The document path has too many nesting levels; "
                f"nesting levels: {len(parts)}"
            )
        return Path(tuple(map(self._part, parts)))

    def _value(self, name: str) -> AttributeValue:
        if name not in self._values:
            raise Unsound(
                "An expression attribute value used in expression is not defined; "
                f"attribute value: {name}"
            )
        self._used.add(name)
        return self._values[name]

    def _part(self, part: str | int) -> str | int:
        if not isinstance(part, str) or not part.startswith(("#", ":")):
            return part
        if part not in self._names:
            raise Unsound(
                "An expression attribute name used in the document path is not "
                f"defined; attribute name: {part}"
            )
        self._used.add(part)
        return self._names[part]
