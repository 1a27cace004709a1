"""The parameters that expressions have replaced, as what expressions parse to.

Source: DynamoDB developer guide, "Legacy conditional parameters"; order and texts of
the checks, dynalite's recordings of the service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amplikit.emulator.dynamodb.words import INVALID_VALUES
from amplikit.store.conditions import (
    And,
    AttributeExists,
    BeginsWith,
    Between,
    Comparison,
    Contains,
    Given,
    In,
    Not,
    Or,
    Path,
)
from amplikit.store.expressions import KeyCondition
from amplikit.store.interface import Refused
from amplikit.store.keys import key_bytes
from amplikit.store.refusals import UPDATE_OPERAND_TYPE, Invalid
from amplikit.store.typed_json import decode_value
from amplikit.store.updates import (
    Added,
    Assigned,
    Deleted,
    IfNotExists,
    ListAppend,
    Update,
)
from amplikit.store.values import type_of

if TYPE_CHECKING:
    from amplikit.blueprint.resources import Attribute
    from amplikit.emulator.dynamodb.parameters import Parameters
    from amplikit.store.conditions import Comparator, Condition
    from amplikit.store.interface import AttributeValue

__all__ = [
    "attribute_updates",
    "check_filter_keys",
    "expected",
    "filter_conditions",
    "key_conditions",
    "projection",
    "reworded",
]

_COMPARATORS: Final[dict[str, Comparator]] = {
    "EQ": "=",
    "NE": "<>",
    "LE": "<=",
    "LT": "<",
    "GE": ">=",
    "GT": ">",
}
_SCALARS: Final = frozenset({"S", "N", "B"})
_SETS: Final = frozenset({"SS", "NS", "BS"})
_ALLOWED: Final = {
    "LE": _SCALARS,
    "LT": _SCALARS,
    "GE": _SCALARS,
    "GT": _SCALARS,
    "CONTAINS": _SCALARS,
    "NOT_CONTAINS": _SCALARS,
    "BEGINS_WITH": frozenset({"S", "B"}),
    "IN": _SCALARS,
    "BETWEEN": _SCALARS,
}
_INDEXABLE: Final = frozenset({"EQ", "LE", "LT", "GE", "GT", "BEGINS_WITH", "BETWEEN"})
_ADDED: Final = frozenset({"N", "L", *_SETS})


def projection(parameters: Parameters) -> tuple[Path, ...] | None:
    """Return the paths of ``AttributesToGet``; raises ``Invalid``."""
    names = parameters.texts("AttributesToGet")
    if names is None:
        return None
    for at, name in enumerate(names):
        if name in names[:at]:
            raise _invalid(f"Duplicate value in attribute name: {name}")
    return tuple(Path((name,)) for name in names)


def filter_conditions(parameters: Parameters, name: str) -> Condition | None:
    """Return the condition of ``QueryFilter`` or ``ScanFilter``; raises ``Invalid``."""
    conditions = [
        _condition(attribute, *_operator_and_values(each))
        for attribute, each in parameters.by_name(name).items()
    ]
    return _joined(parameters, conditions)


def check_filter_keys(
    parameters: Parameters, keys: tuple[Attribute | None, ...]
) -> None:
    """Refuse a ``QueryFilter`` on a key that is queried by."""
    filtered = parameters.by_name("QueryFilter")
    for key in keys:
        if key is not None and key.name in filtered:
            raise Invalid(
                "QueryFilter can only contain non-primary key attributes: "
                f"Primary key attribute: {key.name}"
            )


def key_conditions(parameters: Parameters) -> KeyCondition:
    """Return ``KeyConditions``; raises ``Invalid``."""
    conditions: list[Condition] = []
    for attribute, each in parameters.by_name("KeyConditions").items():
        operator, values = _operator_and_values(each)
        if operator not in _INDEXABLE:
            raise Invalid(
                "Attempted conditional constraint is not an indexable operation"
            )
        conditions.append(_condition(attribute, operator, values))
    if len(conditions) not in (1, 2):
        raise Invalid("Conditions can be of length 1 or 2 only")
    return KeyCondition(And(tuple(conditions)))


def expected(parameters: Parameters) -> Condition | None:
    """Return the condition of ``Expected``; raises ``Invalid``."""
    conditions = [
        _expectation(attribute, each)
        for attribute, each in parameters.by_name("Expected").items()
    ]
    return _joined(parameters, conditions)


def attribute_updates(parameters: Parameters) -> Update | None:
    """Return the update of ``AttributeUpdates``; raises ``Invalid``."""
    if "AttributeUpdates" not in parameters:
        return None
    update = Update()
    for attribute, each in parameters.by_name("AttributeUpdates").items():
        update = _with_update(update, Path((attribute,)), each)
    return update


def reworded(refused: Refused) -> Refused:
    """Return the refusal of an update as ``AttributeUpdates`` are told of it."""
    if refused.message != UPDATE_OPERAND_TYPE:
        return refused
    return Refused(refused.type, "Type mismatch for attribute to update")


def _with_update(update: Update, path: Path, each: Parameters) -> Update:
    action, given = each.text("Action") or "PUT", each.raw("Value")
    set_, remove, add, delete = update.set, update.remove, update.add, update.delete
    if given is None:
        if action != "DELETE":
            raise _invalid(
                "Only DELETE action is allowed when no attribute value is specified"
            )
        return Update(set_, (*remove, path), add, delete)
    value = Given(decode_value(given))
    kind = type_of(value.value)
    if action == "PUT":
        return Update((*set_, Assigned(path, value)), remove, add, delete)
    if action == "DELETE":
        if kind not in _SETS:
            raise _invalid(
                f"DELETE action with value is not supported for the type {kind}"
            )
        return Update(set_, remove, add, (*delete, Deleted(path, value)))
    if kind not in _ADDED:
        raise _invalid(f"ADD action is not supported for the type {kind}")
    if kind == "L":
        longer = ListAppend(IfNotExists(path, Given([])), value)
        return Update((*set_, Assigned(path, longer)), remove, add, delete)
    return Update(set_, remove, (*add, Added(path, value)), delete)


def _expectation(attribute: str, each: Parameters) -> Condition:
    path = Path((attribute,))
    operator, exists = each.text("ComparisonOperator"), each.flag("Exists")
    value = each.raw("Value")
    has_list = "AttributeValueList" in each
    about = f"for Attribute: {attribute}"
    if has_list and value is not None:
        raise _invalid(f"Value and AttributeValueList cannot be used together {about}")
    if operator is not None:
        if exists is not None:
            raise _invalid(
                f"Exists and ComparisonOperator cannot be used together {about}"
            )
        if operator not in ("NULL", "NOT_NULL") and not has_list and value is None:
            raise _invalid(
                "Value or AttributeValueList must be used with ComparisonOperator: "
                f"{operator} {about}"
            )
        return _condition(attribute, *_operator_and_values(each))
    if has_list:
        raise _invalid(
            f"AttributeValueList can only be used with a ComparisonOperator {about}"
        )
    if exists is False:
        if value is not None:
            raise _invalid(f"Value cannot be used when Exists is false {about}")
        return AttributeExists(path, wanted=False)
    if value is None:
        shown = "null" if exists is None else "true"
        raise _invalid(f"Value must be provided when Exists is {shown} {about}")
    return Comparison(path, "=", Given(decode_value(value)))


def _operator_and_values(each: Parameters) -> tuple[str, list[AttributeValue]]:
    operator = each.required("ComparisonOperator")
    given = [one.members() for one in each.structures("AttributeValueList")]
    single = each.raw("Value")
    if single is not None:
        given.append(single)
    values = [decode_value(one) for one in given]
    if not _fits(operator, len(values)):
        raise _invalid(
            f"Invalid number of argument(s) for the {operator} ComparisonOperator"
        )
    kinds = [type_of(value) for value in values]
    if len({*kinds}) > 1:
        raise _invalid("AttributeValues inside AttributeValueList must be of same type")
    allowed = _ALLOWED.get(operator)
    for kind in kinds:
        if allowed is not None and kind not in allowed:
            raise _invalid(
                f"ComparisonOperator {operator} is not valid for {kind} "
                "AttributeValue type"
            )
    if operator == "BETWEEN" and key_bytes(values[0]) > key_bytes(values[1]):
        raise Invalid(
            "The BETWEEN condition was provided a range where the lower bound is "
            "greater than the upper bound"
        )
    return operator, values


def _fits(operator: str, count: int) -> bool:
    match operator:
        case "NULL" | "NOT_NULL":
            return count == 0
        case "IN":
            return count > 0
        case "BETWEEN":
            return count == len(("low", "high"))
        case _:
            return count == 1


def _condition(
    attribute: str, operator: str, values: list[AttributeValue]
) -> Condition:
    path = Path((attribute,))
    given = tuple(Given(value) for value in values)
    match operator:
        case "NULL" | "NOT_NULL":
            return AttributeExists(path, wanted=operator == "NOT_NULL")
        case "IN":
            return In(path, given)
        case "BETWEEN":
            return Between(path, *given)
        case "BEGINS_WITH":
            return BeginsWith(path, given[0])
        case "CONTAINS":
            return Contains(path, given[0])
        case "NOT_CONTAINS":
            # Unlike NOT contains(), it wants an attribute in which to look.
            return And((AttributeExists(path), Not(Contains(path, given[0]))))
        case _:
            return Comparison(path, _COMPARATORS[operator], given[0])


def _joined(parameters: Parameters, conditions: list[Condition]) -> Condition | None:
    operator = parameters.text("ConditionalOperator")
    if operator is not None and not conditions:
        raise Invalid("ConditionalOperator cannot be used without Filter or Expected")
    if operator is not None and len(conditions) == 1:
        raise Invalid(
            "ConditionalOperator can only be used when Filter or Expected has two or "
            "more elements"
        )
    if not conditions:
        return None
    if len(conditions) == 1:
        return conditions[0]
    return Or(tuple(conditions)) if operator == "OR" else And(tuple(conditions))


def _invalid(text: str) -> Invalid:
    return Invalid(f"{INVALID_VALUES}{text}")
