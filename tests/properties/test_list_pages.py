"""GraphQL lists page by page, as callers walk them: nothing is lost or shown twice."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import hypothesis.strategies as st
import orjson
import pytest
from hypothesis import given, settings

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.emulator.auth.policy import RolePolicies
from amplikit.emulator.host import ExecutionAnswer, GraphQLRequest, Host
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.trace import Trace
from amplikit.identity.caller import UserPoolCaller
from amplikit.planner import plan
from amplikit.store import SqliteStore
from amplikit.store.interface import PutRequest, Written

if TYPE_CHECKING:
    from amplikit.store.interface import Item

AUTH = AuthConfig(AuthMode.USER_POOLS)
SCHEMAS = {
    Transformer.V1: """
type Post @model @auth(rules: [{ allow: owner }])
  @key(name: "byTopic", fields: ["topic", "rank"], queryField: "byTopic") {
  id: ID! topic: String! rank: Int! text: String owner: String
}
type Note @model @auth(rules: [{ allow: owner }]) {
  id: ID! topic: String! rank: Int! text: String owner: String
}
""",
    Transformer.V2: """
type Post @model @auth(rules: [{ allow: owner }]) {
  id: ID! topic: String!
    @index(name: "byTopic", sortKeyFields: ["rank"], queryField: "byTopic")
  rank: Int! text: String owner: String
}
type Note @model @auth(rules: [{ allow: owner }]) {
  id: ID! topic: String! rank: Int! text: String owner: String
}
""",
}
TOPICS = ("x", "y")
TEXTS = ("", "a", "ab", "b", "é")
ANYWHERE = "nowhere"

Row = tuple[str, int, str, str]

rows = st.lists(
    st.tuples(
        st.sampled_from(TOPICS),
        st.integers(-2, 2),
        st.sampled_from(TEXTS),
        st.sampled_from(["alice", "bob"]),
    ),
    max_size=20,
)
limits = st.integers(1, 7)
filters = st.sampled_from(
    [
        (None, lambda _: True),
        ({"text": {"eq": "a"}}, lambda text: text == "a"),
        ({"text": {"ne": "a"}}, lambda text: text != "a"),
        ({"text": {"beginsWith": "a"}}, lambda text: text.startswith("a")),
        ({"text": {"contains": "b"}}, lambda text: "b" in text),
        ({"not": {"text": {"gt": "a"}}}, lambda text: text <= "a"),
        (
            {"or": [{"text": {"eq": "b"}}, {"text": {"eq": "é"}}]},
            lambda text: text in {"b", "é"},
        ),
        ({"text": {"eq": ANYWHERE}}, lambda _: False),
    ]
)


def caller(name: str) -> UserPoolCaller:
    claims = {"sub": f"{name}-1", "username": name, "iss": "issuer"}
    return UserPoolCaller(f"{name}-1", name, "issuer", claims, ())


class Served:
    """The schema over a store of its own."""

    def __init__(self, transformer: Transformer) -> None:
        config = Config(name="pages", transformer=transformer, auth=AUTH)
        source = Source("schema.graphql", SCHEMAS[transformer])
        compiled = compile_schema((source,), CompileOptions(transformer, AUTH, ()))
        assert compiled.api is not None
        self.blueprint = plan(compiled.api, config)
        self.owner = {
            Transformer.V1: lambda name: name,
            Transformer.V2: lambda name: f"{name}-1::{name}",
        }[transformer]

    def filled(self, given_rows: list[Row]) -> Host:
        store = SqliteStore.in_memory(self.blueprint.tables)
        for number, (topic, rank, text, owner) in enumerate(given_rows):
            item: Item = {
                "id": str(number),
                "topic": topic,
                "rank": rank,
                "text": text,
                "owner": self.owner(owner),
                "createdAt": "2026-01-01T00:00:00.000Z",
                "updatedAt": "2026-01-01T00:00:00.000Z",
            }
            for table in ("Post", "Note"):
                assert isinstance(store.put(PutRequest(table, item)), Written)
        ids = itertools.count()
        interpreter = Interpreter(
            self.blueprint,
            store,
            NextTokens(b"s" * 32),
            clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
            new_id=lambda: f"new-{next(ids)}",
        )
        return Host(self.blueprint, interpreter, RolePolicies((), (), "arn:aws:api"))


SERVED = {transformer: Served(transformer) for transformer in Transformer}


def ask(host: Host, name: str, field: str, variables: dict[str, object]) -> object:
    kind = "Note" if field == "listNotes" else "Post"
    topic = ("$topic: String!, ", "topic: $topic, ") if field == "byTopic" else ("", "")
    query = (
        f"query Q({topic[0]}$limit: Int, $token: String, $filter: Model{kind}Filter"
        f"Input) {{ page: {field}({topic[1]}limit: $limit, nextToken: $token, filter:"
        " $filter) { items { id } nextToken } }"
    )
    answer = host.execute(GraphQLRequest(query, variables), caller(name), Trace())
    assert isinstance(answer, ExecutionAnswer), answer
    body: object = json.loads(orjson.dumps(answer.body(), default=str))
    return body


def walk(
    host: Host, name: str, field: str, variables: dict[str, object]
) -> list[list[str]]:
    pages: list[list[str]] = []
    token: object = None
    while True:
        body = ask(host, name, field, {**variables, "token": token})
        assert "errors" not in body, body
        page = body["data"]["page"]
        pages.append([item["id"] for item in page["items"]])
        token = page["nextToken"]
        if token is None:
            return pages


@settings(deadline=None, max_examples=60)
@given(
    given_rows=rows,
    limit=limits,
    wanted=filters,
    transformer=st.sampled_from(Transformer),
)
def test_a_list_is_walked_in_as_many_pages_as_its_table_fills(
    given_rows: list[Row], limit: int, wanted: tuple, transformer: Transformer
) -> None:
    host = SERVED[transformer].filled(given_rows)
    filter_, holds = wanted
    variables = {"limit": limit, "filter": filter_}
    pages = walk(host, "alice", "listPosts", variables)
    assert len(pages) == len(given_rows) // limit + 1
    mine = {
        str(number)
        for number, (_, _, text, owner) in enumerate(given_rows)
        if owner == "alice" and holds(text)
    }
    found = [id_ for page in pages for id_ in page]
    assert sorted(found) == sorted(mine)


@settings(deadline=None, max_examples=60)
@given(
    given_rows=rows,
    limit=limits,
    wanted=filters,
    transformer=st.sampled_from(Transformer),
)
def test_an_index_query_is_walked_in_the_order_of_its_sort_key(
    given_rows: list[Row], limit: int, wanted: tuple, transformer: Transformer
) -> None:
    host = SERVED[transformer].filled(given_rows)
    filter_, holds = wanted
    variables = {"limit": limit, "filter": filter_, "topic": "x"}
    pages = walk(host, "bob", "byTopic", variables)
    of_topic = [row for row in given_rows if row[0] == "x"]
    assert len(pages) == len(of_topic) // limit + 1
    found = [int(id_) for page in pages for id_ in page]
    mine = [
        number
        for number, (topic, _, text, owner) in enumerate(given_rows)
        if topic == "x" and owner == "bob" and holds(text)
    ]
    assert sorted(found) == mine
    ranks = [given_rows[number][1] for number in found]
    assert ranks == sorted(ranks)


FULL: list[Row] = [("x", number, "a", "alice") for number in range(5)]


@pytest.mark.parametrize("transformer", list(Transformer))
@pytest.mark.parametrize(
    ("name", "field", "changed"),
    [
        ("bob", "listPosts", {}),
        ("alice", "listNotes", {}),
        ("alice", "byTopic", {"topic": "x"}),
        ("alice", "listPosts", {"filter": {"text": {"eq": "a"}}}),
    ],
    ids=["another user", "another table", "another query", "another filter"],
)
def test_a_token_opens_its_own_query_only(
    transformer: Transformer, name: str, field: str, changed: dict[str, object]
) -> None:
    host = SERVED[transformer].filled(FULL)
    first = ask(host, "alice", "listPosts", {"limit": 2})
    token = first["data"]["page"]["nextToken"]
    assert token is not None
    stolen = ask(host, name, field, {"limit": 2, "token": token, **changed})
    assert stolen["data"] == {"page": None}
    (error,) = stolen["errors"]
    assert error["errorType"] == "DynamoDB:UserIllegalArgumentException"
    again = ask(host, "alice", "listPosts", {"limit": 3, "token": token})
    assert len(again["data"]["page"]["items"]) == 3
