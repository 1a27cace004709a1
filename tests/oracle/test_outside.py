"""What functions and endpoints are asked: by Amplify's own templates, and by ours.

Every field of the corpus that something outside answers is asked by every kind of
caller, with values of every kind. The event of each function, the request to each
endpoint, and what becomes of the answer must be the same.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from decision_callers import personas
from decision_cases import open_case
from velocity_resolvers import CORPUS, Answer, Request

from amplikit.blueprint.operations import Remote
from amplikit.blueprint.remote import FunctionCall, HttpCall
from amplikit.emulator.calls import FieldCall, FieldError, Resolved
from amplikit.emulator.datasources.functions import payload
from amplikit.emulator.datasources.http_request import (
    HttpAnswer,
    HttpRequest,
    answered,
    http_request,
)
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.trace import Trace
from amplikit.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decision_callers import Persona
    from decision_cases import Case

    from amplikit.emulator.run import Run

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}"),
]

HEADERS = {
    "host": "api.example.com",
    "x-api-key": "da2-key",
    "content-type": "application/graphql",
    "content-length": "12",
    "x-two": "b",
    "user-agent": 'quoted "agent"',
}
SOURCE = {"id": "1", "title": 'a "title"', "n": 1.5, "tags": ["x", None], "own": None}
TEXTS = ("", "hi", "ünï ☃", 'with "quotes" and \\', "a\nb", "$ctx.args", "1")
ARGUMENTS: dict[str, tuple[dict[str, object], ...]] = {
    "Query.work": ({}, {"msg": None}, *({"msg": text} for text in TEXTS)),
    "Mutation.send": tuple({"to": text, "body": None} for text in TEXTS),
    "Post.summary": ({}, {"len": 0}, {"len": -7}, {"len": None}),
    "Query.post": (
        {"params": {"id": "7"}},
        {"params": {"id": "a-b.c"}, "query": {"lang": "en"}},
        {"params": {"id": ""}, "query": {"lang": None}},
        {"params": {"id": "ü/../x y"}, "query": {"lang": "a&b=c d"}},
    ),
    "Query.find": (
        {"params": {"id": "1"}, "query": {"lang": "en"}},
        {"params": {"id": "1"}, "query": {"lang": "en", "page": 3}},
    ),
    "Mutation.add": (
        {},
        {"body": {"title": "x"}},
        {"body": {"title": ""}},
        {"body": {"title": None}, "query": {"title": "y"}},
        {"query": {"title": "y"}},
        {"body": {}, "query": {}},
    ),
    "Post.remote": (
        {"params": {"title": "t"}, "query": {"x": 3}},
        {"params": {"title": "t"}},
    ),
}
CASES = [
    (version, name)
    for version in ("v1", "v2")
    for name in (
        "fn_chain",
        "fn_env",
        "fn_region",
        "fn_on_model_field",
        "auth_query_field_owner",
        "custom_type_with_model_return_auth",
        "http_get",
        "http_get_required_query",
        "http_on_model",
    )
]
LAMBDA_ANSWERS = ("text", 7, 1.5, None, True, ["a", None], {"a": {"b": [1]}})
HTTP_ANSWERS = (
    HttpAnswer(200, "application/json", '{"id": 1, "title": "x"}'),
    HttpAnswer(200, "application/json", "null"),
    HttpAnswer(200, "text/plain", '"text"'),
    HttpAnswer(201, "application/json", '[{"a": 1}]'),
    HttpAnswer(204, "", "gone"),
    HttpAnswer(404, "text/html", "<h1>Not found</h1>"),
    HttpAnswer(500, "application/json", '{"message": "no"}'),
)


@dataclass
class Recorder:
    """Stands outside: takes down what is asked, and gives prepared answers."""

    given: object
    asked: list[object] = field(default_factory=list)

    async def ask(self, call: object, run: Run) -> Resolved | FieldError:
        if isinstance(call, FunctionCall):
            self.asked.append(json.loads(json.dumps(payload(run), default=str)))
            return Resolved(self.given)
        asked = http_request(call, run, {"env": "dev", "aws_region": "us-east-1"})
        if isinstance(asked, FieldError):
            return asked
        self.asked.append(asked)
        return answered(call, self.given)


@dataclass
class Templates:
    """The same, for the real templates; ``origin`` is what the data source knows."""

    given: object
    origin: str
    asked: list[object] = field(default_factory=list)

    def __call__(self, asked: dict) -> object:
        if asked.get("operation") == "Invoke":
            self.asked.append(json.loads(json.dumps(asked["payload"], default=str)))
            return self.given
        self.asked.append(_request(self.origin, asked))
        return {
            "statusCode": self.given.status,
            "headers": {"Content-Type": self.given.content_type},
            "body": self.given.body,
        }


def _request(origin: str, asked: dict) -> HttpRequest:
    """Return a template's request as ours is written."""
    params = asked["params"]
    headers = {name.lower(): value for name, value in params["headers"].items()}
    given = params.get("query") or {}
    query = [(name, _text(one)) for name, one in given.items() if one is not None]
    path = asked["resourcePath"]
    separator = "&" if "?" in path else "?"
    url = f"{origin}{path}{separator if query else ''}{urlencode(query)}"
    body = params.get("body")
    return HttpRequest(
        asked["method"],
        url,
        headers,
        None if body is None else json.dumps(body, separators=(",", ":")).encode(),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def asked(case: Case) -> Iterator[tuple[str, dict[str, object], Persona]]:
    """Return every field that something outside answers, by every caller."""
    for one in case.blueprint.resolvers:
        if any(isinstance(each.request, Remote) for each in one.functions):
            for arguments in ARGUMENTS.get(one.coordinate, ({},)):
                for persona in personas(case.api):
                    yield one.coordinate, arguments, persona


def answers(coordinate: str, case: Case) -> tuple[object, ...]:
    config = case.resolvers.expected["resolverConfig"][coordinate]
    is_function = any("Lambda" in str(name) for name in config.get("functions", ()))
    return LAMBDA_ANSWERS if is_function else HTTP_ANSWERS


def amplify(
    case: Case, call: FieldCall, persona: Persona, outside: Templates
) -> Answer:
    request = Request(
        f"{call.parent}.{call.field}",
        dict(call.arguments),
        None if call.source is None else dict(call.source),
        persona.identity,
        persona.auth_type,
        HEADERS,
        outside,
    )
    return case.resolvers.run(request, {name: [] for name in case.resolvers.shapes})


async def ours(
    case: Case, call: FieldCall, recorder: Recorder
) -> Resolved | FieldError:
    interpreter = Interpreter(
        case.blueprint,
        SqliteStore.in_memory(case.blueprint.tables),
        NextTokens(b"s" * 32),
        clock=lambda: datetime(2026, 3, 4, tzinfo=UTC),
        new_id=lambda: "id",
        outside=recorder,
    )
    outcome = interpreter.run(call, Trace())
    return outcome if isinstance(outcome, Resolved | FieldError) else await outcome


def shape(outcome: Resolved | FieldError) -> object:
    if isinstance(outcome, FieldError):
        return (outcome.error_type, outcome.message)
    appended = tuple((one.error_type, one.message) for one in outcome.appended)
    return json.dumps(outcome.value, default=float, sort_keys=True), appended


def theirs(answer: Answer, call: FieldCall) -> object:
    if answer.error is not None:
        kind, message = answer.error
        # The words of a refusal are the service's, not the templates'.
        place = f"Not Authorized to access {call.field} on type {call.parent}"
        return (kind, place if kind == "Unauthorized" else message)
    return json.dumps(answer.value, default=float, sort_keys=True), answer.appended


def origin_of(coordinate: str, case: Case) -> str:
    """Return where the field's endpoint is, which templates do not say."""
    config = str(case.resolvers.expected["resolverConfig"][coordinate])
    found = (one.call for one in case.blueprint.data_sources if one.name in config)
    return next((one.origin for one in found if isinstance(one, HttpCall)), "")


@pytest.mark.parametrize(
    ("version", "name"), CASES, ids=[f"{version}-{name}" for version, name in CASES]
)
def test_what_is_asked_outside_is_amplifys(version: str, name: str) -> None:
    case = open_case(version, name)
    assert not isinstance(case, str), case
    compared = 0
    for coordinate, arguments, persona in asked(case):
        parent, _, field_name = coordinate.partition(".")
        source = None if parent in {"Query", "Mutation"} else SOURCE
        call = FieldCall(
            parent,
            field_name,
            arguments,
            source,
            persona.caller,
            (field_name,),
            HEADERS,
        )
        for given in answers(coordinate, case):
            templates = Templates(given, origin_of(coordinate, case))
            recorder = Recorder(given)
            wanted = theirs(amplify(case, call, persona, templates), call)
            found = shape(asyncio.run(ours(case, call, recorder)))
            place = f"{coordinate} {arguments} as {persona.label}, given {given}"
            assert recorder.asked == templates.asked, place
            assert found == wanted, place
            compared += 1
    assert compared > 0
