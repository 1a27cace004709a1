"""What a caller says about her signature, checked for form and time."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from amplikit.identity import words

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ALGORITHM",
    "TERMINATOR",
    "SignatureClaim",
    "SignatureRefusal",
    "read_claim",
]

ALGORITHM = "AWS4-HMAC-SHA256"
TERMINATOR = "aws4_request"
_WINDOW = timedelta(minutes=5)
_BASIC_FORMAT = "%Y%m%dT%H%M%SZ"
_BASIC_FORM = re.compile(r"[0-9]{8}T[0-9]{6}Z", re.ASCII)
_PARAMETERS = ("Credential", "Signature", "SignedHeaders")
_SCOPE_PARTS = 5


@dataclass(frozen=True, slots=True)
class SignatureRefusal:
    """A refused request: the answer, and for the operator's log the stable reason."""

    error_type: str
    message: str
    reason: str
    status: int = 403


@dataclass(frozen=True, slots=True)
class SignatureClaim:
    """What the caller says about the signature."""

    access_key_id: str
    date: str
    region: str
    service: str
    terminator: str
    signed_headers: str
    timestamp: str
    signature: str = field(repr=False)


def read_claim(
    values: Mapping[bytes, bytes], now: datetime
) -> SignatureClaim | SignatureRefusal:
    """Return what ``Authorization`` and the date state, or what is wrong with them."""
    header = values.get(b"authorization", b"").decode("latin-1")
    parameters = _parameters(header)
    if isinstance(parameters, SignatureRefusal):
        return parameters
    stated = values.get(b"x-amz-date") or values.get(b"date") or b""
    missing = [
        words.PARAMETER_MISSING % name
        for name in _PARAMETERS
        if not parameters.get(name)
    ]
    if not stated:
        missing.append(words.DATE_MISSING)
    if missing:
        message = "".join(missing) + words.HASHED_HEADER % _hashed(header)
        return SignatureRefusal(
            words.INCOMPLETE_SIGNATURE, message, "authorization-header"
        )
    timestamp = _timestamp(stated.decode("latin-1"), now)
    if isinstance(timestamp, SignatureRefusal):
        return timestamp
    signed_headers = parameters["SignedHeaders"].lower()
    refusal = _refuse_signed_headers(signed_headers, values)
    if refusal:
        return refusal
    algorithm = header.partition(" ")[0]
    if algorithm != ALGORITHM:
        return SignatureRefusal(
            words.INCOMPLETE_SIGNATURE,
            words.UNSUPPORTED_ALGORITHM % (algorithm, ALGORITHM),
            "algorithm",
        )
    credential = parameters["Credential"]
    parts = credential.split("/")
    if len(parts) != _SCOPE_PARTS:
        return SignatureRefusal(
            words.INCOMPLETE_SIGNATURE,
            words.CREDENTIAL_FORM % credential,
            "credential-form",
        )
    access_key_id, date, region, service, terminator = parts
    return SignatureClaim(
        access_key_id=access_key_id,
        date=date,
        region=region,
        service=service,
        terminator=terminator,
        signed_headers=signed_headers,
        signature=parameters["Signature"],
        timestamp=timestamp,
    )


def _hashed(text: str) -> str:
    digest = hashlib.sha256(text.encode("latin-1")).digest()
    return base64.b64encode(digest).decode()


def _parameters(header: str) -> dict[str, str] | SignatureRefusal:
    """Return the key=value pairs; a repeated key refuses the header."""
    parameters: dict[str, str] = {}
    for part in header.partition(" ")[2].replace(",", " ").split():
        name, equals, value = part.partition("=")
        if not equals or name in parameters:
            return SignatureRefusal(
                words.INCOMPLETE_SIGNATURE,
                words.NOT_A_PAIR % (part, _hashed(header)),
                "authorization-header",
            )
        parameters[name] = value
    return parameters


def _timestamp(stated: str, now: datetime) -> str | SignatureRefusal:
    """Return the request's time in ISO basic format when it is close to ``now``."""
    instant = _instant(stated)
    if instant is None:
        return SignatureRefusal(
            words.INCOMPLETE_SIGNATURE,
            words.DATE_FORM % stated,
            "date-form",
        )
    if instant < now - _WINDOW:
        return SignatureRefusal(
            words.INVALID_SIGNATURE,
            words.SIGNATURE_EXPIRED
            % (_basic(instant), _basic(now - _WINDOW), _basic(now)),
            "expired",
        )
    if instant > now + _WINDOW:
        return SignatureRefusal(
            words.INVALID_SIGNATURE,
            words.SIGNATURE_NOT_YET_CURRENT
            % (_basic(instant), _basic(now + _WINDOW), _basic(now)),
            "not-yet-current",
        )
    return stated if _BASIC_FORM.fullmatch(stated) else _basic(instant)


def _instant(stated: str) -> datetime | None:
    try:
        if _BASIC_FORM.fullmatch(stated):
            return datetime.fromisoformat(stated)
        instant = parsedate_to_datetime(stated)
        return instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _basic(instant: datetime) -> str:
    return instant.strftime(_BASIC_FORMAT)


def _refuse_signed_headers(
    signed_headers: str, values: Mapping[bytes, bytes]
) -> SignatureRefusal | None:
    """Ask for ``host`` and every ``x-amz-*`` header among the signed ones."""
    signed = signed_headers.encode("latin-1").split(b";")
    if b"host" not in signed:
        return SignatureRefusal(
            words.INVALID_SIGNATURE,
            words.HOST_UNSIGNED,
            "unsigned-header",
        )
    for name in values:
        if (
            name.startswith(b"x-amz-")
            and name not in signed
            and name != b"x-amz-security-token"
        ):
            return SignatureRefusal(
                words.INVALID_SIGNATURE,
                words.HEADER_UNSIGNED % name.decode("latin-1"),
                "unsigned-header",
            )
    return None
