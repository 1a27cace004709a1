"""Every mode at once, over real sockets, with clients as they are."""

from __future__ import annotations

import asyncio
import json
import threading
from base64 import b64encode
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import boto3
import pytest
import requests
from botocore import UNSIGNED
from botocore.config import Config
from botocore.credentials import Credentials
from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.appsync_auth import (
    AppSyncApiKeyAuthentication,
    AppSyncAuthentication,
    AppSyncIAMAuthentication,
    AppSyncJWTAuthentication,
)
from gql.transport.appsync_websockets import AppSyncWebsocketsTransport
from joserfc import jws
from joserfc.jwk import ECKey
from requests_aws4auth import AWS4Auth
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from amplikit.demo.server import Server, command, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# One for all: each session reads the services' descriptions again.
SESSION = boto3.Session()
MODES = ["api key", "user pool", "iam", "oidc", "lambda"]
SCHEMA = """
type Note @model @auth(rules: [
  { allow: public }
  { allow: private }
  { allow: private, provider: oidc }
  { allow: private, provider: iam }
  { allow: custom }
]) {
  id: ID!
  text: String
}
"""
API = """
name = "modes"
transformer = "v2"
[auth]
default = "API_KEY"
additional = [
  "AMAZON_COGNITO_USER_POOLS", "AWS_IAM", "OPENID_CONNECT", "AWS_LAMBDA",
]
[[auth.oidc]]
issuer = "%s"
client_ids = "web"
[auth.lambda]
function = "judge"
ttl_s = 60
"""
IDENTITIES = """
[[roles.judge.statements]]
actions = ["appsync:GraphQL"]
resources = ["*"]
"""
FUNCTIONS = """
[functions.judge]
folder = "lambdas/judge"
role = "judge"
timeout_s = 10
"""
HANDLER = """
def handler(event, context):
    allowed = event["authorizationToken"] == "let me in"
    told = event["requestContext"]
    print(told["operationName"], event["requestHeaders"]["host"])
    return {"isAuthorized": allowed, "resolverContext": {"who": "tester"},
            "deniedFields": ["Mutation.deleteNote"]}
"""
LIST = "query { listNotes { items { id text } } }"
LISTEN = "subscription { onCreateNote { id text } }"
CREATE = 'mutation { createNote(input: { text: "hello" }) { id text } }'


@dataclass
class Issuer:
    """An OpenID Connect issuer at a port of this machine."""

    url: str
    key: ECKey

    def token(self, **claims: object) -> str:
        now = int(time())
        own = {"iss": self.url, "sub": "o1", "aud": "web", "iat": now, "exp": now + 60}
        payload = json.dumps(own | claims)
        header = {"alg": "ES256", "kid": "k1"}
        return jws.serialize_compact(header, payload, self.key, ["ES256"])


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    key = ECKey.generate_key("P-256")

    class Documents(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            documents = {
                "/tenant/.well-known/openid-configuration": {
                    "issuer": url,
                    "jwks_uri": f"{url}/keys",
                },
                "/tenant/keys": {"keys": [{**key.as_dict(private=False), "kid": "k1"}]},
            }
            found = documents.get(self.path)
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Documents) as server:
        url = f"http://127.0.0.1:{server.server_port}/tenant"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Issuer(url, key)
        server.shutdown()


@dataclass
class Caller:
    """What a caller of each mode holds."""

    server: Server
    issuer: Issuer
    place: tuple[str, ...]

    @property
    def url(self) -> str:
        return self.server["graphql_url"]

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    def token(self, use: str) -> str:
        arguments = ("--user", "alice", "--create", "--use", use)
        return command("token", *arguments, *self.place).strip()

    def credentials(self) -> dict[str, str]:
        """Return those that the identity pool has for a user of the pool."""
        client = SESSION.client(
            "cognito-identity",
            region_name=self.server["region"],
            endpoint_url=self.server["cognito_identity_url"],
            config=Config(signature_version=UNSIGNED),
        )
        region, pool = self.server["region"], self.server["user_pool_id"]
        name = f"cognito-idp.{region}.amazonaws.com/{pool}"
        logins = {name: self.token("id")}
        pool_id = self.server["identity_pool_id"]
        identity = client.get_id(IdentityPoolId=pool_id, Logins=logins)["IdentityId"]
        made = client.get_credentials_for_identity(IdentityId=identity, Logins=logins)
        found: dict[str, str] = made["Credentials"]
        return found

    def headers(self, mode: str) -> dict[str, str]:
        match mode:
            case "api key":
                return {"x-api-key": self.server.api_key("appsync")}
            case "user pool":
                return {"Authorization": f"Bearer {self.token('access')}"}
            case "oidc":
                return {"Authorization": self.issuer.token()}
            case _:
                return {"Authorization": "let me in"}

    def authentication(self, mode: str) -> AppSyncAuthentication:
        """Return gql's own."""
        match mode:
            case "api key":
                key = self.server.api_key("appsync")
                return AppSyncApiKeyAuthentication(self.host, key)
            case "iam":
                made = self.credentials()
                held = Credentials(
                    made["AccessKeyId"], made["SecretKey"], made["SessionToken"]
                )
                return AppSyncIAMAuthentication(
                    self.host, region_name=self.server["region"], credentials=held
                )
            case _:
                token = self.headers(mode)["Authorization"]
                return AppSyncJWTAuthentication(self.host, token)


@pytest.fixture(scope="module")
def caller(
    tmp_path_factory: pytest.TempPathFactory, issuer: Issuer
) -> Iterator[Caller]:
    folder: Path = tmp_path_factory.mktemp("modes")
    for path, text in {
        "schema/note.graphql": SCHEMA,
        "amplify-config/api.toml": API % issuer.url,
        "amplify-config/identities.toml": IDENTITIES,
        "amplify-config/functions.toml": FUNCTIONS,
        "lambdas/judge/handler.py": HANDLER,
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    server = Server(folder, folder / "data", folder / "server.log")
    place = ("--project", str(folder), "--data", str(folder / "data"))
    with running(server):
        yield Caller(server, issuer, place)
    assert "Traceback" not in server.log.read_text()


@pytest.mark.parametrize("mode", MODES)
def test_requests_asks_over_http(caller: Caller, mode: str) -> None:
    auth = None
    headers = {} if mode == "iam" else caller.headers(mode)
    if mode == "iam":
        made = caller.credentials()
        auth = AWS4Auth(
            made["AccessKeyId"],
            made["SecretKey"],
            caller.server["region"],
            "appsync",
            session_token=made["SessionToken"],
        )
    answer = requests.post(
        caller.url, json={"query": LIST}, headers=headers, auth=auth, timeout=20
    )
    assert answer.status_code == 200
    assert answer.json()["data"]["listNotes"]["items"] is not None


@pytest.mark.parametrize("mode", MODES)
def test_gql_listens_and_hears_what_it_writes_itself(caller: Caller, mode: str) -> None:
    async def story() -> dict[str, object]:
        auth = caller.authentication(mode)
        transport = AppSyncWebsocketsTransport(
            url=caller.server["realtime_url"], auth=auth
        )
        async with Client(transport=transport) as session:
            events = session.subscribe(gql(LISTEN))
            heard = asyncio.ensure_future(anext(events))
            for _ in range(50):
                # Until the subscription is there, nobody hears what is written.
                http = AIOHTTPTransport(url=caller.url, auth=auth)
                async with Client(transport=http) as writer:
                    await writer.execute(gql(CREATE))
                if (await asyncio.wait([heard], timeout=0.2))[0]:
                    break
            event = await heard
            await events.aclose()
            return event

    event = asyncio.run(story())
    assert event["onCreateNote"]["text"] == "hello"


WRONG = {
    "an OIDC token of another client": lambda caller: caller.issuer.token(aud="x"),
    "an expired OIDC token": lambda caller: caller.issuer.token(exp=1),
    "a stranger's OIDC token": lambda caller: Issuer(
        caller.issuer.url, ECKey.generate_key("P-256")
    ).token(),
    "a token that the function refuses": lambda _: "let me out",
}


@pytest.mark.parametrize("name", WRONG)
def test_who_may_not_call_is_refused_over_http_and_in_real_time(
    caller: Caller, name: str
) -> None:
    token = WRONG[name](caller)
    answer = requests.post(
        caller.url,
        json={"query": LIST},
        headers={"authorization": token},
        timeout=20,
    )
    assert answer.status_code == 401
    assert [*answer.json()] == ["errors"]

    header = json.dumps({"host": caller.host, "Authorization": token}).encode()
    with connect(
        f"{caller.server['realtime_url']}?header={b64encode(header).decode()}&payload=e30=",
        subprotocols=[Subprotocol("graphql-ws")],
    ) as socket:
        told = json.loads(socket.recv(timeout=20))
    assert told["type"] == "connection_error"
    assert told["payload"]["errors"][0]["errorType"] == "UnauthorizedException"


def test_what_the_authorizer_denies_stays_closed(caller: Caller) -> None:
    query = 'mutation { deleteNote(input: { id: "1" }) { id } }'
    headers = {"authorization": "let me in"}
    answer = requests.post(
        caller.url, json={"query": query}, headers=headers, timeout=20
    ).json()
    assert answer["data"] == {"deleteNote": None}
    (error,) = answer["errors"]
    assert error["message"] == "Not Authorized to access deleteNote on type Mutation"
