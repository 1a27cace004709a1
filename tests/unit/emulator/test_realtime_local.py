"""Mutations that no table resolves: the NONE data source hands its payload on."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.operations import Function, Local, Ref, Resolver
from amplikit.blueprint.resources import Blueprint
from amplikit.emulator.auth.policy import RolePolicies
from amplikit.emulator.executions import Executions
from amplikit.emulator.host import ExecutionAnswer, GraphQLRequest, Host
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.realtime.hub import Hub
from amplikit.emulator.realtime.subscribing import Listener, listener
from amplikit.emulator.trace import Trace
from amplikit.identity.caller import ApiKeyCaller
from amplikit.store import SqliteStore

SDL = """
type Query { nothing: String }
type Score { game: ID! points: Int player: Player }
type Player { name: String rank: Int }
input PlayerInput { name: String rank: Int }
type Mutation { announce(game: ID!, points: Int, player: PlayerInput): Score }
type Subscription {
  onAnnounce(game: ID, points: Int): Score @aws_subscribe(mutations: ["announce"])
}
"""
KEY = ApiKeyCaller("da2-key")


class Told:
    def __init__(self) -> None:
        self.events: list[object] = []

    def deliver(self, payload: str) -> None:
        self.events.append(json.loads(payload)["data"]["onAnnounce"])

    def invalidate(self) -> None:
        raise AssertionError


def test_a_mutation_of_the_none_data_source_publishes_its_arguments() -> None:
    local = Function("announce", (), Local(Ref("args")), ())
    blueprint = Blueprint(
        "scores",
        Transformer.V2,
        AuthConfig(AuthMode.API_KEY),
        SDL,
        (),
        (Resolver("Mutation.announce", (local,)),),
        (),
        (),
    )
    interpreter = Interpreter(
        blueprint,
        SqliteStore.in_memory(()),
        NextTokens(b"s" * 32),
        clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
        new_id=lambda: "id",
    )
    host = Host(blueprint, interpreter, RolePolicies((), (), "arn"))
    hub = Hub(host, Executions(), lambda _: None)

    def listen(arguments: str) -> Told:
        query = f"subscription {{ onAnnounce{arguments} {{ game points player"
        request = GraphQLRequest(f"{query} {{ name rank }} }} }}", {})
        found = listener(host, interpreter, request, KEY)
        assert isinstance(found, Listener)
        told = Told()
        hub.add(told, found, told)
        return told

    async def announce(game: str, points: int) -> None:
        mutation = f'announce(game: "{game}", points: {points}, player: {{name: "A"}})'
        query = f"mutation {{ {mutation} {{ g: game points player {{ name }} }} }}"
        answer = host.execute(GraphQLRequest(query, {}), KEY, Trace())
        assert isinstance(answer, ExecutionAnswer)
        hub.publish(answer)
        await hub.settled()

    async def test() -> None:
        everything, one, none = listen(""), listen('(game: "1")'), listen("(game: 2)")
        await announce("1", 5)
        event = {"game": "1", "points": 5, "player": {"name": "A", "rank": None}}
        assert everything.events == one.events == [event]
        assert none.events == []
        await announce("2", 5)
        assert len(everything.events) == 2
        assert [e["game"] for e in none.events] == ["2"]

    asyncio.run(test())
