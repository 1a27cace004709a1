"""AWS's own Signature Version 4 test suite, as botocore carries it."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from amplikit.identity._canonical_request import canonical_request, header_values
from amplikit.identity.credentials import Credential, Principal
from amplikit.identity.sigv4 import (
    Scope,
    SignatureRefusal,
    SignedRequest,
    Verified,
    verify,
)

SHARED = Path(__file__).parents[3] / "shared" / "vectors"
SUITE = Path(os.environ.get("AMPLIKIT_VECTORS", SHARED)) / "sigv4"
NOW = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
SCOPE = Scope("us-east-1", "service")
CASES = sorted(path.with_suffix("") for path in SUITE.rglob("*.sreq"))

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(not CASES, reason=f"{SUITE} is not there"),
]


def request_of(text: bytes) -> SignedRequest:
    """Read a request as the suite writes it: folded headers, raw paths."""
    head, _, body = text.partition(b"\n\n")
    line, *lines = head.split(b"\n")
    method, _, rest = line.partition(b" ")
    path, _, query = rest.rpartition(b" ")[0].partition(b"?")
    headers: list[tuple[bytes, bytes]] = []
    for each in lines:
        if each.startswith(b" "):
            name, value = headers.pop()
            headers.append((name, value + b"\n" + each))
        else:
            name, _, value = each.partition(b":")
            headers.append((name, value))
    return SignedRequest(method.decode(), path, query, headers, body)


def signed_request(case: Path) -> SignedRequest:
    """Return the request of a case, with its authorization.

    That of ``.sreq`` itself is another case's in one of them.
    """
    request = request_of(case.with_suffix(".sreq").read_bytes())
    authorization = case.with_suffix(".authz").read_bytes()
    kept = [pair for pair in request.headers if pair[0].lower() != b"authorization"]
    return replace(request, headers=[*kept, (b"Authorization", authorization)])


def credential_of(request: SignedRequest) -> Credential:
    token = header_values(request).get(b"x-amz-security-token")
    return Credential(
        "AKIDEXAMPLE",
        Principal("role", "session"),
        secret_key="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        session_token=token.decode() if token else None,
    )


def check(request: SignedRequest) -> Verified | SignatureRefusal:
    credential = credential_of(request)
    return verify(request, {"AKIDEXAMPLE": credential}.get, NOW, SCOPE)


def test_the_suite_is_whole() -> None:
    assert len(CASES) >= 30


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_signed_request_holds(case: Path) -> None:
    signed = signed_request(case)
    assert isinstance(check(signed), Verified)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_canonical_request_is_the_suites(case: Path) -> None:
    signed = signed_request(case)
    expected = case.with_suffix(".creq").read_bytes()
    *_, names, payload_hash = expected.decode().split("\n")
    found = canonical_request(signed, header_values(signed), names, payload_hash)
    assert found == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_whatever_is_changed_in_it_is_refused(case: Path) -> None:
    signed = signed_request(case)
    other = "PUT" if signed.method != "PUT" else "POST"
    changed = [
        replace(signed, method=other),
        replace(signed, raw_path=signed.raw_path + b"x"),
        replace(signed, raw_query=signed.raw_query + b"&x=1"),
        replace(signed, body=signed.body + b"x"),
    ]
    names = [name for name, _ in signed.headers]
    for place, name in enumerate(names):
        if name.lower() in (b"authorization", b"x-amz-security-token"):
            continue
        headers = [*signed.headers]
        headers[place] = (name, headers[place][1] + b"x")
        changed.append(replace(signed, headers=headers))
    assert [one for one in changed if isinstance(check(one), Verified)] == []
