"""A small API over stand-in resolvers, with real keys, tokens and signatures."""

from __future__ import annotations

import asyncio
import json
import shutil
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import (
    ApiKeyConfig,
    Config,
    Mechanism,
    Period,
    Quota,
    RoleConfig,
    UsagePlan,
)
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.providers import AuthProviders
from amplikit.blueprint.resources import (
    Blueprint,
    FieldRules,
    PolicyStatement,
    Role,
    RoleKind,
)
from amplikit.emulator.app import App
from amplikit.emulator.calls import FieldCall, FieldError, Resolved, Subscribed
from amplikit.emulator.runtime import Runtime
from amplikit.emulator.service import Service
from amplikit.emulator.trace import Read
from amplikit.errors import Where
from amplikit.identity.directory import IdentityStore
from amplikit.identity.tokens import TokenRequest, issue_tokens
from amplikit.identity.user_pool.users import UserStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from amplikit.emulator.trace import Trace

HOST = "127.0.0.1:20002"
BASE_URL = f"http://{HOST}"
# botocore signs with the real time, so tests begin there.
NOW = datetime.now(UTC)

SDL = """
type Query {
  getPost(id: ID!): Post @aws_api_key @aws_iam @aws_cognito_user_pools
  listPosts(filter: PostFilter, limit: Int): PostConnection
    @aws_api_key @aws_iam @aws_cognito_user_pools
  userOnly: String
  echo(info: Int, source: AWSJSON, f: Float, at: AWSDateTime, ids: [ID!]): Echo
    @aws_api_key @aws_cognito_user_pools
  adminOnly: String @aws_cognito_user_pools(cognito_groups: ["Admin"])
  unresolved: String @aws_api_key
  deep: Node @aws_api_key
}
type Mutation {
  createPost(input: CreatePostInput!): Post
    @aws_api_key @aws_iam @aws_cognito_user_pools
  deletePost(id: ID!): Post @aws_iam
  notify(text: String): String @aws_api_key
  createPosts: [Post] @aws_api_key
}
type Subscription {
  onCreatePost(title: String, views: Int, owner: String, filter: PostFilter): Post
    @aws_subscribe(mutations: ["createPost"])
    @aws_api_key @aws_iam @aws_cognito_user_pools
  onUserOnly: Post @aws_subscribe(mutations: ["createPost"])
  onNotify(text: String): String @aws_subscribe(mutations: ["notify"]) @aws_api_key
  onCreatePosts(title: String): [Post] @aws_subscribe(mutations: ["createPosts"])
    @aws_api_key
  onBoth: Post @aws_subscribe(mutations: ["createPost", "deletePost"]) @aws_api_key
  onNothing: Post @aws_api_key
}
type PostConnection @aws_api_key @aws_iam @aws_cognito_user_pools {
  items: [Post]!
  nextToken: String
}
input CreatePostInput {
  id: ID title: String! at: AWSDateTime views: Int meta: AWSJSON tags: [String!]
  state: State score: Float owner: String
}
input PostFilter { title: TitleInput and: [PostFilter] }
input TitleInput { eq: String }
enum State { DRAFT LIVE }
type Post @aws_api_key @aws_iam @aws_cognito_user_pools {
  id: ID!
  title: String!
  at: AWSDateTime
  views: Int
  score: Float
  meta: AWSJSON
  tags: [String!]
  state: State
  owner: String
  secret: String @aws_iam
  author: User
  pair: [[Int]]
}
type User { id: ID! name: String }
type Echo @aws_api_key @aws_cognito_user_pools { text: String }
type Node @aws_api_key { node: Node nodes: [Node] value: Int }
"""

MODES = AuthConfig(AuthMode.USER_POOLS, (AuthMode.API_KEY, AuthMode.IAM))


def blueprint(sdl: str = SDL, auth: AuthConfig = MODES) -> Blueprint:
    allowed = ("types/Query/fields/getPost", "types/Mutation/fields/createPost")
    statements = (PolicyStatement("Allow", ("appsync:GraphQL",), allowed),)
    where = Where("schema/post.graphql", 4, 3)
    rules = FieldRules("Query.userOnly", "Post", "get", (), where)
    return Blueprint(
        name="test",
        transformer=Transformer.V1,
        auth=auth,
        sdl=sdl,
        tables=(),
        resolvers=(),
        roles=(
            Role("writer", RoleKind.FUNCTION, statements),
            Role("test-authRole", RoleKind.IDENTITY_POOL_AUTHENTICATED, statements),
            Role("test-unauthRole", RoleKind.IDENTITY_POOL_UNAUTHENTICATED, ()),
        ),
        field_rules=(rules,),
    )


CONFIG = Config(
    name="test",
    transformer=Transformer.V1,
    auth=MODES,
    roles=(
        RoleConfig("everything", (PolicyStatement("Allow", ("appsync:*",), ("*",)),)),
        RoleConfig("nothing", ()),
        RoleConfig(
            "pool-admin",
            (PolicyStatement("Allow", ("cognito-idp:*",), ("arn:aws:cognito-idp:*",)),),
        ),
    ),
    api_keys=(
        ApiKeyConfig("default"),
        ApiKeyConfig("partner", usage_plan="basic"),
        ApiKeyConfig("watched", usage_plan="watch"),
    ),
    usage_plans=(
        UsagePlan(
            "basic",
            Mechanism.GATEWAY,
            rate_per_s=1,
            burst=2,
            quota=Quota(5, Period.DAY),
        ),
        UsagePlan("watch", Mechanism.WAF, limit=10, window_s=60),
    ),
)


@dataclass
class StandIn:
    """Resolvers whose answers a test sets by coordinate."""

    answers: dict[str, object] = field(default_factory=dict)
    calls: list[FieldCall] = field(default_factory=list)
    filters: dict[str, Subscribed | FieldError] = field(default_factory=dict)
    on_subscribe: Callable[[], None] = lambda: None
    acts: dict[str, Callable[[], object]] = field(default_factory=dict)

    @property
    def coordinates(self) -> frozenset[str]:
        return frozenset(
            {
                "Query.getPost",
                "Query.listPosts",
                "Query.userOnly",
                "Query.echo",
                "Query.adminOnly",
                "Query.deep",
                "Mutation.createPost",
                "Mutation.deletePost",
                "Mutation.notify",
                "Mutation.createPosts",
                "Post.author",
            }
        )

    def run(self, call: FieldCall, trace: Trace) -> Resolved | FieldError:
        self.acts.get(call.field, lambda: None)()
        self.calls.append(call)
        coordinate = f"{call.parent}.{call.field}"
        if coordinate == "Mutation.createPost" and coordinate not in self.answers:
            given = call.arguments["input"]
            return Resolved({"id": "new", **given})
        if coordinate == "Query.listPosts":
            trace.reads.append(
                Read(call.path, "Scan", "Post", None, 1, 0, 1, 0, more=True, limit=1)
            )
        answer = self.answers.get(coordinate)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, FieldError) else Resolved(answer)

    def subscribe(self, call: FieldCall, trace: Trace) -> Subscribed | FieldError:  # noqa: ARG002
        self.calls.append(call)
        self.on_subscribe()
        return self.filters.get(call.field, Subscribed(None))


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        value = json.loads(self.body)
        assert isinstance(value, dict)
        return value


@dataclass
class Api:
    """A served API without a socket."""

    service: Service
    app: App
    resolvers: StandIn
    identity: IdentityStore
    log: list[str]
    clock: list[datetime]

    def key(self, name: str = "default") -> str:
        key = self.identity.api_keys.get(name)
        assert key is not None
        return key.value

    def token(self, use: str = "access", **claims: object) -> str:
        users = self.identity.pool.users
        user = users.get("alice") or users.create(
            "alice", {"email": "alice@example.com"}, UserStatus.CONFIRMED, self.clock[0]
        )
        pair = issue_tokens(
            TokenRequest(
                user,
                self.service.issuer,
                self.identity.facts.user_pool_client_id,
                self.clock[0],
                overrides=claims,
            ),
            self.identity.pool.signing_keys,
            self.identity.pool.entropy,
        )
        return pair.access_token if use == "access" else pair.id_token

    def signed(
        self,
        role: str,
        body: bytes,
        url: str = f"{BASE_URL}/graphql",
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
    ) -> dict[str, str]:
        credential = self.identity.credentials.for_role(
            role, "session", self.clock[0], timedelta(hours=1)
        )
        request = AWSRequest(method, url, {**(headers or {})}, body)
        SigV4Auth(
            Credentials(
                credential.access_key_id,
                credential.secret_key,
                credential.session_token,
            ),
            "appsync",
            "us-east-1",
        ).add_auth(request)
        return dict(request.headers)

    def http(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        return asyncio.run(self.http_async(method, path, headers, body))

    async def http_async(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        route, _, query = path.partition("?")
        given = {"host": HOST, **{k.lower(): v for k, v in (headers or {}).items()}}
        scope = {
            "type": "http",
            "method": method,
            "path": route,
            "raw_path": route.encode(),
            "query_string": query.encode(),
            "headers": [
                (name.encode("latin-1"), value.encode("latin-1"))
                for name, value in given.items()
            ],
            "client": ("127.0.0.1", 5),
        }
        incoming = [{"type": "http.request", "body": body, "more_body": False}]
        sent: list[dict[str, object]] = []

        async def receive() -> dict[str, object]:
            return incoming.pop(0)

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        await asyncio.sleep(0)
        start, *parts = sent
        return Answer(
            start["status"],
            {k.decode().lower(): v.decode() for k, v in start["headers"]},
            b"".join(part["body"] for part in parts),
        )

    def ask(
        self,
        query: str,
        variables: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        body = json.dumps({"query": query, "variables": variables}).encode()
        default = {"x-api-key": self.key()}
        return self.http("POST", "/graphql", headers or default, body)


class MakeApi(Protocol):
    def __call__(
        self,
        sdl: str = ...,
        auth: AuthConfig = ...,
        providers: AuthProviders | None = ...,
        settings: Mapping[str, object] = ...,
        **seams: object,
    ) -> Api:
        """Serve a schema."""


@pytest.fixture(scope="session")
def identity_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("identity") / "data"
    IdentityStore.open(folder, CONFIG, lambda: NOW).close()
    return folder


@pytest.fixture
def make_api(identity_folder: Path, tmp_path: Path) -> Iterator[MakeApi]:
    """Serve a schema; ``settings`` are of ``Config``, ``seams`` of ``Runtime``."""
    opened: list[IdentityStore] = []

    def make(
        sdl: str = SDL,
        auth: AuthConfig = MODES,
        providers: AuthProviders | None = None,
        settings: Mapping[str, object] = MappingProxyType({}),
        **seams: object,
    ) -> Api:
        config = replace(
            CONFIG, auth=auth, providers=providers or AuthProviders(), **settings
        )
        clock = [datetime.now(UTC)]  # clients sign by the real clock
        folder = tmp_path / f"data{len(opened)}"
        shutil.copytree(identity_folder, folder)
        identity = IdentityStore.open(folder, config, lambda: clock[0])
        opened.append(identity)
        resolvers = StandIn()
        log: list[str] = []
        runtime = Runtime(
            blueprint=blueprint(sdl, auth),
            config=config,
            resolvers=resolvers,
            identity=identity,
            clock=lambda: clock[0],
            admin_token="admin-secret",
            log=log.append,
            **seams,
        )
        service = Service(runtime, BASE_URL)
        return Api(service, App(service), resolvers, identity, log, clock)

    yield make
    for identity in opened:
        identity.close()


@pytest.fixture
def api(make_api: MakeApi) -> Api:
    return make_api()


@pytest.fixture
def post() -> dict[str, object]:
    return {
        "id": "1",
        "title": "Hello",
        "views": 3,
        "score": Decimal("1.5"),
        "meta": {"a": Decimal(1)},
        "tags": ["x"],
        "state": "LIVE",
        "secret": "s",
    }


@pytest.fixture
def hour() -> timedelta:
    return timedelta(hours=1)
