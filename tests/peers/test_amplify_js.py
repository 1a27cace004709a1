"""Unmodified amplify-js 6 with the exported files, over TLS, in Node."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

sys.path.insert(0, str(Path(__file__).parent / "amplify_js"))

from amplify_backend import FOLDER, Backend, backend, wanting

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.peers,
    pytest.mark.skipif(wanting() is not None, reason=wanting() or ""),
]

LIST = "query List { listNotes { items { text } } }"
CREATE = 'mutation { createNote(input: { text: "first" }) { text owner } }'
FORMS = ("aws-exports", "amplifyconfiguration", "amplify_outputs")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    with backend(tmp_path_factory.mktemp("amplify-js")) as one:
        yield one


def node(one: Backend, **asked: object) -> dict[str, Any]:
    done = subprocess.run(
        ["node", "--experimental-websocket", str(FOLDER / "node.mjs")],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "NODE_EXTRA_CA_CERTS": one.ready["tls_ca"]},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def credentials(one: Backend, *whose: str) -> dict[str, str]:
    made = json.loads(one.command("credentials", *whose, "--json"))
    return {
        "accessKeyId": made["AccessKeyId"],
        "secretAccessKey": made["SecretAccessKey"],
        "sessionToken": made["SessionToken"],
    }


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_the_exported_file_calls_with_an_api_key(
    served: Backend, form: str
) -> None:
    file = str(served.exported(form))

    told = node(served, file=file, calls=[["apiKey", LIST], [None, LIST]])

    assert [sorted(one) for one in told["answer"]] == [["data"], ["data"]]
    url = served.ready["graphql_url"]
    assert told["values"] == {
        "appsync": url if form == "aws-exports" else None,
        "data": url if form == "amplify_outputs" else None,
    }


def test_a_role_and_a_token_of_the_command_line_get_in(served: Backend) -> None:
    tokens = {
        use: served.command(
            "token", "--user", "carol", "--create", "--use", use
        ).strip()
        for use in ("access", "id")
    }

    told = node(
        served,
        file=str(served.exported("amplify_outputs")),
        credentials=credentials(served, "--user", "carol"),
        tokens=tokens,
        calls=[["userPool", CREATE], ["iam", LIST], ["iam", CREATE]],
    )

    written, listed, refused = told["answer"]
    assert written == {"data": {"createNote": {"text": "first", "owner": "carol"}}}
    assert "errors" not in listed
    assert refused["data"] == {"createNote": None}
    assert refused["errors"][0]["errorType"] == "Unauthorized"


@pytest.mark.parametrize(
    "spoilt", [{"sessionToken": "x"}, {"secretAccessKey": "x"}, {"accessKeyId": "x"}]
)
def test_a_spoilt_credential_is_refused(
    served: Backend, spoilt: dict[str, str]
) -> None:
    told = node(
        served,
        file=str(served.exported("amplify_outputs")),
        credentials={**credentials(served, "--guest"), **spoilt},
        tokens={"access": "a.e30.c", "id": "a.e30.c"},
        calls=[["iam", LIST], ["userPool", LIST], ["apiKey", LIST]],
    )

    signed, token, key = told["answer"]
    for refused in (signed, token):
        assert refused["errors"]
        assert not refused["data"]
    assert "errors" not in key
