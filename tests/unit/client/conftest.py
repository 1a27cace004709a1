"""A scripted service and a clock that stands still until someone sleeps."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from amplikit_client import Answer, ApiKeyAuth, AppSyncClient, Clock, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from amplikit_client import PreparedCall

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass
class Service:
    """Answers with what the test wrote down; the last line is repeated."""

    script: list[Answer | Unreachable]
    calls: list[PreparedCall] = field(default_factory=list)
    slept_s: list[float] = field(default_factory=list)
    takes_s: float = 0.0
    passed_s: float = 0.0

    def send(self, request: PreparedCall, /) -> Answer:
        self.calls.append(request)
        self.passed_s += min(self.takes_s, request.timeout_s)
        answer = self.script[min(len(self.calls), len(self.script)) - 1]
        if isinstance(answer, Unreachable):
            raise answer
        return answer

    def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.passed_s += seconds

    @property
    def clock(self) -> Clock:
        return Clock(
            now=lambda: START + timedelta(seconds=self.passed_s),
            monotonic=lambda: self.passed_s,
            sleep=self.sleep,
            chance=lambda: 0.5,
        )

    def client(self, auth: object = None, **options: object) -> AppSyncClient:
        return AppSyncClient(
            "http://localhost/graphql",
            auth or ApiKeyAuth("da2-key"),
            transport=self,
            clock=self.clock,
            **options,
        )

    @property
    def bodies(self) -> list[dict]:
        return [json.loads(call.body) for call in self.calls]


@pytest.fixture
def service() -> Callable[..., Service]:
    """Make a service from answers: (status, JSON[, headers]), or a failure."""

    def make(*script: tuple | Unreachable, takes_s: float = 0.0) -> Service:
        return Service([_answer(line) for line in script], takes_s=takes_s)

    return make


def _answer(line: tuple | Unreachable) -> Answer | Unreachable:
    if isinstance(line, Unreachable):
        return line
    status, body, *headers = line
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, headers[0] if headers else {}, raw)
