"""Unmodified amplify-js 6 from sign-up to sign-out, over TLS, in Node and a browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

sys.path.insert(0, str(Path(__file__).parent / "amplify_js"))

from amplify_backend import FOLDER, Backend, backend, helper, wanting
from chromium import page

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.peers,
    pytest.mark.skipif(wanting() is not None, reason=wanting() or ""),
]

INCORRECT = "NotAuthorizedException: Incorrect username or password."
EXPECTED = {
    "signs up": "CONFIRM_SIGN_UP",
    "unconfirmed": "CONFIRM_SIGN_UP",
    "wrong code": "CodeMismatchException: Invalid verification code provided,"
    " please try again.",
    "confirms": "DONE",
    "wrong password": INCORRECT,
    "unknown user": INCORRECT,
    "signs in by SRP": "DONE",
    "hears": "heard",
    "refreshes": True,
    "asks for a secret": True,
    "wrong first TOTP": "EnableSoftwareTokenMFAException: Code mismatch and fail"
    " enable Software Token MFA",
    "first TOTP": "done",
    "prefers TOTP": "done",
    "signs out": "done",
    "signed out": "no tokens",
    "signs in again": "CONFIRM_SIGN_IN_WITH_TOTP_CODE",
    "wrong TOTP": "CodeMismatchException: Invalid code received for user",
    "signs in afresh": "CONFIRM_SIGN_IN_WITH_TOTP_CODE",
    "TOTP": "DONE",
    "signs out everywhere": "done",
}
LISTS = ("guest lists", "guest's role lists", "role lists", "lists", "lists with both")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    with backend(tmp_path_factory.mktemp("life")) as one:
        yield one


def check(seen: dict[str, Any], username: str) -> None:
    lists = {name: seen.pop(name) for name in LISTS}
    assert seen == {
        **EXPECTED,
        "who": username,
        "e-mail": f"{username}@example.com",
        "writes": username,
    }
    assert all(isinstance(count, int) for count in lists.values()), lists
    assert 0 < lists["role lists"] <= lists["lists"] <= lists["lists with both"]


@pytest.mark.parametrize("form", ["aws-exports", "amplify_outputs"])
def test_a_user_lives_in_node(served: Backend, tmp_path: Path, form: str) -> None:
    username = f"node-{form}"
    with helper(served, tmp_path) as url:
        asked = {"file": str(served.exported(form)), "life": username, "helper": url}
        done = subprocess.run(
            ["node", "--experimental-websocket", str(FOLDER / "node.mjs")],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=False,
            timeout=150,
            env={**os.environ, "NODE_EXTRA_CA_CERTS": served.ready["tls_ca"]},
        )

    assert done.returncode == 0, done.stderr
    check(json.loads(done.stdout)["answer"], username)


def test_a_user_lives_in_a_browser(served: Backend, tmp_path: Path) -> None:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("there is no Chromium")
    bundle = [str(FOLDER / "node_modules" / ".bin" / "esbuild"), "browser.mjs"]
    bundle += ["--bundle", "--format=iife", f"--outfile={tmp_path / 'page.js'}"]
    subprocess.run(bundle, cwd=FOLDER, check=True, capture_output=True)
    (tmp_path / "page.html").write_text('<script src="page.js"></script>')
    config = served.exported("amplifyconfiguration").read_text()

    with (
        helper(served, tmp_path) as url,
        page(program, tmp_path, Path(served.ready["tls_ca"])) as tab,
    ):
        tab.open(f"{url}/page.html")
        tab.evaluate(f"configure({config})")
        seen = tab.evaluate(f"life('browser', {json.dumps(url)})")

    check(seen, "browser")
