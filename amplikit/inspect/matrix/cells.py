"""What one identity may do with one operation or field, and who says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amplikit.errors import Where

__all__ = ["Cell", "Layer", "Rule", "Verdict", "best", "both"]


class Verdict(StrEnum):
    """What an identity is told."""

    ALLOW = "allow"
    DENY = "deny"
    DEPENDS = "depends"
    """The item, the input or an argument decides: see ``Cell.condition``."""


class Layer(StrEnum):
    """What decides; a call passes all of them, in this order."""

    DIRECTIVE = "directive"
    POLICY = "policy"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Rule:
    """An ``@auth`` rule, or a setting (``where`` None), that decides."""

    text: str
    where: Where | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One verdict; ``condition`` says in words on what it depends.

    ``reason`` is a sentence where the rules do not say it all.
    """

    verdict: Verdict
    layer: Layer
    condition: str = ""
    rules: tuple[Rule, ...] = ()
    reason: str = ""

    @property
    def text(self) -> str:
        """The verdict in words: ``depends: owner named in 'owner'``."""
        joined = f"{self.verdict}: {self.condition}" if self.condition else self.verdict
        return str(joined)


_RANK = {Verdict.DENY: 0, Verdict.DEPENDS: 1, Verdict.ALLOW: 2}


def best(cells: Iterable[Cell]) -> Cell | None:
    """Return the cell that gives the most, the first of equals."""
    return max(cells, key=lambda cell: _RANK[cell.verdict], default=None)


def both(first: Cell, second: Cell) -> Cell:
    """Return what is left when both must let the caller in."""
    for cell, other in ((first, second), (second, first)):
        if cell.verdict is Verdict.DENY or other.verdict is Verdict.ALLOW:
            return cell
    if first.condition == second.condition:
        return first
    return replace(
        first,
        condition=f"{first.condition}; and {second.condition}",
        rules=tuple(dict.fromkeys((*first.rules, *second.rules))),
    )
