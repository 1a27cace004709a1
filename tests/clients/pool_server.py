"""A server without a project, for clients that sign users up and in."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import requests
from botocore import UNSIGNED
from botocore.config import Config

from amplikit.identity import IdentityStore

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

__all__ = ["PoolServer"]

SCHEMA = """type Note @model @auth(rules: [{ allow: owner }]) {
  text: String
  owner: String
}"""
_START_TIMEOUT_S = 30


@dataclass
class PoolServer:
    """``amplikit serve --schema``, its user pool, and what it would have sent."""

    folder: Path
    ready: dict[str, Any]
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, folder: Path, port: int = 0) -> PoolServer:
        schema, ready = folder / "schema.graphql", folder / "ready.json"
        schema.write_text(SCHEMA)
        ready.unlink(missing_ok=True)
        arguments = [sys.executable, "-m", "amplikit", "serve", "--port", str(port)]
        arguments += ["--schema", str(schema), "--transformer", "v2"]
        arguments += ["--auth", '{"default": "AMAZON_COGNITO_USER_POOLS"}']
        arguments += ["--data", str(folder / "data"), "--ready-file", str(ready)]
        with (folder / "log").open("ab") as log:
            process = subprocess.Popen(arguments, stdout=log, stderr=log)
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise RuntimeError((folder / "log").read_text())
            time.sleep(0.02)
        return cls(folder, json.loads(ready.read_text()), process)

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(15) == 0

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    @property
    def port(self) -> int:
        return int(self.ready["cognito_idp_url"].split(":")[2].split("/")[0])

    @property
    def pool_id(self) -> str:
        return self.ready["user_pool_id"]

    @property
    def client_id(self) -> str:
        return self.ready["user_pool_client_id"]

    @property
    def endpoint(self) -> str:
        return self.ready["cognito_idp_url"].rstrip("/")

    def store(self) -> closing[IdentityStore]:
        """Open the data folder beside the server, as commands do."""
        store = IdentityStore.open(
            self.folder / "data", None, lambda: datetime.now(UTC)
        )
        return closing(store)

    def browser(self) -> CognitoIdentityProviderClient:
        """Return a client without credentials."""
        return boto3.client(
            "cognito-idp",
            endpoint_url=self.endpoint,
            region_name=self.ready["region"],
            config=Config(signature_version=UNSIGNED),
        )

    def admin(self) -> CognitoIdentityProviderClient:
        """Return a client of the role that may do everything to users."""
        with self.store() as store:
            made = store.credentials.for_role(
                "local-admin", "tests", datetime.now(UTC), timedelta(hours=1)
            )
        return boto3.client(
            "cognito-idp",
            endpoint_url=self.endpoint,
            region_name=self.ready["region"],
            aws_access_key_id=made.access_key_id,
            aws_secret_access_key=made.secret_key,
            aws_session_token=made.session_token,
        )

    def note(self, token: str) -> object:
        """Write a note as the user of a token; return it, or the errors."""
        query = 'mutation { createNote(input: { text: "mine" }) { owner } }'
        answer = requests.post(
            self.ready["graphql_url"],
            json={"query": query},
            headers={"Authorization": token},
            timeout=30,
        ).json()
        return answer.get("errors") or answer["data"]["createNote"]

    def code(self, to: str) -> str:
        """Return the code of the last message to somebody."""
        with self.store() as store:
            messages = store.pool.outbox.messages()
        return [message.code or "" for message in messages if message.to == to][-1]
