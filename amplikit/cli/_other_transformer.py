"""What the other transformer would have answered to the same request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Transformer
from amplikit.cli._compile import compile_options
from amplikit.cli._rehearsal import TooManyItems
from amplikit.compiler import compile_schema
from amplikit.compiler.rewrite.schema import rewrite
from amplikit.errors import SchemaInvalid
from amplikit.planner import plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amplikit.blueprint.api import Api
    from amplikit.blueprint.config import Config
    from amplikit.cli._patches import Stage
    from amplikit.cli._rehearsal import Rehearsal, Rehearsed
    from amplikit.emulator.trace import Decision

__all__ = ["Difference", "Other", "other_transformer"]

_OTHER = {Transformer.V1: Transformer.V2, Transformer.V2: Transformer.V1}


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that is decided, or answered, otherwise; None: nothing was asked."""

    path: tuple[str, ...]
    here: Decision | None
    there: Decision | None
    returned: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Other:
    """The comparison, or why there is none; ``rewritten``: as v2 would write it."""

    transformer: Transformer
    rewritten: bool = False
    differences: tuple[Difference, ...] = ()
    data_differs: bool = False
    why_not: str = ""


def other_transformer(now: Stage, rehearsal: Rehearsal, here: Rehearsed) -> Other:
    """Ask the request of the schema under the other transformer."""
    config = now.situation.config
    transformer = _OTHER[config.transformer]
    there_config = replace(config, transformer=transformer)
    api, rewritten, why = _compiled(now, config, there_config)
    if api is None:
        return Other(transformer, why_not=f"The schema does not compile there: {why}")
    try:
        there = rehearsal.of(plan(api, there_config), there_config)
    except TooManyItems as error:
        why = f"The tables are others there, and '{error}' is too large to be copied."
        return Other(transformer, rewritten, why_not=why)
    except SchemaInvalid as error:
        why = f"The schema is not one there: {error.problems[0].message}"
        return Other(transformer, rewritten, why_not=why)
    if not there.answered:
        why = f"The request is not valid there: {_first_error(there)}"
        return Other(transformer, rewritten, why_not=why)
    made = tuple(_differences(here, there))
    # What a mutation answers has ids and times in it, which are never the same.
    told = here.body.get("data") != there.body.get("data") and not here.writes
    return Other(transformer, rewritten, made, data_differs=told)


def _compiled(
    now: Stage, config: Config, there: Config
) -> tuple[Api | None, bool, str]:
    """Return the schema as it is written, or else rewritten, or why neither does."""
    written = compile_schema(now.sources, compile_options(there))
    if written.api is not None:
        return written.api, False, ""
    if there.transformer is Transformer.V2:
        after = rewrite(now.sources, compile_options(config)).after
        if after is not None:
            return after, True, ""
    errors = (one for one in written.problems if one.severity == "error")
    first = next(errors)
    return None, False, f"{first.message} {first.hint}"


def _first_error(there: Rehearsed) -> str:
    errors = there.body.get("errors")
    first = errors[0] if isinstance(errors, list | tuple) and errors else None
    return str(first.get("message")) if isinstance(first, dict) else there.reason


def _differences(here: Rehearsed, there: Rehearsed) -> Iterator[Difference]:
    """Yield the fields that one refuses and the other does not, and other counts."""
    ours, theirs = _decisive(here), _decisive(there)
    differing = set()
    for path in sorted(ours.keys() | theirs.keys()):
        sides = ours.get(path), theirs.get(path)
        if _denies(sides[0]) != _denies(sides[1]):
            differing.add(path)
            yield Difference(path, *sides)
    counts = _returned(here), _returned(there)
    for path in sorted(counts[0].keys() & counts[1].keys()):
        returned = counts[0][path], counts[1][path]
        if returned[0] != returned[1] and path not in differing:
            yield Difference(path, ours.get(path), theirs.get(path), returned)


def _denies(decision: Decision | None) -> bool:
    return decision is not None and decision.verdict == "deny"


def _decisive(rehearsed: Rehearsed) -> Mapping[tuple[str, ...], Decision]:
    """Return what decided about each field: its first refusal, or else the last."""
    found: dict[tuple[str, ...], Decision] = {}
    for one in rehearsed.trace.decisions:
        path = _named(one.path)
        if not _denies(found.get(path)):
            found[path] = one
    return found


def _returned(rehearsed: Rehearsed) -> Mapping[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    for one in rehearsed.trace.reads:
        path = _named(one.path)
        found[path] = found.get(path, 0) + one.returned
    return found


def _named(path: tuple[str | int, ...]) -> tuple[str, ...]:
    """Return a path without the positions in lists."""
    return tuple(step for step in path if isinstance(step, str))
