"""What lies outside of the tables: functions, endpoints, AI services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, assert_never

from amplikit.blueprint.remote import FunctionCall, HttpCall, PredictionsCall
from amplikit.emulator.calls import FieldError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.blueprint.remote import RemoteCall
    from amplikit.emulator.calls import Resolved
    from amplikit.emulator.datasources.functions import FunctionSource
    from amplikit.emulator.datasources.http_source import HttpSource
    from amplikit.emulator.run import Run
    from amplikit.store.interface import AttributeValue

__all__ = [
    "NOT_FOR_SUBSCRIPTIONS",
    "NOT_RUN_LOCALLY",
    "DataSources",
    "Outside",
    "not_run",
    "predictions_refused",
]

NOT_RUN_LOCALLY = "NotRunLocally"
"""Ours: AppSync has no such error."""

NOT_FOR_SUBSCRIPTIONS = FieldError(
    "A subscription whose resolver asks a function or an endpoint does not start "
    "locally.",
    NOT_RUN_LOCALLY,
)


class Outside(Protocol):
    """What the interpreter asks, and waits for."""

    async def ask(self, call: RemoteCall, run: Run) -> Resolved | FieldError:
        """Answer a field of a directive by what it names."""

    async def resolve_conflict(
        self, function: str, event: Mapping[str, AttributeValue]
    ) -> Resolved | FieldError:
        """Answer a conflict handler's event by its function."""


@dataclass(frozen=True, slots=True)
class DataSources:
    """The functions of a project, and the endpoints of its schema."""

    functions: FunctionSource
    endpoints: HttpSource

    async def ask(self, call: RemoteCall, run: Run) -> Resolved | FieldError:
        """Answer a field of a directive by what it names."""
        match call:
            case FunctionCall():
                return await self.functions.ask(call, run)
            case HttpCall():
                return await self.endpoints.ask(call, run)
            case PredictionsCall():
                return predictions_refused(call)
            case _:
                assert_never(call)

    async def resolve_conflict(
        self, function: str, event: Mapping[str, AttributeValue]
    ) -> Resolved | FieldError:
        """Answer a conflict handler's event by its function."""
        return await self.functions.resolve_conflict(function, event)


def not_run(call: RemoteCall) -> FieldError:
    """Return the error of a field where nothing outside may be asked."""
    match call:
        case FunctionCall():
            what = f"@function: the function '{call.name}' is not called here."
        case HttpCall():
            what = f"@http: no {call.method} request is sent from here."
        case PredictionsCall():
            return predictions_refused(call)
        case _:
            assert_never(call)
    return FieldError(what, NOT_RUN_LOCALLY)


def predictions_refused(call: PredictionsCall) -> FieldError:
    """Return the error of a field that only AWS's AI services can answer."""
    return FieldError(
        f"@predictions: '{call.action}' needs {call.service}, which amplikit does not "
        "run. Answer the field by @function to run it here.",
        NOT_RUN_LOCALLY,
    )
