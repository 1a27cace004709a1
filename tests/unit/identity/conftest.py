"""A fresh identity store per test; its RSA keys are made once per run."""

from __future__ import annotations

import asyncio
import json
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.config import Trigger
from amplikit.identity import IdentityStore
from amplikit.identity.user_pool.pool import UNSIGNED, PoolContext
from amplikit.identity.user_pool.protocol import TARGET_PREFIX, handle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from amplikit.identity.user_pool.protocol import HttpAnswer
    from amplikit.identity.user_pool.triggers import TriggerResult


NOW = datetime(2026, 1, 15, 12, 34, 56, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def template_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("identity") / "data"
    IdentityStore.open(folder, None, lambda: NOW).close()
    return folder


@pytest.fixture
def folder(template_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(template_folder, tmp_path / "data")


@pytest.fixture
def store(folder: Path) -> Iterator[IdentityStore]:
    store = IdentityStore.open(folder, None, lambda: NOW)
    yield store
    store.close()


@dataclass
class Recorder:
    """Stands for the functions behind the triggers."""

    outcome: object = None
    attached: tuple[Trigger, ...] = (
        Trigger.POST_CONFIRMATION,
        Trigger.POST_AUTHENTICATION,
    )
    events: list = field(default_factory=list)

    async def run(self, trigger: Trigger, event: dict[str, object]) -> TriggerResult:
        if trigger not in self.attached:
            return None
        self.events.append(event)
        if callable(self.outcome):
            return await self.outcome(event)
        return self.outcome


@dataclass
class Browser:
    """Calls the pool's operations as a client without credentials does."""

    store: IdentityStore
    now: datetime = NOW
    triggers: Recorder = field(default_factory=Recorder)
    issuer: str = "http://127.0.0.1:20002/cognito-idp/pool"
    is_admin: bool = False

    def context(self) -> PoolContext:
        return PoolContext(
            self.store.pool,
            self.issuer,
            self.triggers,
            self.now,
            lambda _operation: None if self.is_admin else UNSIGNED,
        )

    def later(self, **duration: float) -> None:
        self.now += timedelta(**duration)

    def raw(self, target: str, body: bytes) -> HttpAnswer:
        return asyncio.run(handle(target, body, self.context()))

    async def call_async(self, operation: str, **given: object) -> dict[str, Any]:
        values = {"ClientId": self.store.facts.user_pool_client_id, **given}
        answer = await handle(
            TARGET_PREFIX + operation, json.dumps(values).encode(), self.context()
        )
        return json.loads(answer.body)

    def call(self, operation: str, **given: object) -> dict[str, Any]:
        return asyncio.run(self.call_async(operation, **given))

    def admin(self, operation: str, **given: object) -> dict[str, Any]:
        """Call as a server does that IAM lets in."""
        self.is_admin = True
        try:
            pool = self.store.facts.user_pool_id
            return self.call(operation, UserPoolId=pool, **given)
        finally:
            self.is_admin = False

    def code(self) -> str:
        """Return the code of the last message."""
        return self.store.pool.outbox.messages()[-1].code

    def sign_up(self, name: str, password: str = "Passw0rd!") -> dict[str, Any]:
        email = [{"Name": "email", "Value": f"{name}@example.com"}]
        return self.call(
            "SignUp", Username=name, Password=password, UserAttributes=email
        )

    def confirm(self, name: str, code: str | None = None) -> dict[str, Any]:
        code = code or self.code()
        return self.call("ConfirmSignUp", Username=name, ConfirmationCode=code)

    def sign_in(self, name: str, password: str = "Passw0rd!") -> dict[str, Any]:
        return self.call(
            "InitiateAuth",
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": password},
        )

    def refresh(self, token: str) -> dict[str, Any]:
        return self.call(
            "InitiateAuth",
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": token},
        )


@pytest.fixture
def browser(store: IdentityStore) -> Browser:
    return Browser(store)
