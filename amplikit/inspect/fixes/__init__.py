"""Fixes for a refusal, the nearest and narrowest first; whether they do is to be tried.

A rule that is there already and is for this caller comes first, then a rule for exactly
this caller's group, role or mode, and everybody of a mode only at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from amplikit.blueprint.denials import ByField, ByMode, ByPolicy, ByRule, Unruled
from amplikit.inspect.fixes.by_field import for_input_fields
from amplikit.inspect.fixes.by_policy import for_policy
from amplikit.inspect.fixes.by_rule import for_check, for_target
from amplikit.inspect.fixes.losses import takes_away
from amplikit.inspect.fixes.targets import targets_of
from amplikit.inspect.fixes.without import Instead, instead

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.denials import Denial
    from amplikit.blueprint.fixes import Fix
    from amplikit.inspect.fixes.targets import Situation

__all__ = ["Instead", "fixes", "instead", "takes_away"]


def fixes(denial: Denial, situation: Situation) -> Iterator[Fix]:
    """Yield what may let the caller in; the first that does is the nearest."""
    caller, cause = denial.caller, denial.cause
    other = instead(denial, situation.api)
    if other is not None and other.alone:
        return
    match cause:
        case ByPolicy():
            yield from for_policy(denial.coordinate, cause, caller, situation)
        case ByRule():
            yield from for_check(cause, caller, situation)
        case ByField():
            yield from for_input_fields(cause, caller, situation)
        case ByMode() | Unruled():
            for target in targets_of(denial.coordinate, situation):
                yield from for_target(target, caller, situation)
        case _:
            assert_never(cause)
