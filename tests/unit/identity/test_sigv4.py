from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from amplikit.identity.credentials import Credential, Principal
from amplikit.identity.sigv4 import (
    Scope,
    SignatureRefusal,
    SignedRequest,
    Verified,
    calculate_signature,
    verify,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


SCOPE = Scope("us-east-1", "appsync")
BODY = b'{"query": "{ listPosts { items { id } } }"}'
PRINCIPAL = Principal("local-admin", "session")
MISMATCH = (
    "The request signature we calculated does not match the signature you provided."
    " Check your AWS Secret Access Key and signing method."
    " Consult the service documentation for details."
)


@pytest.fixture(scope="module")
def now() -> datetime:
    # botocore signs with the time of day, so these tests live in it.
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def credential(now: datetime) -> Credential:
    return Credential(
        access_key_id="ASIALOCAL0123456789A",
        principal=PRINCIPAL,
        expires_at=now + timedelta(hours=1),
        secret_key="s" * 40,
        session_token="token",
    )


def sign(
    credential: Credential, headers: Iterable[tuple[str, str]] = (), **changes: object
) -> SignedRequest:
    request = AWSRequest(
        "POST",
        "http://127.0.0.1:20002/graphql?b=2&a=1",
        headers={"content-type": "application/json", **dict(headers)},
        data=BODY,
    )
    keys = BotocoreCredentials(
        changes.get("key", credential.access_key_id),
        changes.get("secret", credential.secret_key),
        changes.get("token", credential.session_token),
    )
    scope = changes.get("scope", SCOPE)
    SigV4Auth(keys, scope.service, scope.region).add_auth(request)
    pairs = [(b"host", b"127.0.0.1:20002"), (b"accept", b"*/*")]
    pairs += [(name.encode(), text.encode()) for name, text in request.headers.items()]
    return SignedRequest("POST", b"/graphql", b"b=2&a=1", pairs, request.body)


@pytest.fixture(scope="module")
def signed(credential: Credential) -> SignedRequest:
    return sign(credential)


@pytest.fixture(scope="module")
def check(
    credential: Credential, now: datetime
) -> Callable[..., Verified | SignatureRefusal]:
    known = {credential.access_key_id: credential}

    def run(
        request: SignedRequest, at: datetime | None = None
    ) -> Verified | SignatureRefusal:
        return verify(request, known.get, at or now, SCOPE)

    return run


def header(request: SignedRequest, name: bytes) -> bytes:
    return {key.lower(): value for key, value in request.headers}[name]


def with_header(
    request: SignedRequest, name: bytes, value: bytes | None
) -> SignedRequest:
    kept = [pair for pair in request.headers if pair[0].lower() != name]
    added = [] if value is None else [(name, value)]
    return replace(request, headers=[*kept, *added])


def authorization(request: SignedRequest, old: bytes, new: bytes) -> SignedRequest:
    value = header(request, b"authorization")
    assert old in value
    return with_header(request, b"authorization", value.replace(old, new))


def test_a_request_signed_by_botocore_holds(
    check: Callable[..., Verified | SignatureRefusal],
    signed: SignedRequest,
    credential: Credential,
) -> None:
    assert check(signed) == Verified(credential)


def test_a_refusal_carries_status_type_message_and_reason(
    check: Callable[..., Verified | SignatureRefusal], signed: SignedRequest
) -> None:
    refusal = check(replace(signed, body=b"{}"))
    assert refusal == SignatureRefusal(
        "InvalidSignatureException", MISMATCH, "signature", 403
    )


def flipped(text: bytes) -> Iterator[bytes]:
    """Return ``text`` with one byte changed, once for each byte."""
    for place, byte in enumerate(text):
        # Flipping this bit makes no space and no other spelling of the same thing.
        yield text[:place] + bytes([byte ^ 0x01]) + text[place + 1 :]


TAMPERED = {
    "body": lambda request, value: replace(request, body=value),
    "path": lambda request, value: replace(request, raw_path=value),
    "query": lambda request, value: replace(request, raw_query=value),
    "method": lambda request, value: replace(request, method=value.decode()),
    "host": lambda request, value: with_header(request, b"host", value),
    "content-type": lambda request, value: with_header(request, b"content-type", value),
    "x-amz-date": lambda request, value: with_header(request, b"x-amz-date", value),
    "x-amz-security-token": lambda request, value: with_header(
        request, b"x-amz-security-token", value
    ),
    "authorization": lambda request, value: with_header(
        request, b"authorization", value
    ),
}
ORIGINAL = {
    "body": lambda request: request.body,
    "path": lambda request: request.raw_path,
    "query": lambda request: request.raw_query,
    "method": lambda request: request.method.encode(),
}


@pytest.mark.parametrize("part", TAMPERED)
def test_every_tampered_byte_is_refused(
    check: Callable[..., Verified | SignatureRefusal], signed: SignedRequest, part: str
) -> None:
    original = ORIGINAL.get(part, lambda request: header(request, part.encode()))
    accepted = [
        value
        for value in flipped(original(signed))
        if not isinstance(check(TAMPERED[part](signed, value)), SignatureRefusal)
    ]
    assert accepted == []


def test_a_body_is_refused_when_anything_is_appended(
    check: Callable[..., Verified | SignatureRefusal], signed: SignedRequest
) -> None:
    assert check(replace(signed, body=BODY + b" ")).reason == "signature"


@pytest.mark.parametrize(
    ("change", "error_type", "message"),
    [
        pytest.param(
            lambda r: with_header(r, b"authorization", None),
            "IncompleteSignatureException",
            "Authorization header requires 'Credential' parameter. Authorization header"
            " requires 'Signature' parameter. Authorization header requires"
            " 'SignedHeaders' parameter. (Hashed with SHA-256 and encoded with Base64)"
            " Authorization=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            id="no authorization",
        ),
        pytest.param(
            lambda r: with_header(r, b"x-amz-date", None),
            "IncompleteSignatureException",
            None,
            id="no date",
        ),
        pytest.param(
            lambda r: with_header(r, b"x-amz-date", b"yesterday"),
            "IncompleteSignatureException",
            "Date must be in ISO-8601 'basic format'. Got 'yesterday'."
            " See http://en.wikipedia.org/wiki/ISO_8601",
            id="no such date",
        ),
        pytest.param(
            lambda r: authorization(r, b"AWS4-HMAC-SHA256", b"AWS4-HMAC-SHA1"),
            "IncompleteSignatureException",
            "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1' (only AWS4-HMAC-SHA256 for"
            " now). ",
            id="algorithm",
        ),
        pytest.param(
            lambda r: authorization(r, b"/aws4_request", b""),
            "IncompleteSignatureException",
            None,
            id="four elements",
        ),
        pytest.param(
            lambda r: authorization(r, b"/us-east-1/", b"/eu-west-1/"),
            "InvalidSignatureException",
            "Credential should be scoped to a valid region, not 'eu-west-1'. ",
            id="region",
        ),
        pytest.param(
            lambda r: authorization(r, b"/appsync/", b"/dynamodb/"),
            "InvalidSignatureException",
            "Credential should be scoped to correct service: 'appsync'. ",
            id="service",
        ),
        pytest.param(
            lambda r: authorization(r, b"/aws4_request", b"/aws5_request"),
            "InvalidSignatureException",
            "Credential should be scoped with a valid terminator: 'aws4_request',"
            " not 'aws5_request'. ",
            id="terminator",
        ),
        pytest.param(
            lambda r: authorization(r, b";host;", b";"),
            "InvalidSignatureException",
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
            id="host not signed",
        ),
        pytest.param(
            lambda r: with_header(r, b"x-amz-user-agent", b"me"),
            "InvalidSignatureException",
            "'x-amz-user-agent' must be a 'SignedHeader' in the AWS Authorization.",
            id="x-amz header not signed",
        ),
        pytest.param(
            lambda r: authorization(r, b"ASIALOCAL", b"ASIALOCAK"),
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
            id="unknown key",
        ),
        pytest.param(
            lambda r: with_header(r, b"x-amz-security-token", b"other"),
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
            id="other token",
        ),
        pytest.param(
            lambda r: with_header(r, b"x-amz-security-token", None),
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
            id="no token",
        ),
        pytest.param(
            lambda r: replace(r, headers=[*r.headers, r.headers[-1]]),
            "IncompleteSignatureException",
            None,
            id="authorization twice",
        ),
        pytest.param(
            lambda r: with_header(r, b"authorization", b"AWS4-HMAC-SHA256 \xff\x00="),
            "IncompleteSignatureException",
            None,
            id="garbage",
        ),
    ],
)
def test_each_fault_has_its_own_refusal(
    check: Callable[..., Verified | SignatureRefusal],
    signed: SignedRequest,
    change: Callable[[SignedRequest], SignedRequest],
    error_type: str,
    message: str | None,
) -> None:
    refusal = check(change(signed))
    assert refusal.error_type == error_type
    assert message in (None, refusal.message)


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [(-301, "not-yet-current"), (-300, None), (0, None), (300, None), (301, "expired")],
)
def test_a_signature_holds_for_five_minutes_each_way(
    check: Callable[..., Verified | SignatureRefusal],
    signed: SignedRequest,
    seconds: int,
    reason: str | None,
) -> None:
    stated = datetime.strptime(
        header(signed, b"x-amz-date").decode(), "%Y%m%dT%H%M%SZ"
    ).replace(tzinfo=UTC)
    result = check(signed, stated + timedelta(seconds=seconds))
    assert getattr(result, "reason", None) == reason


def test_an_expired_signature_says_so_in_the_services_words() -> None:
    known = Credential("AKIALOCAL", PRINCIPAL, secret_key="s")
    request = SignedRequest(
        "POST",
        b"/graphql",
        b"",
        [
            (b"host", b"h"),
            (b"x-amz-date", b"20260101T000000Z"),
            (
                b"authorization",
                (
                    b"AWS4-HMAC-SHA256 Credential=AKIALOCAL/20260101/us-east-1/appsync/"
                    b"aws4_request, SignedHeaders=host;x-amz-date, Signature=00"
                ),
            ),
        ],
        b"",
    )
    at = datetime(2026, 1, 1, 0, 15, tzinfo=UTC)
    refusal = verify(request, {"AKIALOCAL": known}.get, at, SCOPE)
    assert refusal.message == (
        "Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z"
        " (20260101T001500Z - 5 min.)"
    )


def test_an_expired_credential_is_refused_as_such(
    signed: SignedRequest,
    credential: Credential,
    now: datetime,
) -> None:
    ended = replace(credential, expires_at=now)
    refusal = verify(signed, {credential.access_key_id: ended}.get, now, SCOPE)
    assert (refusal.error_type, refusal.message) == (
        "ExpiredTokenException",
        "The security token included in the request is expired",
    )


def test_a_session_token_may_be_left_out_of_the_signed_headers(
    check: Callable[..., Verified | SignatureRefusal], credential: Credential
) -> None:
    request = sign(credential, token=None)
    later = with_header(request, b"x-amz-security-token", b"token")
    assert check(later) == Verified(credential)


def test_a_session_token_without_one_in_the_credential_is_refused(
    credential: Credential, now: datetime
) -> None:
    lasting = replace(credential, session_token=None, expires_at=None)
    lookup = {credential.access_key_id: lasting}.get
    refusal = verify(sign(credential), lookup, now, SCOPE)
    assert refusal.reason == "session-token"


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        (hashlib.sha256(BODY).hexdigest(), None),
        (hashlib.sha256(b"").hexdigest(), "body-hash"),
        ("UNSIGNED-PAYLOAD", "body-hash"),
        ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "body-hash"),
        ("", "body-hash"),
    ],
)
def test_a_declared_body_hash_must_be_the_bodys(
    check: Callable[..., Verified | SignatureRefusal],
    credential: Credential,
    declared: str,
    reason: str | None,
) -> None:
    request = sign(credential, {"x-amz-content-sha256": declared})
    assert getattr(check(request), "reason", None) == reason


def test_the_documented_signature_of_aws_comes_out() -> None:
    # Source: AWS General Reference, "Signature Version 4 signing process", the
    # example with ListUsers of IAM.
    canonical = (
        b"GET\n/\nAction=ListUsers&Version=2010-05-08\n"
        b"content-type:application/x-www-form-urlencoded; charset=utf-8\n"
        b"host:iam.amazonaws.com\nx-amz-date:20150830T123600Z\n\n"
        b"content-type;host;x-amz-date\n"
        b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    signature = calculate_signature(
        canonical,
        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        "20150830T123600Z",
        Scope("us-east-1", "iam"),
    )
    expected = b"5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    assert signature == expected


INJECTED = {
    "a second host": (b"host", b"evil.example"),
    "a second date": (b"x-amz-date", b"20150830T123600Z"),
    "a second content type": (b"content-type", b"text/plain"),
    "a second session token": (b"x-amz-security-token", b"other"),
    "an unsigned amz header": (b"x-amz-target", b"Other"),
    "a body hash of another body": (
        b"x-amz-content-sha256",
        hashlib.sha256(b"{}").hexdigest().encode(),
    ),
    "an unsigned payload": (b"x-amz-content-sha256", b"UNSIGNED-PAYLOAD"),
}


@pytest.mark.parametrize("name", INJECTED)
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_an_injected_header_is_refused(
    check: Callable[..., Verified | SignatureRefusal],
    signed: SignedRequest,
    name: str,
    *,
    first: bool,
) -> None:
    pair = INJECTED[name]
    headers = [pair, *signed.headers] if first else [*signed.headers, pair]
    assert isinstance(check(replace(signed, headers=headers)), SignatureRefusal)


def test_a_line_break_in_a_value_makes_no_header(
    check: Callable[..., Verified | SignatureRefusal], signed: SignedRequest
) -> None:
    host = header(signed, b"host") + b"\ncontent-type:text/plain"
    assert isinstance(check(with_header(signed, b"host", host)), SignatureRefusal)


def test_the_signature_of_one_body_does_not_carry_another(
    check: Callable[..., Verified | SignatureRefusal],
    signed: SignedRequest,
    credential: Credential,
) -> None:
    other = sign(credential)
    replayed = replace(other, body=b'{"query": "mutation { deleteAll }"}')
    assert isinstance(check(signed), Verified)
    assert check(replayed).reason == "signature"
    moved = replace(other, raw_path=b"/partner/graphql")
    assert check(moved).reason == "signature"
