"""The functions as Lambda runs them, against an API on a socket."""

from __future__ import annotations

import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.config import FunctionConfig
from amplikit.emulator.functions import FunctionResult, InvocationContext, invoke
from amplikit.identity.credentials import Credential, Principal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LAMBDAS = Path(__file__).parents[3] / "lambdas"
SUB = "8a5c1f0e-0000-4000-8000-000000000001"


class AppSync(BaseHTTPRequestHandler):
    """Keeps what it was asked and by whom."""

    asked: list[tuple[str, str, dict]]

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        scope = self.headers["Authorization"].split("Credential=")[1].split(",")[0]
        key, _, rest = scope.partition("/")
        mutation = request["query"].split()[1].split("(")[0]
        given = request["variables"]["input"]
        self.asked.append((key, rest.partition("/")[2], mutation, given))
        answer = b'{"data": {}}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def appsync() -> Iterator[tuple[str, list]]:
    AppSync.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), AppSync)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/graphql", AppSync.asked
    server.shutdown()
    thread.join()
    server.server_close()


def run(name: str, event: dict, url: str, **environment: str) -> object:
    function = FunctionConfig(
        name,
        LAMBDAS / name,
        f"{name}-role",
        environment=tuple(environment.items()),
        timeout_s=20.0,
    )
    credential = Credential(
        "ASIALOCALEXAMPLE", Principal(name, name), secret_key="s", session_token="t"
    )
    context = InvocationContext(
        "id-1", credential, "eu-west-1", "123456789012", url, url
    )
    return asyncio.run(invoke(function, event, context))


SCOPE = "eu-west-1/appsync/aws4_request"


@pytest.mark.parametrize(
    ("environment", "owner"),
    [({}, "alice"), ({"OWNER_FORMAT": "sub::username"}, f"{SUB}::alice")],
    ids=["v1", "v2"],
)
def test_a_confirmed_sign_up_creates_the_profile_under_the_role(
    appsync: tuple[str, list],
    cognito_event: Callable[..., dict],
    environment: dict[str, str],
    owner: str,
) -> None:
    url, asked = appsync
    event = cognito_event("PostConfirmation_ConfirmSignUp")
    assert run("post_confirmation", event, url, **environment) == FunctionResult(event)
    profile = {"id": SUB, "username": "alice", "displayName": "alice", "owner": owner}
    assert asked == [("ASIALOCALEXAMPLE", SCOPE, "CreateProfile", profile)]


def test_a_reset_password_calls_nothing(
    appsync: tuple[str, list], cognito_event: Callable[..., dict]
) -> None:
    url, asked = appsync
    event = cognito_event("PostConfirmation_ConfirmForgotPassword")
    assert run("post_confirmation", event, url) == FunctionResult(event)
    assert asked == []


def test_a_sign_in_updates_the_profile_under_the_role(
    appsync: tuple[str, list], cognito_event: Callable[..., dict]
) -> None:
    url, asked = appsync
    event = cognito_event("PostAuthentication_Authentication")
    assert run("post_authentication", event, url) == FunctionResult(event)
    (((key, scope, mutation, given)),) = asked
    assert (key, scope, mutation) == ("ASIALOCALEXAMPLE", SCOPE, "UpdateLastSeen")
    assert set(given) == {"id", "lastSeenAt"}
