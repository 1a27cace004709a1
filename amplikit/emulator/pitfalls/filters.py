"""The single tests that a filter argument consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FilterTest", "quoted", "tests"]

_JOINING = ("and", "or", "not")


@dataclass(frozen=True, slots=True)
class FilterTest:
    """One operator on one field."""

    field: str
    operator: str
    value: object


def tests(filter_: object) -> Iterator[FilterTest]:
    """Yield every test of a filter, however they are joined."""
    if not isinstance(filter_, Mapping):
        return
    for name, wanted in filter_.items():
        if name in _JOINING:
            for one in wanted if isinstance(wanted, list) else [wanted]:
                yield from tests(one)
        elif isinstance(wanted, Mapping):
            for operator, value in wanted.items():
                yield FilterTest(name, operator, value)


def quoted(value: object) -> str:
    """Return a value as GraphQL writes it."""
    return orjson.dumps(value, default=str).decode()
