"""AWS's own Signature Version 4 test suite, where it is at hand.

The suite is read from ``AMPLIKIT_VECTORS``, by default ``shared/vectors`` beside the
repository.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from amplikit.identity._canonical_request import canonical_request, header_values
from amplikit.identity.credentials import Credential, Principal
from amplikit.identity.sigv4 import Scope, SignedRequest, Verified, verify

BESIDE = Path(__file__).parents[3] / "shared" / "vectors"
SUITE = Path(os.environ.get("AMPLIKIT_VECTORS", BESIDE)) / "sigv4"
CASES = sorted(path.with_suffix("") for path in SUITE.rglob("*.req"))
SCOPE = Scope("us-east-1", "service")
NOW = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)

pytestmark = pytest.mark.oracle


def read(case: Path, suffix: str) -> bytes:
    return case.with_suffix(suffix).read_bytes().replace(b"\r\n", b"\n")


def parse(raw: bytes) -> SignedRequest:
    """Read an HTTP request as the suite writes it, continuation lines included."""
    head, _, body = raw.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    method, _, rest = first.partition(b" ")
    target = rest.rpartition(b" ")[0]
    path, _, query = target.partition(b"?")
    headers = []
    for line in lines:
        if line.startswith(b" "):
            name, value = headers.pop()
            headers.append((name, value + b"\n" + line))
        elif line:
            name, _, value = line.partition(b":")
            headers.append((name, value))
    return SignedRequest(method.decode(), path, query, headers, body)


def credential(request: SignedRequest) -> Credential:
    token = header_values(request).get(b"x-amz-security-token")
    return Credential(
        access_key_id="AKIDEXAMPLE",
        principal=Principal("role", "session"),
        secret_key="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        session_token=token and token.decode(),
    )


def test_the_suite_is_there() -> None:
    assert len(CASES) > 25


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_request_of_the_suite_is_verified(case: Path) -> None:
    request = parse(read(case, ".sreq"))
    # One signed request of the suite repeats its token where the signature belongs.
    authorization = (b"authorization", read(case, ".authz"))
    sent = [pair for pair in request.headers if pair[0] != b"Authorization"]
    request = replace(request, headers=[*sent, authorization])
    known = credential(request)
    result = verify(request, {"AKIDEXAMPLE": known}.get, NOW, SCOPE)
    assert result == Verified(known)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_canonical_request_is_the_suites(case: Path) -> None:
    request = parse(read(case, ".sreq"))
    expected = read(case, ".creq")
    *_, signed_headers, payload_hash = expected.decode().split("\n")
    found = canonical_request(
        request, header_values(request), signed_headers, payload_hash
    )
    assert found == expected
