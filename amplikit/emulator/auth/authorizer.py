"""The project's function that judges tokens, and what it has said of each.

Source: AppSync developer guide, "AWS_LAMBDA authorization".
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import orjson

from amplikit.emulator.datasources.functions import NotRunnable
from amplikit.emulator.functions.outcome import FunctionError, FunctionResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.blueprint.providers import LambdaAuthorizer

__all__ = ["Authorizer", "InvokeFunction", "NotInvoked", "Refused", "Verdict"]

InvokeFunction = Callable[
    [str, bytes], Awaitable[FunctionResult | FunctionError | NotRunnable]
]
"""Runs a function of the project, by its name, for an event in JSON."""

TIME_LIMIT_S: Final = 10.0
_MAX_TTL_S: Final = 3_600
_MAX_CACHED: Final = 1_024
_MAX_CACHED_BYTES: Final = 1_048_576
_MAX_CONTEXT_BYTES: Final = 5 * 1_048_576
_ANSWER_KEYS: Final = (
    *("isAuthorized", "resolverContext", "deniedFields", "ttlOverride"),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The caller may call; ``denied_fields`` are coordinates."""

    resolver_context: Mapping[str, str]
    denied_fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Refused:
    """The caller may not call; ``reason`` is for the operator."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotInvoked:
    """The function could not be run at all; ``reason`` is for the operator."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Remembered:
    verdict: Verdict | Refused
    until: datetime


class Authorizer:
    """Asks the function, and remembers for each token what it said."""

    def __init__(
        self,
        settings: LambdaAuthorizer,
        invoke: InvokeFunction,
        api_arn: str,
        time_limit_s: float = TIME_LIMIT_S,
    ) -> None:
        self.settings = settings
        self._invoke = invoke
        self._api_arn = api_arn
        self._time_limit_s = time_limit_s
        self._remembered: OrderedDict[bytes, _Remembered] = OrderedDict()

    async def judge(
        self, token: str, event: dict[str, object], now: datetime
    ) -> Verdict | Refused | NotInvoked:
        """Return what the function says of a token, now or a short while ago."""
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._remembered.get(digest)
        if known and now < known.until:
            return known.verdict
        name = self.settings.function
        try:
            async with asyncio.timeout(self._time_limit_s):
                outcome = await self._invoke(name, orjson.dumps(event))
        except TimeoutError:
            return Refused(f"'{name}' took more than {self._time_limit_s:g} s")
        if isinstance(outcome, NotRunnable):
            return NotInvoked(f"the authorizer '{name}': {outcome.message}")
        if isinstance(outcome, FunctionError):
            return Refused(f"'{name}' failed with {outcome.error_type}")
        verdict, ttl_s = self._read(outcome.payload)
        if ttl_s > 0 and len(orjson.dumps(outcome.payload)) < _MAX_CACHED_BYTES:
            until = now + timedelta(seconds=ttl_s)
            self._remembered[digest] = _Remembered(verdict, until)
            self._remembered.move_to_end(digest)
            if len(self._remembered) > _MAX_CACHED:
                self._remembered.popitem(last=False)
        return verdict

    def _read(self, payload: object) -> tuple[Verdict | Refused, int]:
        """Return what an answer says, and how many seconds it holds."""
        if not isinstance(payload, dict):
            return self._malformed("is not an object")
        if payload.get("isAuthorized") is not True:
            told = payload.get("isAuthorized")
            refused = Refused(f"'{self.settings.function}' says isAuthorized={told!r}")
            # An answer without a verdict is a fault, which must not last.
            ttl_s = self._ttl_s(payload) if told is False else 0
            return refused, ttl_s or 0
        context = _texts(payload.get("resolverContext"))
        if context is None:
            return self._malformed("has a resolverContext that is not flat texts")
        denied = payload.get("deniedFields") or []
        if not isinstance(denied, list):
            return self._malformed("has deniedFields that are no list")
        ttl_s = self._ttl_s(payload)
        if ttl_s is None:
            return self._malformed("has a ttlOverride that is no number of seconds")
        coordinates = (self._coordinate(one) for one in denied)
        fields = frozenset(one for one in coordinates if one is not None)
        return Verdict(context, fields), ttl_s

    def _malformed(self, fact: str) -> tuple[Refused, int]:
        return Refused(f"the answer of '{self.settings.function}' {fact}"), 0

    def _ttl_s(self, payload: Mapping[str, object]) -> int | None:
        told = payload.get("ttlOverride")
        if told is None:
            return self.settings.ttl_s
        if isinstance(told, bool) or not isinstance(told, int) or told < 0:
            return None
        return min(told, _MAX_TTL_S)

    def _coordinate(self, denied: object) -> str | None:
        """Return ``Type.field`` of a denied field; another API's ARN is none."""
        if not isinstance(denied, str):
            return None
        path = denied.removeprefix(f"{self._api_arn}/")
        if path == denied:
            return denied
        match path.split("/"):
            case ["types", type_, "fields", field]:
                return f"{type_}.{field}"
            case _:
                return None


def _texts(context: object) -> dict[str, str] | None:
    if context is None:
        return {}
    if not isinstance(context, dict):
        return None
    texts: dict[str, str] = {}
    for key, value in context.items():
        match value:
            case str():
                texts[key] = value
            case bool() | int() | float():
                # Assumed: the service keeps texts only, as API Gateway does.
                texts[key] = orjson.dumps(value).decode()
            case _:
                return None
    if len(orjson.dumps(texts)) > _MAX_CONTEXT_BYTES:
        return None
    return texts
