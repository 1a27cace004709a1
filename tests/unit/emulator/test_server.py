from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from queue import Queue
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import botocore.credentials
import botocore.session
import pytest
from gql import Client, gql
from gql.transport.appsync_auth import (
    AppSyncApiKeyAuthentication,
    AppSyncIAMAuthentication,
    AppSyncJWTAuthentication,
)
from gql.transport.appsync_websockets import AppSyncWebsocketsTransport
from gql.transport.exceptions import TransportServerError

from amplikit.emulator.server import ServeOptions, bind, running
from amplikit.errors import Problem, ToolkitError

if TYPE_CHECKING:
    from datetime import timedelta
    from pathlib import Path

    from conftest import Api

    from amplikit.emulator.ready import Endpoints


def post(url: str, key: str, query: str) -> dict:
    body = json.dumps({"query": query}).encode()
    request = Request(url, body, {"x-api-key": key})
    with urlopen(request) as answer:
        return json.load(answer)


def authentication(api: Api, mode: str, host: str, hour: timedelta) -> object:
    if mode == "api-key":
        return AppSyncApiKeyAuthentication(host, api.key())
    if mode == "user-pool":
        return AppSyncJWTAuthentication(host, api.token())
    found = api.identity.credentials.for_role("everything", "s", api.clock[0], hour)
    return AppSyncIAMAuthentication(
        host,
        region_name="us-east-1",
        credentials=botocore.credentials.Credentials(
            found.access_key_id, found.secret_key, found.session_token
        ),
        session=botocore.session.Session(),
    )


@pytest.mark.parametrize("mode", ["api-key", "user-pool", "iam"])
@pytest.mark.parametrize("path", ["/graphql", "/graphql/realtime"])
def test_gql_subscribes_with_its_own_appsync_classes(
    api: Api, hour: timedelta, mode: str, path: str
) -> None:
    subscribed = threading.Event()
    api.resolvers.on_subscribe = subscribed.set
    with running(api.service.runtime) as endpoints:
        api.service.issuer = api.identity.facts.issuer(endpoints.base_url)
        host = endpoints.base_url.removeprefix("http://")

        async def first_event() -> dict:
            transport = AppSyncWebsocketsTransport(
                url=f"ws://{host}{path}",
                auth=authentication(api, mode, host, hour),
                ssl=False,
            )
            query = gql("subscription { onCreatePost { id title } }")
            async with asyncio.timeout(10), Client(transport=transport) as session:
                events = session.subscribe(query)
                waiting = asyncio.ensure_future(anext(events))
                await asyncio.to_thread(subscribed.wait, 10)
                await asyncio.to_thread(
                    post,
                    endpoints.graphql,
                    api.key(),
                    'mutation { createPost(input: { title: "T" }) { id title } }',
                )
                event = await waiting
                await events.aclose()
            return event

        assert asyncio.run(first_event()) == {
            "onCreatePost": {"id": "new", "title": "T"}
        }


def test_gql_is_told_every_time_why_it_is_refused(api: Api) -> None:
    with running(api.service.runtime) as endpoints:
        host = endpoints.base_url.removeprefix("http://")

        async def refusal() -> str:
            transport = AppSyncWebsocketsTransport(
                url=f"ws://{host}/graphql/realtime",
                auth=AppSyncApiKeyAuthentication(host, "da2-wrong"),
                ssl=False,
            )
            with pytest.raises(TransportServerError) as raised:
                await transport.connect()
            await transport.wait_closed()
            return str(raised.value)

        told = {asyncio.run(refusal()) for _ in range(20)}

    (reason,) = told
    assert "UnauthorizedException" in reason
    assert "You are not authorized to make this call." in reason


def test_the_ready_file_is_private_whole_and_gone_at_the_end(
    api: Api, tmp_path: Path
) -> None:
    path = tmp_path / "ready.json"

    with running(api.service.runtime, ServeOptions(ready_file=path)) as endpoints:
        ready = json.loads(path.read_text())
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert post(ready["graphql_url"], ready["api_keys"][0]["key"], "{__typename}")
    assert [*tmp_path.glob("*ready*")] == []

    base, pool = endpoints.base_url, api.identity.facts.user_pool_id
    assert ready["graphql_url"] == f"{base}/graphql"
    assert ready["realtime_url"] == f"ws{base[4:]}/graphql/realtime"
    assert ready["partner_url"] == f"{base}/partner/graphql"
    assert ready["console_url"] == f"{base}/_amplikit/console#token=admin-secret"
    assert ready["issuer"] == f"{base}/cognito-idp/{pool}"
    assert ready["jwks_url"] == f"{base}/cognito-idp/{pool}/.well-known/jwks.json"
    pool_roles = ["test-authRole", "test-unauthRole"]
    own = ["everything", "nothing", "pool-admin"]
    assert ready["roles"] == [*own, *pool_roles, "writer"]
    assert ready["pid"] == os.getpid()
    assert ready["tls_ca"] is None
    assert {key["kind"] for key in ready["api_keys"]} == {"appsync", "gateway"}
    assert ready["api_keys"][0]["usage_plan"] is None


def test_a_start_that_fails_is_told_and_not_waited_for(
    api: Api, tmp_path: Path
) -> None:
    options = ServeOptions(ready_file=tmp_path / "missing" / "ready.json")

    with (
        pytest.raises(RuntimeError, match="ended before it was ready"),
        running(api.service.runtime, options),
    ):
        pass


def test_the_owner_of_a_server_in_a_thread_hears_of_its_start_and_its_end(
    api: Api,
) -> None:
    heard: list[str] = []

    async def stopped() -> None:
        heard.append("stopped")

    def ready(endpoints: Endpoints) -> None:
        heard.append(endpoints.base_url)

    options = ServeOptions(on_ready=ready, on_stop=stopped)
    with running(api.service.runtime, options) as endpoints:
        assert heard == [endpoints.base_url]
    assert heard == [endpoints.base_url, "stopped"]


def test_the_published_keys_verify_and_the_discovery_names_them(api: Api) -> None:
    with running(api.service.runtime) as endpoints:
        root = api.identity.facts.issuer(endpoints.base_url)
        with urlopen(f"{root}/.well-known/openid-configuration") as answer:
            discovery = json.load(answer)
        with urlopen(discovery["jwks_uri"]) as answer:
            keys = json.load(answer)["keys"]

    assert discovery["issuer"] == root
    assert {key["alg"] for key in keys} == {"RS256"}
    assert not any("d" in key for key in keys)


def test_a_port_that_is_taken_is_told_with_its_remedy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ToolkitError) as raised:
            bind("127.0.0.1", taken.getsockname()[1])

    (problem,) = raised.value.problems
    assert problem.code == "port-in-use"
    assert "--port" in problem.hint


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com", ""])
def test_only_a_loopback_address_is_bound(host: str) -> None:
    with pytest.raises(ToolkitError) as raised:
        bind(host)

    assert raised.value.problems[0].code == "not-loopback"


@pytest.mark.parametrize("port", [-1, 65_536, 10**9])
def test_a_port_that_is_none_is_a_problem(port: int) -> None:
    with pytest.raises(ToolkitError) as raised:
        bind("127.0.0.1", port)

    assert raised.value.problems[0].code == "host-unusable"


def exchange(endpoints: Endpoints, *parts: bytes) -> bytes:
    address = endpoints.base_url.removeprefix("http://").rsplit(":", 1)
    with socket.create_connection((address[0], int(address[1])), 10) as connection:
        for part in parts:
            connection.sendall(part)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while chunk := connection.recv(65_536):
            received += chunk
    return received


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x00\x00",
        b"GET\r\n\r\n",
        b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-length: x\r\n\r\n",
        b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\n\r\nab",
        (
            b"GET /graphql HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\n"
            b"connection: upgrade\r\n\r\n"
        ),
        b"GET /\xff\xfe HTTP/1.1\r\nhost: \xff\r\n\r\n",
    ],
    ids=["tls", "no-path", "length", "short-body", "half-upgrade", "bytes"],
)
def test_what_is_no_request_ends_its_own_connection_only(api: Api, sent: bytes) -> None:
    with running(api.service.runtime) as endpoints:
        exchange(endpoints, sent)
        assert post(endpoints.graphql, api.key(), "{ __typename }")

    assert "Traceback" not in "".join(api.log)


SERVE = """
import sys
from pathlib import Path
from datetime import datetime, UTC
from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.resources import Blueprint
from amplikit.emulator.runtime import Runtime
from amplikit.emulator.server import ServeOptions, bind, serve
from amplikit.identity.directory import IdentityStore

class Nothing:
    coordinates = frozenset()

auth = AuthConfig(AuthMode.API_KEY)
config = Config("x", Transformer.V1, auth)
clock = lambda: datetime.now(UTC)
serve(
    Runtime(
        Blueprint("x", Transformer.V1, auth, "type Query { a: Int }", (), (), (), ()),
        config,
        Nothing(),
        IdentityStore.open(Path(sys.argv[1]), config, clock),
        clock,
        "token",
    ),
    bind(),
    ServeOptions(ready_file=Path(sys.argv[2])),
)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_process_with_status_0(
    identity_folder: Path, tmp_path: Path, number: signal.Signals
) -> None:
    ready = tmp_path / "ready.json"
    command = [sys.executable, "-c", SERVE, str(identity_folder), str(ready)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while not ready.exists() and process.poll() is None:
            pass
        process.send_signal(number)
        _, errors = process.communicate(timeout=20)

    assert (process.returncode, errors) == (0, "")
    assert not ready.exists()


def test_a_server_tells_the_time_of_its_clock(api: Api) -> None:
    told: Queue[float] = Queue()
    with running(api.service.runtime, ServeOptions(on_time=told.put)):
        assert told.get() == api.service.runtime.clock().timestamp()


def test_a_fault_of_what_is_told_the_time_is_logged(api: Api) -> None:
    lines: Queue[str] = Queue()

    def fail(_now_s: float) -> None:
        raise ToolkitError(Problem("data-folder-busy", "It is busy.", "Wait."))

    runtime = replace(api.service.runtime, log=lines.put)
    with running(runtime, ServeOptions(on_time=fail)) as endpoints:
        assert lines.get() == "error: It is busy. [data-folder-busy]"
        assert endpoints.graphql
