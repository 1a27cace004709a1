"""Paths of one expression that are in each other's way.

DynamoDB enters the paths into a tree of Java hash maps, the last one first. When one
of them does not fit, its message names that path, and as the other one whatever path
a walk over the maps of that branch happens to meet last; so do we.
Source: answers of DynamoDB Local 2.x; dynalite's tests note the same of the service.
"""

from __future__ import annotations

from amplikit.store.conditions import Path
from amplikit.store.operands import Unsound, shown_path

__all__ = ["PathTree"]

_Branch = dict[str | int, "_Branch | None"]


class PathTree:
    """The paths seen so far; to be filled from the last one to the first."""

    def __init__(self) -> None:
        self._root: _Branch = {}

    def add(self, path: Path) -> None:
        """Enter a path; raises ``Unsound`` when it overlaps or conflicts."""
        branch = self._root
        last = len(path.parts) - 1
        for depth, part in enumerate(path.parts):
            if any(isinstance(other, str) != isinstance(part, str) for other in branch):
                raise _in_the_way("conflict", path, branch, depth)
            if part in branch and depth == last:
                raise _in_the_way("overlap", path, branch, depth)
            if depth == last:
                branch[part] = None
                return
            inner = branch.setdefault(part, {})
            if inner is None:
                raise _in_the_way("overlap", path, branch, depth)
            branch = inner


def _in_the_way(verb: str, path: Path, branch: _Branch, depth: int) -> Unsound:
    other = Path((*path.parts[:depth], *_last_walked(branch)))
    return Unsound(
        f"Two document paths {verb} with each other; must remove or rewrite one of "
        f"these paths; path one: {shown_path(path)}, path two: {shown_path(other)}"
    )


def _last_walked(branch: _Branch) -> list[str | int]:
    parts: list[str | int] = []
    inner: _Branch | None = branch
    while inner:
        buckets = 16
        while len(inner) > buckets * 3 // 4:
            buckets *= 2
        part = max(enumerate(inner), key=lambda at: (_bucket(at[1], buckets), at[0]))[1]
        parts.append(part)
        inner = inner[part]
    return parts


def _bucket(part: str | int, buckets: int) -> int:
    """Return where Java's ``HashMap`` keeps that key."""
    value = part if isinstance(part, int) else 0
    if isinstance(part, str):
        units = part.encode("utf-16-be", "surrogatepass")
        for at in range(0, len(units), 2):
            value = (value * 31 + units[at] * 256 + units[at + 1]) & 0xFFFFFFFF
    return (value ^ (value >> 16)) & (buckets - 1)
