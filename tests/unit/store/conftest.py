"""A store behind a socket: DynamoDB's wire protocol, spoken by our own server."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config, RoleConfig
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.resources import Blueprint, PolicyStatement
from amplikit.emulator.runtime import Runtime
from amplikit.emulator.server import running
from amplikit.identity import IdentityStore
from amplikit.identity.credentials import Principal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.calls import FieldCall, Resolved
    from amplikit.emulator.trace import Trace
    from amplikit.store import SqliteStore

AUTH = AuthConfig(AuthMode.IAM)
CONFIG = Config(
    "test",
    Transformer.V2,
    AUTH,
    roles=(RoleConfig("all", (PolicyStatement("Allow", ("dynamodb:*",), ("*",)),)),),
)
SDL = "type Query { one: Int }"


class NoResolvers:
    coordinates: frozenset[str] = frozenset()

    def run(self, call: FieldCall, trace: Trace) -> Resolved:
        raise NotImplementedError

    def subscribe(self, call: FieldCall, trace: Trace) -> Resolved:
        raise NotImplementedError


class ServeTables(Protocol):
    def __call__(self, store: SqliteStore) -> AbstractContextManager[str]: ...


def clock() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="session")
def served_identity(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[IdentityStore]:
    identity = IdentityStore.open(tmp_path_factory.mktemp("identity"), CONFIG, clock)
    yield identity
    identity.close()


@pytest.fixture
def serve_tables(
    served_identity: IdentityStore, monkeypatch: pytest.MonkeyPatch
) -> ServeTables:
    """Return what serves a store's tables; boto3's environment lets it in."""
    credential = served_identity.credentials.issue(
        Principal("all", "session"), clock(), None
    )
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", credential.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", credential.secret_key)
    monkeypatch.setenv("AWS_REGION", served_identity.facts.region)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    blueprint = Blueprint("test", Transformer.V2, AUTH, SDL, (), (), (), ())

    @contextmanager
    def serve(store: SqliteStore) -> Iterator[str]:
        runtime = Runtime(
            blueprint,
            CONFIG,
            NoResolvers(),
            served_identity,
            clock,
            "token",
            store=store,
        )
        with running(runtime) as endpoints:
            yield endpoints.dynamodb

    return serve
