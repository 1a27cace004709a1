"""What happened while one request was answered; ``explain`` prints nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from amplikit.blueprint.denials import Denial
    from amplikit.emulator.pitfalls.facts import Fact
    from amplikit.errors import Where

__all__ = [
    "Considered",
    "Decision",
    "Layer",
    "Outcome",
    "Path",
    "Pitfall",
    "Read",
    "Trace",
    "Verdict",
]

Path = tuple[str | int, ...]
Layer = Literal["directive", "policy", "rule"]
Verdict = Literal["allow", "deny"]
Outcome = Literal["matched", "skipped", "failed", "items"]
"""What came of a rule; ``items``: it is left to each item that is read or written."""


@dataclass(frozen=True, slots=True)
class Considered:
    """One rule that was looked at, with what was compared, or why it was passed over.

    ``rule`` is its text; without ``where`` it is a setting of the configuration.
    """

    rule: str
    where: Where | None
    outcome: Outcome
    why: str
    values: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """One layer's verdict on one field of the response.

    ``values`` are the names and values that were compared; ``rule`` is the place that
    was decisive, and ``hint`` what would change the verdict. ``considered`` are all
    rules that could have been, when somebody asks for it.
    ``denial`` is a refusal for whoever looks for a fix.
    """

    path: Path
    layer: Layer
    verdict: Verdict
    rule: Where | None = None
    values: tuple[tuple[str, object], ...] = ()
    hint: str = ""
    considered: tuple[Considered, ...] = ()
    denial: Denial | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Read:
    """One read of a table; ``evaluated`` items were read, ``returned`` are left.

    ``more`` says that the answer has a ``nextToken``, and ``ends`` that it leads to
    nothing; ``single`` that one item was asked for, not a page.
    """

    path: Path
    operation: str
    table: str
    index: str | None = None
    evaluated: int = 0
    dropped_by_auth: int = 0
    dropped_by_filter: int = 0
    returned: int = 0
    more: bool = False
    single: bool = False
    limit: int | None = None
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Pitfall:
    """A known trap that this request has met."""

    code: str
    path: Path
    message: str
    hint: str


@dataclass(slots=True)
class Trace:
    """The record of one request, written by the layers in the order they ran.

    ``facts`` are what the pitfalls are found by when the request has been answered.
    ``explained``: somebody has asked for it, so that it may cost something.
    """

    decisions: list[Decision] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    pitfalls: list[Pitfall] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    explained: bool = False
