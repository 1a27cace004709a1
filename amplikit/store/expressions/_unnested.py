"""Recursion without Python's stack: expressions nest deeper than it allows."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from typing import TypeVar

__all__ = ["Steps", "unnested"]

_T = TypeVar("_T")

Steps = Generator["Steps[_T]", _T, _T]
"""A recursive function that yields its recursive calls and returns its result."""


def unnested(steps: Steps[_T]) -> _T:
    """Return what the outermost steps return."""
    waiting = [steps]
    resume: Callable[[], Steps[_T]] = steps.__next__
    while True:
        try:
            inner = resume()
        except StopIteration as done:
            result: _T = done.value
            waiting.pop()
            if not waiting:
                return result
            resume = partial(waiting[-1].send, result)
        else:
            waiting.append(inner)
            resume = inner.__next__
