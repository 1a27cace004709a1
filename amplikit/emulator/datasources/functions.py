"""``@function``: the payload that Amplify's templates make, and what comes back.

Source: the templates of both transformers; AppSync developer guide, "Lambda".
"""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Protocol, assert_never

from amplikit.emulator import wire
from amplikit.emulator.calls import FieldError, Resolved
from amplikit.emulator.datasources.failures import not_run_here
from amplikit.emulator.datasources.results import (
    Unreadable,
    printable_text,
    raw_value,
)
from amplikit.emulator.functions.outcome import FunctionError, FunctionResult
from amplikit.emulator.scalars import json_text
from amplikit.emulator.shown_identity import shown_identity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.blueprint.remote import FunctionCall, RemoteCall
    from amplikit.blueprint.resources import Blueprint
    from amplikit.emulator.run import Run
    from amplikit.store.interface import AttributeValue

__all__ = ["FunctionSource", "Functions", "NotRunnable", "payload"]

_UNREADABLE = "Unable to parse the function's response."


@dataclass(frozen=True, slots=True)
class NotRunnable:
    """Why a function cannot be run here, for whoever called the field."""

    message: str


class Functions(Protocol):
    """Runs functions by the name that a schema gives them."""

    async def invoke(
        self, name: str, event: bytes
    ) -> FunctionResult | FunctionError | NotRunnable:
        """Run a function for one event (JSON), and wait for it."""

    def start(self, name: str, event: bytes) -> NotRunnable | None:
        """Run a function for one event (JSON), which nobody waits for."""


class FunctionSource:
    """Answers the fields of one blueprint that functions answer."""

    def __init__(self, blueprint: Blueprint, functions: Functions) -> None:
        self._known: dict[str, RemoteCall] = {
            source.name: source.call for source in blueprint.data_sources
        }
        self._functions = functions

    async def ask(self, call: FunctionCall, run: Run) -> Resolved | FieldError:
        """Invoke a function as its template does."""
        event = json_text(payload(run))
        name = self._name(call)
        if call.event:
            refused = self._functions.start(name, event)
            if refused is None:
                return Resolved({"success": True})
            failed = not_run_here(refused.message)
            return Resolved({"success": False}, (failed,))
        return await self._invoke(name, event, run.call.deadline)

    async def resolve_conflict(
        self, function: str, event: Mapping[str, AttributeValue]
    ) -> Resolved | FieldError:
        """Invoke a conflict handler."""
        limit = monotonic() + wire.MAX_EXECUTION_S
        return await self._invoke(function, json_text(_plain(event)), limit)

    def _name(self, call: FunctionCall) -> str:
        """Return the name of the first call: a data source is made but once."""
        first = self._known.get(call.data_source)
        return first.name if isinstance(first, type(call)) else call.name

    async def _invoke(
        self, name: str, event: bytes, deadline: float
    ) -> Resolved | FieldError:
        left_s = min(deadline - monotonic(), wire.MAX_EXECUTION_S)
        try:
            async with asyncio.timeout(left_s):
                outcome = await self._functions.invoke(name, event)
        except TimeoutError:
            return FieldError(wire.EXECUTION_TIMED_OUT, wire.LAMBDA_TIMEOUT)
        match outcome:
            case FunctionResult(given):
                try:
                    return Resolved(raw_value(given))
                except Unreadable:
                    return FieldError(_UNREADABLE, wire.LAMBDA_UNHANDLED)
            case FunctionError():
                return FieldError(
                    printable_text(outcome.message), wire.LAMBDA_UNHANDLED
                )
            case NotRunnable(message):
                return not_run_here(message)
            case _:
                assert_never(outcome)


def payload(run: Run) -> dict[str, object]:
    """Return the event of a field's function, the same in both versions."""
    call = run.call
    return {
        "typeName": call.parent,
        "fieldName": call.field,
        "arguments": _plain(run.arguments),
        "identity": shown_identity(call.caller),
        "source": _plain(call.source),
        "request": {"headers": dict(call.headers), "domainName": None},
        "prev": {"result": _plain(run.previous)},
    }


def _plain(value: object) -> object:
    """Return a raw value as ``$util.toJson`` prints it."""
    match value:
        case bytes():
            return base64.b64encode(value).decode()
        case list():
            return [_plain(element) for element in value]
        case frozenset():
            return sorted((_plain(element) for element in value), key=str)
        case None | str() | int():
            return value
        case _ if hasattr(value, "items"):
            return {str(name): _plain(one) for name, one in value.items()}
        case _:
            return value
