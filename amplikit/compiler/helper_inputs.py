"""The inputs that every model shares: comparisons, sizes, key conditions.

Source: definitions of graphql-dynamodb-transformer and
amplify-graphql-model-transformer.
"""

from __future__ import annotations

from amplikit.compiler.sdl import Argument, Definition
from amplikit.compiler.sort_keys import key_condition

__all__ = [
    "SORT_DIRECTION",
    "comparison_inputs",
    "composite_inputs",
    "enum_inputs",
    "key_condition_input",
    "subscription_comparison_inputs",
]

_ORDER = ("ne", "eq", "le", "lt", "ge", "gt")
_TEXT = (*_ORDER, "contains", "notContains", "between", "beginsWith")
_NUMBER = (*_ORDER, "between")
_COMPARISONS = {
    "String": _TEXT,
    "ID": _TEXT,
    "Int": _NUMBER,
    "Float": _NUMBER,
    "Boolean": ("ne", "eq"),
}
_KEY_CONDITIONS = ("eq", "le", "lt", "ge", "gt", "between")
_LISTS = frozenset({"between", "in", "notIn"})
_ATTRIBUTE_TYPES = (
    "binary",
    "binarySet",
    "bool",
    "list",
    "map",
    "number",
    "numberSet",
    "string",
    "stringSet",
    "_null",
)

SORT_DIRECTION = Definition("ModelSortDirection", "enum", values=("ASC", "DESC"))


def _operators(names: tuple[str, ...], scalar: str) -> tuple[Argument, ...]:
    return tuple(
        Argument(name, f"[{scalar}]" if name in _LISTS else scalar) for name in names
    )


def comparison_inputs() -> tuple[Definition, ...]:
    """Return the operators of filters and conditions, for each scalar."""
    made = []
    for scalar, names in _COMPARISONS.items():
        functions = [
            Argument("attributeExists", "Boolean"),
            Argument("attributeType", "ModelAttributeTypes"),
        ]
        if names is _TEXT:
            functions.append(Argument("size", "ModelSizeInput"))
        inputs = (*_operators(names, scalar), *functions)
        made.append(Definition(f"Model{scalar}Input", "input", inputs=inputs))
    size = _operators(_NUMBER, "Int")
    return (
        *made,
        Definition("ModelSizeInput", "input", inputs=size),
        Definition("ModelAttributeTypes", "enum", values=_ATTRIBUTE_TYPES),
    )


def subscription_comparison_inputs() -> tuple[Definition, ...]:
    """Return the operators that AppSync itself has for subscription filters (v2)."""
    return tuple(
        Definition(
            f"ModelSubscription{scalar}Input",
            "input",
            inputs=_operators(
                names if scalar == "Boolean" else (*names, "in", "notIn"), scalar
            ),
        )
        for scalar, names in _COMPARISONS.items()
    )


def enum_inputs(enum: str, *, is_list: bool) -> Definition:
    """Return the operators for an enum, or for a list of it."""
    if not is_list:
        inputs = (Argument("eq", enum), Argument("ne", enum))
        return Definition(f"Model{enum}Input", "input", inputs=inputs)
    whole = f"[{enum}]"
    return Definition(
        f"Model{enum}ListInput",
        "input",
        inputs=(
            Argument("eq", whole),
            Argument("ne", whole),
            Argument("contains", enum),
            Argument("notContains", enum),
        ),
    )


def key_condition_input(name: str) -> Definition:
    """Return the operators for a sort key, by the input's name."""
    scalar = name.removeprefix("Model").removesuffix("KeyConditionInput")
    text = scalar in {"String", "ID"}
    names = (*_KEY_CONDITIONS, "beginsWith") if text else _KEY_CONDITIONS
    return Definition(key_condition(scalar), "input", inputs=_operators(names, scalar))


def composite_inputs(
    prefix: str, fields: tuple[Argument, ...]
) -> tuple[Definition, ...]:
    """Return the operators for a sort key of several fields, and its parts."""
    name = f"{prefix}Input"
    conditions = _operators((*_KEY_CONDITIONS, "beginsWith"), name)
    return (
        Definition(f"{prefix}ConditionInput", "input", inputs=conditions),
        Definition(name, "input", inputs=fields),
    )
