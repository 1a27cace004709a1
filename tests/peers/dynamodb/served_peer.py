"""Our side: ``amplikit serve`` in a process of its own, asked with real signatures."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson
from peer import TARGET, Answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from peer import Body

SCHEMA = "type Unused @model @auth(rules: [{ allow: private }]) { id: ID! }\n"
AUTH = '{"default": "AMAZON_COGNITO_USER_POOLS"}'
START_TIMEOUT_S = 30.0
SIGNED = "host;x-amz-date;x-amz-security-token;x-amz-target"


@dataclass(slots=True)
class ServedPeer:
    """A caller with the credentials of a role that may do everything."""

    url: str
    region: str
    credentials: dict[str, str] = field(repr=False)
    _connection: http.client.HTTPConnection = field(init=False)
    _key: tuple[str, bytes] = field(init=False, default=("", b""), repr=False)

    def __post_init__(self) -> None:
        place = urlsplit(self.url)
        self._connection = http.client.HTTPConnection(
            place.hostname or "", place.port, timeout=60
        )

    def call(self, operation: str, body: Body) -> Answer:
        """Return the answer to one call."""
        data = orjson.dumps(body)
        path = urlsplit(self.url).path
        headers = self._signed(path, TARGET + operation, data)
        self._connection.request("POST", path, data, headers)
        response = self._connection.getresponse()
        return Answer(response.status, orjson.loads(response.read()))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _signed(self, path: str, target: str, data: bytes) -> dict[str, str]:
        """Return the headers of a request.

        Source: AWS Signature Version 4. botocore's signer takes five times as long.
        """
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        day = now[:8]
        scope = f"{day}/{self.region}/dynamodb/aws4_request"
        host = urlsplit(self.url).netloc
        token = self.credentials["SessionToken"]
        canonical = (
            f"POST\n{path}\n\nhost:{host}\nx-amz-date:{now}\n"
            f"x-amz-security-token:{token}\nx-amz-target:{target}\n\n"
            f"{SIGNED}\n{hashlib.sha256(data).hexdigest()}"
        )
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{digest}"
        signature = hmac.new(self._signing_key(day), text.encode(), "sha256")
        return {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Date": now,
            "X-Amz-Security-Token": token,
            "X-Amz-Target": target,
            "Authorization": (
                f"AWS4-HMAC-SHA256 Credential={self.credentials['AccessKeyId']}/{scope}"
                f", SignedHeaders={SIGNED}, Signature={signature.hexdigest()}"
            ),
        }

    def _signing_key(self, day: str) -> bytes:
        if self._key[0] != day:
            key = f"AWS4{self.credentials['SecretAccessKey']}".encode()
            for part in (day, self.region, "dynamodb", "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._key = day, key
        return self._key[1]


@contextmanager
def served(folder: Path) -> Iterator[ServedPeer]:
    """Serve an empty data folder while the block runs."""
    schema, ready_file = folder / "schema.graphql", folder / "ready.json"
    schema.write_text(SCHEMA)
    options = ["--schema", schema, "--transformer", "v2", "--auth", AUTH]
    options += ["--data", folder / "data", "--port", "0", "--ready-file", ready_file]
    command = [sys.executable, "-m", "amplikit", "serve", *map(str, options)]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        ready = _ready(ready_file, process)
        peer = ServedPeer(
            str(ready["dynamodb_url"]), str(ready["region"]), _credentials(folder)
        )
        yield peer
        peer.close()
    finally:
        process.terminate()
        process.wait()


def _ready(file: Path, process: subprocess.Popen[bytes]) -> Body:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not file.exists():
        assert process.poll() is None, "amplikit serve ended"
        assert time.monotonic() < deadline, "amplikit serve does not answer"
        time.sleep(0.02)
    ready: Body = json.loads(file.read_bytes())
    return ready


def _credentials(folder: Path) -> dict[str, str]:
    options = ["--role", "local-admin", "--expires", "43200", "--json"]
    options += ["--data", str(folder / "data")]
    command = [sys.executable, "-m", "amplikit", "credentials", *options]
    done = subprocess.run(command, check=True, capture_output=True)
    credentials: dict[str, str] = json.loads(done.stdout)
    return credentials
