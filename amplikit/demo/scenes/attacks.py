"""Credentials that are not what they claim to be."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import requests
from requests_aws4auth import AWS4Auth

from amplikit.demo.stage import Answer, Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.demo.stage import Stage

__all__ = ["forgeries"]

_QUERY = "query { listPosts(limit: 1) { items { id } } }"


def forgeries(stage: Stage) -> Iterator[Line]:
    """A token somebody edited, a body changed on its way, a key that is none."""
    forged = stage.post(_QUERY, {"Authorization": _forged(stage.tokens["bob"])})
    yield _line("listPosts with an edited token", "bob as alice", forged, "signature")
    tampered = _tampered(stage)
    yield _line(
        "createUser, its body changed after signing",
        "role",
        tampered,
        "the signature covers the body",
    )
    wrong = stage.post(_QUERY, {"x-api-key": "da2-" + "a" * 26})
    yield _line("listPosts with a made-up key", "nobody", wrong, "unknown key")


def _line(what: str, who: str, answer: Answer, why: str) -> Line:
    refused = answer.status in {requests.codes.unauthorized, requests.codes.forbidden}
    return Line(what, who, f"HTTP {answer.status} {answer.error}", why, refused)


def _forged(token: str) -> str:
    """Return bob's token with alice's name in it, and bob's signature."""
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["username"] = "alice"
    edited = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=")
    return f"{header}.{edited.decode()}.{signature}"


def _tampered(stage: Stage) -> Answer:
    issued = stage.credentials("post-confirmation-role")
    signed = AWS4Auth(
        issued["AccessKeyId"],
        issued["SecretAccessKey"],
        stage.server["region"],
        "appsync",
        session_token=issued["SessionToken"],
    )
    body = {"query": 'mutation { createUser(input: { username: "eve" }) { id } }'}
    request = requests.Request(
        "POST", stage.server["graphql_url"], json=body, auth=signed
    ).prepare()
    if isinstance(request.body, bytes):
        request.body = request.body.replace(b"eve", b"bob")
    with requests.Session() as session:
        answer = session.send(request, timeout=20)
    return Answer(answer.status_code, answer.json())
