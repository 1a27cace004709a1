"""Paths of one expression that are in each other's way."""

from __future__ import annotations

from amplikit.store.conditions import Path
from amplikit.store.operands import Unsound, shown_path

__all__ = ["PathTree"]

_Branch = dict[str | int, "_Branch | None"]


class PathTree:
    """The paths seen so far; DynamoDB enters the last one first.

    Of three paths and more, DynamoDB names as the second one any that it happens to
    meet, not the one that is in the way; here it is always the latter.
    """

    def __init__(self) -> None:
        self._root: _Branch = {}

    def add(self, path: Path) -> None:
        """Enter a path; raises ``Unsound`` when it overlaps or conflicts."""
        branch = self._root
        *way, last = path.parts
        for depth, part in enumerate(way):
            _check_kind(path, depth, branch)
            inner = branch.setdefault(part, {})
            if inner is None:
                raise _in_the_way("overlap", path, path.parts[: depth + 1])
            branch = inner
        _check_kind(path, len(way), branch)
        if last in branch:
            below = _first_path(branch[last])
            raise _in_the_way("overlap", path, (*path.parts, *below))
        branch[last] = None


def _check_kind(path: Path, depth: int, branch: _Branch) -> None:
    """Raise ``Unsound`` for a map's name where another path has a list's index."""
    part = path.parts[depth]
    for other in branch:
        if isinstance(other, str) != isinstance(part, str):
            below = _first_path(branch[other])
            raise _in_the_way("conflict", path, (*path.parts[:depth], other, *below))
        return


def _first_path(branch: _Branch | None) -> list[str | int]:
    parts: list[str | int] = []
    while branch:
        part = next(iter(branch))
        parts.append(part)
        branch = branch[part]
    return parts


def _in_the_way(verb: str, path: Path, other: tuple[str | int, ...]) -> Unsound:
    one, two = shown_path(path), shown_path(Path(other))
    return Unsound(
        f"Two document paths {verb} with each other; must remove or rewrite one of "
        f"these paths; path one: {one}, path two: {two}"
    )
