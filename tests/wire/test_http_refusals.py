from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.resources import Blueprint
from amplikit.emulator.app import App
from amplikit.emulator.runtime import Runtime
from amplikit.emulator.service import Service
from amplikit.identity.directory import IdentityStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.calls import FieldCall, Resolved, Subscribed
    from amplikit.emulator.trace import Trace

TRANSCRIPT = json.loads(Path(__file__).with_name("http_refusals.json").read_text())
EXCHANGES = TRANSCRIPT["exchanges"]
AUTH = AuthConfig(AuthMode.API_KEY)
SDL = """
type Query { post: Post }
type Post { id: ID }
type Mutation {
  createItem(outside_input: OutsideInput!): String
  createUpdateTest(input: CreateUpdateTestInput!): String
}
type Subscription { onPost: Post }
input OutsideInput { nested: NestedInput }
input NestedInput { name: String! }
input CreateUpdateTestInput { test: String! }
"""


class NoResolvers:
    coordinates: frozenset[str] = frozenset()

    def run(self, call: FieldCall, trace: Trace) -> Resolved:
        raise NotImplementedError

    def subscribe(self, call: FieldCall, trace: Trace) -> Subscribed:
        raise NotImplementedError


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    def clock() -> datetime:
        return datetime.now(UTC)

    config = Config("wire", Transformer.V1, AUTH)
    identity = IdentityStore.open(tmp_path_factory.mktemp("wire"), config, clock)
    blueprint = Blueprint("wire", Transformer.V1, AUTH, SDL, (), (), (), ())
    runtime = Runtime(blueprint, config, NoResolvers(), identity, clock, "token")
    yield Service(runtime, "http://localhost")
    identity.close()


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda one: one["name"])
def test_the_recorded_answer_is_given(service: Service, exchange: dict) -> None:
    key = service.runtime.identity.api_keys.all(service.runtime.clock())[0].value
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"x-api-key", key.encode())],
    }
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": exchange["body"].encode()}

    async def send(message: dict) -> None:
        sent.append(message)

    asyncio.run(App(service)(scope, receive, send))

    assert sent[0]["status"] == exchange["status"]
    assert json.loads(sent[1]["body"]) == exchange["answer"]
