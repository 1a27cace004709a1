"""A subscription's ``filter`` argument as alternatives of conditions.

Source: AppSync developer guide, ``util.transform.toSubscriptionFilter``: operators on
one field are alternatives (unlike a list's filter), fields must all hold.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from amplikit.emulator.calls import FieldError, FilterGroups

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.store.interface import AttributeValue

__all__ = ["to_subscription_filter"]

MAX_FIELDS = 5
MAX_FILTERS = 10
MAX_IN_VALUES = 5
MAX_CONTAINS_ANY_VALUES = 20
MAX_TEXT = 256

_Condition = tuple[str, str, object]
_Group = tuple[_Condition, ...]


def to_subscription_filter(
    asked: Mapping[str, AttributeValue],
) -> FilterGroups | FieldError:
    """Return the alternatives, or the refusal of a filter beyond AppSync's limits."""
    groups = _alternatives(asked)
    counted = 0
    for group in groups:
        branches = 1
        for _, operator, value in group:
            if operator == "in" and isinstance(value, list):
                branches *= max(1, len(value))
            refusal = _too_large(operator, value)
            if refusal is not None:
                return refusal
        counted += branches
        if len({name for name, _, _ in group}) > MAX_FIELDS:
            return _refused(f"filters exceeds maximum value limit {MAX_FIELDS}")
    if counted > MAX_FILTERS:
        return _refused(f"filterGroup exceeds maximum value limit {MAX_FILTERS}")
    return groups


def _alternatives(asked: Mapping[str, AttributeValue]) -> tuple[_Group, ...]:
    choices: list[tuple[_Group, ...]] = []
    for name, wanted in asked.items():
        if wanted is None:
            continue
        if name in {"and", "or"}:
            inner = [
                _alternatives(one)
                for one in (wanted if isinstance(wanted, list) else [wanted])
                if isinstance(one, dict)
            ]
            if not inner:
                continue
            if name == "or":
                choices.append(tuple(group for groups in inner for group in groups))
            else:
                choices.append(_product(inner))
        elif isinstance(wanted, dict) and wanted:
            choices.append(
                tuple(((name, operator, value),) for operator, value in wanted.items())
            )
    return _product(choices)


def _product(choices: list[tuple[_Group, ...]]) -> tuple[_Group, ...]:
    return tuple(
        tuple(condition for group in picked for condition in group)
        for picked in product(*choices)
    )


def _too_large(operator: str, value: object) -> FieldError | None:
    limits = {
        "in": MAX_IN_VALUES,
        "notIn": MAX_IN_VALUES,
        "containsAny": MAX_CONTAINS_ANY_VALUES,
    }
    values = value if isinstance(value, list) else [value]
    if operator in limits and len(values) > limits[operator]:
        return _refused(f"{operator} exceeds maximum value limit {limits[operator]}")
    if any(isinstance(one, str) and len(one) > MAX_TEXT for one in values):
        return _refused(f"{operator} exceeds maximum length limit {MAX_TEXT}")
    return None


def _refused(message: str) -> FieldError:
    """Assumed: only fragments of the service's text are known."""
    return FieldError(message, "BadRequestException")
