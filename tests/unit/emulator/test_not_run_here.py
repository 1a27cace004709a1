"""Fields that work on AWS alone say so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.emulator.calls import FieldCall, FieldError, Resolved
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.trace import Trace
from amplikit.identity.caller import ApiKeyCaller
from amplikit.planner import plan
from amplikit.store import SqliteStore

AUTH = AuthConfig(AuthMode.API_KEY)
POST = """
type Post @model @searchable @auth(rules: [{ allow: public }]) { id: ID! title: String }
"""


def ask(
    transformer: str, coordinate: str, **arguments: object
) -> Resolved | FieldError:
    version = Transformer(transformer)
    options = CompileOptions(version, AUTH)
    compiled = compile_schema([Source("schema.graphql", POST)], options)
    assert compiled.api is not None
    blueprint = plan(compiled.api, Config("test", version, AUTH))
    interpreter = Interpreter(
        blueprint,
        SqliteStore.in_memory(blueprint.tables),
        NextTokens(b"s" * 32),
        clock=lambda: datetime(2026, 1, 2, tzinfo=UTC),
        new_id=lambda: "id-1",
    )
    parent, _, field = coordinate.partition(".")
    caller = ApiKeyCaller("key-1")
    call = FieldCall(parent, field, arguments, None, caller, (field,))
    return interpreter.run(call, Trace())


@pytest.mark.parametrize("transformer", ["v1", "v2"])
def test_a_search_answers_an_error(transformer: str) -> None:
    answer = ask(transformer, "Query.searchPosts")
    assert isinstance(answer, FieldError)
    assert answer.error_type == "NotRunLocally"
    assert answer.message.startswith("@searchable needs OpenSearch, which amplikit")
