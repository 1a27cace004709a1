"""The endpoint without a socket: requests are signed, routed and answered for real."""

from __future__ import annotations

import asyncio
import json
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config, RoleConfig
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.resources import (
    Attribute,
    AttributeType,
    Blueprint,
    PolicyStatement,
    Table,
    TableIndex,
)
from amplikit.emulator.app import App
from amplikit.emulator.runtime import Runtime
from amplikit.emulator.service import Service
from amplikit.identity import IdentityStore
from amplikit.identity.credentials import Principal
from amplikit.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amplikit.emulator.calls import FieldCall, Resolved
    from amplikit.emulator.trace import Trace
    from amplikit.identity.credentials import Credential

HOST = "127.0.0.1:20002"
BASE_URL = f"http://{HOST}"
TARGET = "DynamoDB_20120810."
AUTH = AuthConfig(AuthMode.IAM)
PREFIX = "arn:aws:dynamodb:us-east-1:123456789012:table"
S, N = AttributeType.STRING, AttributeType.NUMBER
POST = Table("Post", Attribute("id", S))
NOTE = Table(
    "Note",
    Attribute("owner", S),
    Attribute("at", N),
    (
        TableIndex(
            "byKind",
            Attribute("owner", S),
            Attribute("kind", S),
            local=True,
            projection="KEYS_ONLY",
        ),
        TableIndex("byTitle", Attribute("title", S), Attribute("at", N)),
        TableIndex(
            "short",
            Attribute("title", S),
            None,
            projection="INCLUDE",
            include=("kind",),
        ),
    ),
    "ends",
)
TINY = Table("A", Attribute("id", S))


def _statement(effect: str, actions: str, *resources: str) -> PolicyStatement:
    return PolicyStatement(effect, tuple(actions.split()), resources)


ROLES = (
    RoleConfig("all", (_statement("Allow", "dynamodb:*", "*"),)),
    RoleConfig("nothing", ()),
    RoleConfig("appsync", (_statement("Allow", "appsync:*", "*"),)),
    RoleConfig(
        "reader",
        (
            _statement(
                "Allow",
                "dynamodb:GetItem dynamodb:Query dynamodb:BatchGetItem",
                f"{PREFIX}/Post",
                f"{PREFIX}/Note/index/byTitle",
            ),
        ),
    ),
    RoleConfig(
        "writer",
        (
            _statement("Allow", "dynamodb:*Item", f"{PREFIX}/*"),
            _statement("Deny", "dynamodb:DeleteItem", f"{PREFIX}/Post"),
        ),
    ),
)


class NoResolvers:
    coordinates: frozenset[str] = frozenset()

    def run(self, call: FieldCall, trace: Trace) -> Resolved:
        raise NotImplementedError

    def subscribe(self, call: FieldCall, trace: Trace) -> Resolved:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict:
        return json.loads(self.body)

    @property
    def error(self) -> tuple[str, str]:
        """The error's type without its namespace, and its text."""
        found = self.json()
        name = found["__type"].rpartition("#")[2]
        return name, found.get("message", found.get("Message", ""))


@dataclass(slots=True)
class Tables:
    runtime: Runtime
    app: App
    log: list[str]
    credentials: dict[str, Credential] = field(default_factory=dict)

    @property
    def store(self) -> SqliteStore:
        store = self.runtime.store
        assert isinstance(store, SqliteStore)
        return store

    def credential(self, role: str) -> Credential:
        if role not in self.credentials:
            self.credentials[role] = self.runtime.identity.credentials.issue(
                Principal(role, "session"), self.runtime.clock(), None
            )
        return self.credentials[role]

    def ask(self, operation: str, body: object, role: str = "all") -> dict:
        answer = self.call(operation, body, role)
        assert answer.status == 200, answer.body
        return answer.json()

    def call(self, operation: str, body: object, role: str = "all") -> Answer:
        return self.send(json.dumps(body).encode(), operation, role)

    def send(self, data: bytes, operation: str, role: str = "all") -> Answer:
        headers = self.signed(data, operation, self.credential(role))
        answer = self.http(data, headers)
        assert answer.headers["x-amz-crc32"] == str(zlib.crc32(answer.body))
        return answer

    def signed(
        self, data: bytes, operation: str, credential: Credential
    ) -> dict[str, str]:
        request = AWSRequest(
            "POST",
            f"{BASE_URL}/dynamodb/",
            headers={
                "Content-Type": "application/x-amz-json-1.0",
                "X-Amz-Target": TARGET + operation,
            },
            data=data,
        )
        keys = Credentials(
            credential.access_key_id, credential.secret_key, credential.session_token
        )
        SigV4Auth(keys, "dynamodb", "us-east-1").add_auth(request)
        return dict(request.headers)

    def http(
        self,
        data: bytes,
        headers: Mapping[str, str],
        method: str = "POST",
        path: str = "/dynamodb/",
    ) -> Answer:
        return asyncio.run(self.answer(data, headers, method, path))

    async def answer(
        self,
        data: bytes,
        headers: Mapping[str, str],
        method: str = "POST",
        path: str = "/dynamodb/",
    ) -> Answer:
        given = {"host": HOST, **{k.lower(): v for k, v in headers.items()}}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [
                (name.encode("latin-1"), value.encode("latin-1"))
                for name, value in given.items()
            ],
            "client": ("127.0.0.1", 5),
        }
        incoming = [{"type": "http.request", "body": data, "more_body": False}]
        sent: list[dict] = []

        async def receive() -> dict:
            return incoming.pop(0)

        async def send(message: dict) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        start, *parts = sent
        return Answer(
            start["status"],
            {k.decode().lower(): v.decode() for k, v in start["headers"]},
            b"".join(part["body"] for part in parts),
        )


def clock() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="session")
def table_identity(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[IdentityStore]:
    folder = tmp_path_factory.mktemp("identity")
    identity = IdentityStore.open(folder, config(), clock)
    yield identity
    identity.close()


def config() -> Config:
    return Config("test", Transformer.V2, AUTH, roles=ROLES)


@pytest.fixture
def tables(table_identity: IdentityStore) -> Iterator[Tables]:
    log: list[str] = []
    blueprint = Blueprint(
        "test", Transformer.V2, AUTH, "type Query { one: Int }", (), (), (), ()
    )
    with SqliteStore.in_memory((POST, NOTE, TINY)) as store:
        runtime = Runtime(
            blueprint,
            config(),
            NoResolvers(),
            table_identity,
            clock,
            "token",
            log=log.append,
            store=store,
        )
        service = Service(runtime, BASE_URL)
        yield Tables(runtime, App(service), log)
        service.stop()
