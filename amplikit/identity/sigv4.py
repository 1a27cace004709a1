"""Verification of AWS Signature Version 4, with the service's own refusals.

The checks, their order and their texts are those of AWS's JSON services (order of
checks observed by dynalite; texts in ``words``).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from amplikit.identity import words
from amplikit.identity._canonical_request import (
    SignedRequest,
    canonical_request,
    header_values,
)
from amplikit.identity._signature_claim import (
    ALGORITHM,
    TERMINATOR,
    SignatureClaim,
    SignatureRefusal,
    read_claim,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from amplikit.identity.credentials import Credential

__all__ = [
    "Scope",
    "SignatureRefusal",
    "SignedRequest",
    "Verified",
    "calculate_signature",
    "verify",
]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a signature must be made for."""

    region: str
    service: str


@dataclass(frozen=True, slots=True)
class Verified:
    """The request was signed by the holder of this credential."""

    credential: Credential


def verify(
    request: SignedRequest,
    credential_lookup: Callable[[str], Credential | None],
    now: datetime,
    scope: Scope,
) -> Verified | SignatureRefusal:
    """Return the credential that signed the request, or AWS's refusal.

    The body is always hashed here: ``x-amz-content-sha256`` must say the same, and
    ``UNSIGNED-PAYLOAD`` never does. ``x-amz-security-token`` may be left out of the
    signed headers, as on AWS; its value is compared with the credential's.
    """
    values = header_values(request)
    claim = read_claim(values, now)
    if isinstance(claim, SignatureRefusal):
        return claim
    refusal = _refuse_scope(claim, scope)
    if refusal:
        return refusal
    credential = credential_lookup(claim.access_key_id)
    refusal = _refuse_credential(credential, values, now)
    if refusal or credential is None:
        return refusal or _unknown_key()
    payload_hash = hashlib.sha256(request.body).hexdigest()
    declared = values.get(b"x-amz-content-sha256")
    if declared is not None and declared.decode("latin-1") != payload_hash:
        return _mismatch("body-hash")
    expected = calculate_signature(
        canonical_request(request, values, claim.signed_headers, payload_hash),
        credential.secret_key,
        claim.timestamp,
        scope,
    )
    if not hmac.compare_digest(expected, claim.signature.encode("latin-1")):
        return _mismatch("signature")
    return Verified(credential)


def calculate_signature(
    canonical: bytes, secret_key: str, timestamp: str, scope: Scope
) -> bytes:
    """Return the hexadecimal signature of a canonical request."""
    date = timestamp[:8]
    to_sign = (
        f"{ALGORITHM}\n{timestamp}\n{date}/{scope.region}/{scope.service}/{TERMINATOR}\n"
        f"{hashlib.sha256(canonical).hexdigest()}"
    )
    key = _signing_key(secret_key, date, scope)
    return hmac.digest(key, to_sign.encode(), "sha256").hex().encode()


@lru_cache(maxsize=1024)
def _signing_key(secret_key: str, date: str, scope: Scope) -> bytes:
    key = f"AWS4{secret_key}".encode()
    for part in (date, scope.region, scope.service, TERMINATOR):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _refuse_scope(claim: SignatureClaim, scope: Scope) -> SignatureRefusal | None:
    wrong = []
    if claim.region != scope.region:
        wrong.append(words.WRONG_REGION % claim.region)
    if claim.service != scope.service:
        wrong.append(words.WRONG_SERVICE % scope.service)
    if claim.terminator != TERMINATOR:
        wrong.append(words.WRONG_TERMINATOR % (TERMINATOR, claim.terminator))
    date = claim.timestamp[:8]
    if claim.date != date:
        wrong.append(words.WRONG_DATE % (claim.date, date, claim.timestamp))
    if not wrong:
        return None
    return SignatureRefusal(words.INVALID_SIGNATURE, "".join(wrong), "scope")


def _refuse_credential(
    credential: Credential | None, values: Mapping[bytes, bytes], now: datetime
) -> SignatureRefusal | None:
    if credential is None:
        return _unknown_key()
    presented = values.get(b"x-amz-security-token", b"")
    expected = (credential.session_token or "").encode()
    if not hmac.compare_digest(presented, expected):
        return SignatureRefusal(
            words.UNRECOGNIZED_CLIENT, words.SECURITY_TOKEN_INVALID, "session-token"
        )
    if credential.expires_at is not None and credential.expires_at <= now:
        return SignatureRefusal(
            words.EXPIRED_TOKEN, words.SECURITY_TOKEN_EXPIRED, "expired-credential"
        )
    return None


def _unknown_key() -> SignatureRefusal:
    return SignatureRefusal(
        words.UNRECOGNIZED_CLIENT, words.SECURITY_TOKEN_INVALID, "unknown-key"
    )


def _mismatch(reason: str) -> SignatureRefusal:
    return SignatureRefusal(words.INVALID_SIGNATURE, words.SIGNATURE_MISMATCH, reason)
