"""How a text of a service is quoted: word for word, with what is known about it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Mark", "Word", "words_of"]


class Mark(StrEnum):
    """How sure it is that the service says exactly this."""

    VERIFIED = "verified"
    REPORTED = "reported"
    ASSUMED = "assumed"


class Word(str):
    """A text of the service, with its mark and where it was read or seen."""

    __slots__ = ("mark", "source")
    mark: Mark
    source: str

    def __new__(cls, text: str, mark: Mark, source: str) -> Self:
        """Quote ``text``."""
        word = super().__new__(cls, text)
        word.mark = mark
        word.source = source
        return word


def words_of(module: Mapping[str, object]) -> dict[str, Word]:
    """Return the texts that a module quotes, by the names of their constants."""
    return {name: value for name, value in module.items() if isinstance(value, Word)}
