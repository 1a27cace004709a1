"""The part of an item that paths lead to.

Source: DynamoDB developer guide, "Projection expressions"; that elements of a list come
without gaps, in their order: answers of DynamoDB Local 2.x.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, assert_never

from amplikit.store.codec import own_copy
from amplikit.store.conditions import Given, Path
from amplikit.store.updates import Arithmetic, IfNotExists, ListAppend

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amplikit.store.interface import AttributeValue, Item
    from amplikit.store.updates import Update, UpdateOperand

__all__ = ["follow", "mentioned_paths", "project", "touched_paths", "updated_part"]

_Other = TypeVar("_Other")
_Wanted = dict[str | int, "_Wanted | None"]


def project(item: Item, paths: Iterable[Path]) -> Item:
    """Return a copy of what the paths, none inside another, lead to.

    A path that leads nowhere adds nothing, nor the maps and lists on its way.
    """
    wanted: _Wanted = {}
    for path in paths:
        branch = wanted
        for part in path.parts[:-1]:
            inner = branch.setdefault(part, {})
            if inner is None:
                raise AssertionError("one path is inside another")
            branch = inner
        branch[path.parts[-1]] = None
    return _part_of_map(item, wanted)


def follow(
    value: AttributeValue, parts: tuple[str | int, ...], absent: _Other
) -> AttributeValue | _Other:
    """Return what is at the end of a path, or ``absent``."""
    for part in parts:
        if isinstance(part, str):
            if not isinstance(value, dict) or part not in value:
                return absent
            value = value[part]
        else:
            if not isinstance(value, list) or not 0 <= part < len(value):
                return absent
            value = value[part]
    return value


def touched_paths(update: Update) -> tuple[Path, ...]:
    """Return all paths that the update writes to."""
    return (
        *(one.path for one in update.set),
        *update.remove,
        *(one.path for one in update.add),
        *(one.path for one in update.delete),
    )


def mentioned_paths(update: Update) -> tuple[Path, ...]:
    """Return all paths that the update writes to or reads."""
    read = (path for one in update.set for path in _read_paths(one.value))
    return (*touched_paths(update), *read)


def updated_part(update: Update, item: Item | None) -> Item:
    """Return what ``UPDATED_OLD`` shows of the old item, ``UPDATED_NEW`` of the new."""
    return project(item or {}, touched_paths(update))


def _read_paths(operand: UpdateOperand) -> Iterator[Path]:
    match operand:
        case Path():
            yield operand
        case Given():
            return
        case IfNotExists(path, otherwise):
            yield path
            yield from _read_paths(otherwise)
        case ListAppend(first, second):
            yield from _read_paths(first)
            yield from _read_paths(second)
        case Arithmetic(left, _, right):
            yield from _read_paths(left)
            yield from _read_paths(right)
        case _:
            assert_never(operand)


def _part_of_map(value: Item, wanted: _Wanted) -> Item:
    part: Item = {}
    for name, inner in wanted.items():
        if isinstance(name, str) and name in value:
            _keep(part, name, value[name], inner)
    return part


def _part_of_list(value: list[AttributeValue], wanted: _Wanted) -> list[AttributeValue]:
    part: Item = {}
    for index in sorted(index for index in wanted if isinstance(index, int)):
        if index < len(value):
            _keep(part, str(index), value[index], wanted[index])
    return list(part.values())


def _keep(part: Item, name: str, value: AttributeValue, wanted: _Wanted | None) -> None:
    if wanted is None:
        part[name] = own_copy(value)
        return
    inner: AttributeValue = None
    if isinstance(value, dict):
        inner = _part_of_map(value, wanted)
    elif isinstance(value, list):
        inner = _part_of_list(value, wanted)
    if inner:
        part[name] = inner
