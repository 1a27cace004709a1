"""The functions' modules, events as Cognito sends them, and an API in memory."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from amplikit_client import Answer, ApiKeyAuth, AppSyncClient

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from amplikit_client import PreparedCall

LAMBDAS = Path(__file__).parents[3] / "lambdas"
SUB = "8a5c1f0e-0000-4000-8000-000000000001"


@dataclass
class Api:
    """Keeps the variables of each call, and gives one answer to all of them."""

    answer: dict
    inputs: list[dict] = field(default_factory=list)

    def send(self, request: PreparedCall, /) -> Answer:
        self.inputs.append(json.loads(request.body)["variables"]["input"])
        return Answer(200, {}, json.dumps(self.answer).encode())

    @property
    def client(self) -> AppSyncClient:
        return AppSyncClient(
            "http://localhost/graphql", ApiKeyAuth("k"), transport=self
        )


@pytest.fixture
def api() -> Callable[..., Api]:
    def make(error_type: str | None = None) -> Api:
        error = {"errorType": error_type, "message": "no", "path": ["x"]}
        return Api({"errors": [error]} if error_type else {"data": {}})

    return make


@pytest.fixture(scope="session")
def load() -> Callable[[str], ModuleType]:
    def load(name: str) -> ModuleType:
        path = LAMBDAS / name / "handler.py"
        spec = importlib.util.spec_from_file_location(f"lambdas_{name}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture
def cognito_event() -> Callable[..., dict]:
    """Make an event of the user pool; more user attributes by keyword."""

    def make(source: str, **attributes: str) -> dict:
        return {
            "version": "1",
            "triggerSource": source,
            "region": "eu-west-1",
            "userPoolId": "eu-west-1_local",
            "userName": "alice",
            "callerContext": {"awsSdkVersion": "aws-sdk", "clientId": "c"},
            "request": {
                "userAttributes": {
                    "sub": SUB,
                    "email_verified": "true",
                    "cognito:user_status": "CONFIRMED",
                    **attributes,
                }
            },
            "response": {},
        }

    return make
