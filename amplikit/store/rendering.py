"""Conditions, updates and paths as DynamoDB's expressions: what ``parse`` undoes.

Every name and every value goes into the maps beside the text, so that no name is ever
a reserved word and no value has to be quoted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from amplikit.store.conditions import (
    And,
    AttributeExists,
    AttributeTypeIs,
    BeginsWith,
    Between,
    Comparison,
    Contains,
    Given,
    In,
    Not,
    Or,
    Path,
    Size,
)
from amplikit.store.typed_json import encode_value
from amplikit.store.updates import Arithmetic, IfNotExists, ListAppend
from amplikit.store.values import canonical_value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amplikit.store.conditions import Condition, Operand, SortCondition
    from amplikit.store.interface import AttributeValue
    from amplikit.store.updates import Update, UpdateOperand

__all__ = ["Rendering"]

# Without operands, DynamoDB has no way to say yes or no; any attribute does.
_ANY = Path(("_",))
_ALWAYS = Or((AttributeExists(_ANY), AttributeExists(_ANY, wanted=False)))
_NEVER = And((AttributeExists(_ANY), AttributeExists(_ANY, wanted=False)))


class Rendering:
    """The expressions of one request, which share their names and values."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._values: dict[str, object] = {}

    def parameters(self) -> dict[str, object]:
        """Return the maps, unless they are empty."""
        maps: dict[str, object] = {}
        if self._names:
            names = {key: name for name, key in self._names.items()}
            maps["ExpressionAttributeNames"] = names
        if self._values:
            maps["ExpressionAttributeValues"] = self._values
        return maps

    def condition(self, condition: Condition) -> str:
        """Return the text of a condition."""
        match condition:
            case Comparison(left, operator, right):
                return f"{self._operand(left)} {operator} {self._operand(right)}"
            case Between(operand, low, high):
                bounds = f"{self._operand(low)} AND {self._operand(high)}"
                return f"{self._operand(operand)} BETWEEN {bounds}"
            case In(operand, options):
                listed = ", ".join(map(self._operand, options))
                return f"{self._operand(operand)} IN ({listed})"
            case AttributeExists(path, wanted):
                name = "attribute_exists" if wanted else "attribute_not_exists"
                return f"{name}({self.path(path)})"
            case AttributeTypeIs(operand, kind):
                return f"attribute_type({self._operand(operand)}, {self.value(kind)})"
            case BeginsWith(operand, prefix):
                return f"begins_with({self._operand(operand)}, {self._operand(prefix)})"
            case Contains(container, operand):
                return f"contains({self._operand(container)}, {self._operand(operand)})"
            case And(of):
                return self._joined("AND", of) if of else self.condition(_ALWAYS)
            case Or(of):
                return self._joined("OR", of) if of else self.condition(_NEVER)
            case Not(of):
                return f"NOT ({self.condition(of)})"
            case _:
                assert_never(condition)

    def key_condition(
        self,
        partition: tuple[str, AttributeValue],
        sort: tuple[str, SortCondition] | None,
    ) -> str:
        """Return the text of a query's key condition."""
        name, value = partition
        text = f"{self.path(Path((name,)))} = {self.value(value)}"
        if sort is None:
            return text
        sort_name, condition = sort
        path = self.path(Path((sort_name,)))
        values = [self.value(each) for each in condition.values]
        match condition.operator:
            case "BETWEEN":
                return f"{text} AND {path} BETWEEN {' AND '.join(values)}"
            case "begins_with":
                return f"{text} AND begins_with({path}, {values[0]})"
            case operator:
                return f"{text} AND {path} {operator} {values[0]}"

    def update(self, update: Update) -> str:
        """Return the text of an update; of none at all, an empty one."""
        clauses = (
            (
                "SET",
                [
                    f"{self.path(one.path)} = {self._update_operand(one.value)}"
                    for one in update.set
                ],
            ),
            ("REMOVE", [self.path(path) for path in update.remove]),
            ("ADD", [self._with_value(one.path, one.value) for one in update.add]),
            (
                "DELETE",
                [self._with_value(one.path, one.value) for one in update.delete],
            ),
        )
        return " ".join(
            f"{name} {', '.join(parts)}" for name, parts in clauses if parts
        )

    def projection(self, paths: Iterable[Path]) -> str:
        """Return the text of a projection."""
        return ", ".join(map(self.path, paths))

    def path(self, path: Path) -> str:
        """Return the text of a path."""
        text = ""
        for part in path.parts:
            if isinstance(part, int):
                text += f"[{part}]"
            else:
                key = self._names.setdefault(part, f"#n{len(self._names)}")
                text += f".{key}" if text else key
        return text

    def value(self, value: AttributeValue) -> str:
        """Return the name of a value."""
        key = f":v{len(self._values)}"
        canonical = canonical_value(value)
        self._values[key] = encode_value(canonical, binary_as_text=False)
        return key

    def _joined(self, operator: str, of: tuple[Condition, ...]) -> str:
        if len(of) == 1:
            return self.condition(of[0])
        return f" {operator} ".join(f"({self.condition(each)})" for each in of)

    def _operand(self, operand: Operand) -> str:
        match operand:
            case Path():
                return self.path(operand)
            case Given(value):
                return self.value(value)
            case Size(inner):
                return f"size({self._operand(inner)})"
            case _:
                assert_never(operand)

    def _update_operand(self, operand: UpdateOperand) -> str:
        match operand:
            case Path():
                return self.path(operand)
            case Given(value):
                return self.value(value)
            case IfNotExists(path, otherwise):
                other = self._update_operand(otherwise)
                return f"if_not_exists({self.path(path)}, {other})"
            case ListAppend(first, second):
                texts = (self._update_operand(first), self._update_operand(second))
                return f"list_append({', '.join(texts)})"
            case Arithmetic(left, operator, right):
                texts = (self._update_operand(left), self._update_operand(right))
                return f" {operator} ".join(texts)
            case _:
                assert_never(operand)

    def _with_value(self, path: Path, given: Given) -> str:
        return f"{self.path(path)} {self.value(given.value)}"
