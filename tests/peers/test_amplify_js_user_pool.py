"""amplify-js, unmodified, at the user pool: a user's whole life."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "clients"))

from pool_server import PoolServer

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent / "amplify_js"

pytestmark = [
    pytest.mark.peers,
    pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node here"),
    pytest.mark.skipif(
        not (FOLDER / "node_modules").is_dir(),
        reason="amplify-js is not installed: make test-peers does it",
    ),
]

INCORRECT = "NotAuthorizedException: Incorrect username or password."


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PoolServer]:
    server = PoolServer.start(tmp_path)
    yield server
    server.stop()
    assert "Traceback" not in server.log


def test_amplify_js_leads_a_users_life(server: PoolServer) -> None:
    outbox = [sys.executable, "-m", "amplikit", "outbox", "--json"]
    outbox += ["--data", str(server.folder / "data")]
    pool = [f"{server.endpoint}/", server.pool_id, server.client_id]
    played = subprocess.run(
        ["node", "user_pool.mjs", *pool, *outbox],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert played.returncode == 0, played.stderr
    assert json.loads(played.stdout) == {
        "signUp": "CONFIRM_SIGN_UP",
        "wrongCode": "CodeMismatchException: Invalid verification code provided,"
        " please try again.",
        "confirmed": True,
        "wrongPassword": INCORRECT,
        "unknownUser": INCORRECT,
        "srp": True,
        "username": "amy",
        "refreshed": True,
        "attributes": ["email", "email_verified", "phone_number", "sub"],
        "wrongSetUp": "EnableSoftwareTokenMFAException: Code mismatch and fail enable"
        " Software Token MFA",
        "preference": "TOTP",
        "byEmail": "CONFIRM_SIGN_IN_WITH_TOTP_CODE",
        "wrongTotp": "CodeMismatchException: Invalid code received for user",
        "totp": True,
        "asksSms": "CONFIRM_SIGN_IN_WITH_SMS_CODE",
        "sms": True,
        "oldPassword": INCORRECT,
        "newPassword": True,
        "deleted": INCORRECT,
    }
