"""What happened while one request was answered; ``explain`` prints nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from amplikit.emulator.pitfalls.facts import Fact
    from amplikit.errors import Where

__all__ = ["Decision", "Layer", "Path", "Pitfall", "Read", "Trace", "Verdict"]

Path = tuple[str | int, ...]
Layer = Literal["directive", "policy", "rule"]
Verdict = Literal["allow", "deny"]


@dataclass(frozen=True, slots=True)
class Decision:
    """One layer's verdict on one field of the response.

    ``values`` are the names and values that were compared; ``rule`` is the place that
    was decisive, and ``hint`` what would change the verdict.
    """

    path: Path
    layer: Layer
    verdict: Verdict
    rule: Where | None = None
    values: tuple[tuple[str, object], ...] = ()
    hint: str = ""


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
