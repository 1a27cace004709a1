"""A subscription's ``filter`` argument as alternatives of conditions.

Source: AppSync developer guide, ``util.transform.toSubscriptionFilter``: operators on
one field are alternatives (unlike a list's filter), fields must all hold.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING

from amplikit.emulator import wire
from amplikit.emulator.calls import FieldError, FilterGroups

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.store.interface import AttributeValue

__all__ = ["to_subscription_filter"]

MAX_FIELDS = 5
MAX_FILTERS = 10
MAX_TEXT = 256
_MAX_VALUES = {"in": 5, "notIn": 5, "containsAny": 20}
_BAD_REQUEST = 400

_Condition = tuple[str, str, object]
_Group = tuple[_Condition, ...]


class _Refused(Exception):
    """The filter is beyond a limit; the message is AppSync's."""


def to_subscription_filter(
    asked: Mapping[str, AttributeValue],
) -> FilterGroups | FieldError:
    """Return the alternatives, or the refusal of a filter beyond AppSync's limits."""
    try:
        groups = _alternatives(asked)
        _refuse_many(sum(map(_branches, groups)))
    except _Refused as refused:
        return FieldError(str(refused), None, error_code=_BAD_REQUEST)
    return groups


def _branches(group: _Group) -> int:
    """Return for how many alternatives one counts, its ``in`` written out."""
    if len({name for name, _, _ in group}) > MAX_FIELDS:
        raise _Refused(wire.TOO_MANY_FILTER_FIELDS % MAX_FIELDS)
    branches = 1
    for _, operator, value in group:
        _refuse_large(operator, value)
        if operator == "in" and isinstance(value, list):
            branches *= max(1, len(value))
    return branches


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
    """Return every way to pick one of each; they become only more from here on."""
    _refuse_many(prod(map(len, choices)))
    return tuple(
        tuple(condition for group in picked for condition in group)
        for picked in product(*choices)
    )


def _refuse_many(count: int) -> None:
    if count > MAX_FILTERS:
        raise _Refused(wire.TOO_MANY_FILTERS % MAX_FILTERS)


def _refuse_large(operator: str, value: object) -> None:
    values = value if isinstance(value, list) else [value]
    limit = _MAX_VALUES.get(operator)
    if limit is not None and len(values) > limit:
        raise _Refused(wire.TOO_MANY_FILTER_VALUES % (limit, operator))
    if any(isinstance(one, str) and len(one) > MAX_TEXT for one in values):
        raise _Refused(wire.TOO_LONG_FILTER_VALUE % (MAX_TEXT, operator))
