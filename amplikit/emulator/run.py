"""The state of one resolver while it runs, and how values are read from it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, assert_never, cast

from amplikit.blueprint.operations import Const, First, Join, Made, Ref, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from amplikit.blueprint.operations import Authorize, Grant
    from amplikit.emulator.calls import FieldCall, FieldError
    from amplikit.emulator.trace import Trace
    from amplikit.store.conditions import Condition
    from amplikit.store.interface import AttributeValue, Item

__all__ = ["Run", "evaluate", "look_up"]


@dataclass(slots=True)
class Run:
    """``$ctx`` of one resolver: its arguments and stash may be written to.

    ``pending`` are the conditions that ``Authorize`` left to the items; all must hold.
    ``previous`` is what the function before this one answered, at first what the
    resolver hands to its first one. ``appended`` are errors beside the value.
    ``undecided`` are the checks that a write's condition stands for, for explanations.
    ``allowed`` is None when every field of the input may be written; ``rules`` are the
    operation's own, once they have been asked. ``above_rules``: the configuration let
    the caller in, whatever the rules say.
    operation's own, once they have been asked, and ``covering`` is the item by which
    they let the caller in.
    """

    call: FieldCall
    trace: Trace
    now: str
    new_id: Callable[[], str]
    arguments: dict[str, AttributeValue] = field(default_factory=dict)
    defaults: Item = field(default_factory=dict)
    result: AttributeValue = None
    previous: AttributeValue = field(default_factory=dict)
    appended: list[FieldError] = field(default_factory=list)
    authorized: bool = False
    pending: tuple[Condition, ...] = ()
    undecided: tuple[tuple[Authorize, tuple[Grant, ...]], ...] = ()
    input_fields: tuple[str, ...] = ()
    allowed: frozenset[str] | None = None
    nullable: frozenset[str] | None = None
    rules: Authorize | None = None
    above_rules: bool = False
    covering: Item | None = None

    @property
    def input(self) -> Item:
        """``args.input``, which operations may change."""
        given = self.arguments.get("input")
        return given if isinstance(given, dict) else {}

    def values(self) -> Item:
        """Return what a write stores: the defaults, and the input over them."""
        return {**self.defaults, **self.input}

    def dropped_by_auth(self, count: int) -> None:
        """Count items of the last read that the rules left out."""
        if count and self.trace.reads:
            last = self.trace.reads[-1]
            self.trace.reads[-1] = replace(
                last,
                dropped_by_auth=last.dropped_by_auth + count,
                returned=last.returned - count,
            )


def evaluate(value: Value, run: Run) -> AttributeValue:
    """Return the value of an expression; what is absent is None."""
    match value:
        case Ref(path):
            return look_up(path, run)
        case Const(constant):
            # A blueprint holds JSON values only; it cannot import the store's type.
            return cast("AttributeValue", constant)
        case First(candidates):
            found = (evaluate(candidate, run) for candidate in candidates)
            return next((one for one in found if one is not None), None)
        case Join(parts, separator):
            texts = (evaluate(part, run) for part in parts)
            return separator.join("" if text is None else str(text) for text in texts)
        case Made("now"):
            return run.now
        case Made():
            return run.new_id()
        case _:
            assert_never(value)


@lru_cache(maxsize=4096)
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split(".", 2))


def look_up(path: str, run: Run) -> AttributeValue:
    """Return what a dotted path leads to; None when a step is absent."""
    root, *names = _steps(path)
    found: AttributeValue
    match root:
        case "args":
            found = run.arguments
        case "source":
            found = cast("AttributeValue", run.call.source)
        case "result":
            found = run.result
        case "values":
            found = run.values()
        case _:
            message = f"'{path}' starts at no known root"
            raise AssertionError(message)
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found
