"""What lies outside of the tables, which this version does not reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from amplikit.blueprint.remote import FunctionCall, HttpCall, PredictionsCall
from amplikit.emulator.calls import FieldError

if TYPE_CHECKING:
    from amplikit.blueprint.remote import RemoteCall

__all__ = ["NOT_RUN_LOCALLY", "not_run"]

NOT_RUN_LOCALLY = "NotRunLocally"
"""Ours: AppSync has no such error."""


def not_run(call: RemoteCall) -> FieldError:
    """Return the error of a field whose directive is not run here."""
    match call:
        case FunctionCall():
            what = f"@function: the function '{call.name}' is not called"
        case HttpCall():
            what = f"@http: no {call.method} request is sent to '{call.origin}'"
        case PredictionsCall():
            what = f"@predictions: the AI service of '{call.action}' is not asked"
        case _:
            assert_never(call)
    return FieldError(
        f"{what} by this version when it serves locally.", NOT_RUN_LOCALLY
    )
