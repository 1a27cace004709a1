"""The verifier agrees with two independent signers on requests of any shape."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given
from hypothesis import strategies as st
from requests_aws4auth import AWS4Auth

from amplikit.identity.credentials import Credential, Principal
from amplikit.identity.sigv4 import Scope, SignedRequest, Verified, verify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.identity.sigv4 import SignatureRefusal


SCOPE = Scope("us-east-1", "appsync")
HOST = "127.0.0.1:20002"
CREDENTIAL = Credential(
    access_key_id="AKIALOCAL0123456789A",
    principal=Principal("role", "session"),
    secret_key="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
)

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
# "." and ".." are path segments that every client resolves before it sends.
segments = texts.filter(lambda text: text not in {"", ".", ".."})
paths = st.lists(segments, max_size=4).map(
    lambda parts: "/" + "/".join(quote(part, safe="") for part in parts)
)
queries = st.lists(st.tuples(segments, texts), max_size=5).map(
    lambda pairs: "&".join(
        f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs
    )
)
# What may stand in a header on the wire, with runs of spaces inside.
header_texts = st.text(
    st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="\"'\\"),
    max_size=20,
)
methods = st.sampled_from(["POST", "GET", "PUT"])
bodies = st.binary(max_size=64)


def received(
    method: str, path: str, query: str, headers: Mapping[str, str | bytes], body: bytes
) -> Verified | SignatureRefusal:
    pairs = [(b"host", HOST.encode()), (b"user-agent", b"any")]
    pairs += [
        (name.encode(), value if isinstance(value, bytes) else value.encode())
        for name, value in headers.items()
    ]
    request = SignedRequest(method, path.encode(), query.encode(), pairs, body)
    lookup = {CREDENTIAL.access_key_id: CREDENTIAL}.get
    return verify(request, lookup, datetime.now(UTC), SCOPE)


def url(path: str, query: str) -> str:
    return f"http://{HOST}{path}" + (f"?{query}" if query else "")


@given(methods, paths, queries, header_texts, bodies)
def test_what_botocore_signs_is_verified(
    method: str, path: str, query: str, header: str, body: bytes
) -> None:
    request = AWSRequest(
        method, url(path, query), headers={"x-amz-meta": header}, data=body
    )
    keys = BotocoreCredentials(CREDENTIAL.access_key_id, CREDENTIAL.secret_key)
    SigV4Auth(keys, SCOPE.service, SCOPE.region).add_auth(request)
    result = received(method, path, query, request.headers, body)
    assert result == Verified(CREDENTIAL)


@given(methods, paths, queries, header_texts, bodies)
def test_what_requests_aws4auth_signs_is_verified(
    method: str, path: str, query: str, header: str, body: bytes
) -> None:
    request = requests.Request(
        method, url(path, query), headers={"x-amz-meta": header.strip()}, data=body
    ).prepare()
    AWS4Auth(
        CREDENTIAL.access_key_id, CREDENTIAL.secret_key, SCOPE.region, SCOPE.service
    )(request)
    sent_path, _, sent_query = request.path_url.partition("?")
    result = received(
        method, sent_path, sent_query, request.headers, request.body or b""
    )
    assert result == Verified(CREDENTIAL)


@given(bodies, bodies)
def test_no_other_body_passes(body: bytes, other: bytes) -> None:
    request = AWSRequest("POST", url("/graphql", ""), data=body)
    keys = BotocoreCredentials(CREDENTIAL.access_key_id, CREDENTIAL.secret_key)
    SigV4Auth(keys, SCOPE.service, SCOPE.region).add_auth(request)
    result = received("POST", "/graphql", "", request.headers, other)
    assert isinstance(result, Verified) is (body == other)
