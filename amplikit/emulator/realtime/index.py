"""Which subscriptions an event may concern, found by what their events must equal.

A subscription that no equality leads to costs an event nothing. What is found is to be
compared in full; nothing that matches is left out.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from amplikit.emulator.realtime.matching import found_at

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator, Mapping

    from amplikit.emulator.calls import FilterGroups

__all__ = ["Index"]

_T = TypeVar("_T")
_Conditions = tuple[tuple[str, str, object], ...]
_Fields = tuple[str, ...]

# A filter of AppSync has at most 10 alternatives once each ``in`` is written out.
_MAX_WRITTEN_OUT: Final = 32
_MAX_LEVELS: Final = 5


class _NoKey(Exception):
    """The value cannot be looked up."""


class Index(Generic[_T]):
    """Entries, each under all of its alternatives."""

    def __init__(self) -> None:
        self._entries: dict[Hashable, tuple[_T, FilterGroups]] = {}
        # By the fields that must be equal, then by their values.
        self._equal: dict[_Fields, dict[Hashable, dict[Hashable, None]]] = {}
        # By a list's field, then by the element that must be in it.
        self._within: dict[str, dict[str, dict[Hashable, None]]] = {}
        self._others: dict[Hashable, None] = {}
        # How many conditions there are on each field.
        self._compared: Counter[str] = Counter()

    @property
    def compared(self) -> Collection[str]:
        """The fields that some entry compares."""
        return self._compared.keys()

    def __len__(self) -> int:
        """Return how many entries there are."""
        return len(self._entries)

    def add(self, key: Hashable, entry: _T, groups: FilterGroups) -> None:
        """Put an entry under its alternatives; ``key`` is its own."""
        self._entries[key] = entry, groups
        for group in groups:
            self._put(key, group)
            self._compared.update(name for name, _, _ in group)

    def remove(self, key: Hashable) -> None:
        """Forget an entry, if it is there."""
        _, groups = self._entries.pop(key, (None, ()))
        for group in groups:
            self._take(key, group)
            self._compared.subtract(name for name, _, _ in group)
        self._compared += Counter()  # drops the zeros

    def entries(self) -> Iterator[_T]:
        """Yield all entries."""
        return (entry for entry, _ in self._entries.values())

    def candidates(self, event: Mapping[str, object]) -> Iterator[_T]:
        """Yield once each entry that the event may match."""
        seen: dict[Hashable, None] = {}
        for fields, by_values in self._equal.items():
            values = tuple(_key_or_none(found_at(event, name)) for name in fields)
            seen |= by_values.get(values, {})
        for field, by_element in self._within.items():
            found = found_at(event, field)
            if isinstance(found, str):
                for element, keys in by_element.items():
                    if element in found:
                        seen |= keys
            elif isinstance(found, list | tuple):
                for element in found:
                    if isinstance(element, str):
                        seen |= by_element.get(element, {})
        seen |= self._others
        for key in seen:
            if key in self._entries:
                yield self._entries[key][0]

    def _put(self, key: Hashable, group: _Conditions) -> None:
        fields, rows = _equalities(group)
        for row in rows:
            self._equal.setdefault(fields, {}).setdefault(row, {})[key] = None
        if rows:
            return
        within = _members(group)
        if within is None:
            self._others[key] = None
            return
        field, elements = within
        for element in elements:
            self._within.setdefault(field, {}).setdefault(element, {})[key] = None

    def _take(self, key: Hashable, group: _Conditions) -> None:
        fields, rows = _equalities(group)
        for row in rows:
            _forget(self._equal, fields, row, key)
        field, elements = _members(group) or ("", ())
        for element in elements if not rows else ():
            _forget(self._within, field, element, key)
        self._others.pop(key, None)


_K = TypeVar("_K", bound="Hashable")
_V = TypeVar("_V", bound="Hashable")


def _forget(
    tree: dict[_K, dict[_V, dict[Hashable, None]]], first: _K, second: _V, key: Hashable
) -> None:
    """Take a key out, and every branch that is empty then."""
    branch = tree.get(first, {})
    leaf = branch.get(second, {})
    leaf.pop(key, None)
    if not leaf:
        branch.pop(second, None)
    if not branch:
        tree.pop(first, None)


def _equalities(group: _Conditions) -> tuple[_Fields, tuple[Hashable, ...]]:
    """Return the fields that must be equal, and each row of values that will do."""
    wanted: dict[str, tuple[Hashable, ...]] = {}
    for name, operator, value in group:
        if name.count(".") >= _MAX_LEVELS or name in wanted:
            continue
        values = value if operator == "in" and isinstance(value, list) else [value]
        if operator not in {"eq", "in"}:
            continue
        try:
            keys = tuple(dict.fromkeys(map(_key, values)))
        except _NoKey:
            continue
        if prod(map(len, wanted.values())) * len(keys) <= _MAX_WRITTEN_OUT:
            wanted[name] = keys
    if not wanted:
        return (), ()
    fields = tuple(sorted(wanted))
    return fields, tuple(product(*(wanted[name] for name in fields)))


def _members(group: _Conditions) -> tuple[str, tuple[str, ...]] | None:
    for name, operator, value in group:
        values = value if isinstance(value, list) else [value]
        lists = operator == "contains" or (operator == "containsAny" and values)
        if lists and name.count(".") < _MAX_LEVELS:
            texts = tuple(one for one in values if isinstance(one, str))
            if len(texts) == len(values):
                return name, texts
    return None


def _key(value: object) -> Hashable:
    """Return what two values have in common that are equal without coercion."""
    match value:
        case bool():
            return bool, value
        case float():
            return Decimal(repr(value))
        case list() | tuple():
            return tuple(map(_key, value))
        case None | str() | int() | Decimal():
            return value
        case _:
            raise _NoKey


def _key_or_none(value: object) -> Hashable:
    try:
        return _key(value)
    except _NoKey:
        return _NoKey
