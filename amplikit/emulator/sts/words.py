"""STS's words, quoted, each with what is known about it.

The marks are those of ``amplikit.quoting``. A template holds ``%s`` for what it names.
"""

from __future__ import annotations

from typing import Final

from amplikit.quoting import Mark, Word, words_of

__all__ = ["words"]


def words() -> dict[str, Word]:
    """Return every quoted text by the name of its constant."""
    return words_of(globals())


_SEEN: Final = "answers quoted in public issues of SDKs"
_ERRORS: Final = "STS API reference, errors"


def _verified(text: str) -> Word:
    return Word(text, Mark.VERIFIED, _ERRORS)


def _reported(text: str) -> Word:
    return Word(text, Mark.REPORTED, _SEEN)


def _assumed(text: str) -> Word:
    return Word(text, Mark.ASSUMED, "no source")


# Codes.
ACCESS_DENIED = _verified("AccessDenied")
EXPIRED_TOKEN = _reported("ExpiredToken")
INCOMPLETE_SIGNATURE = _verified("IncompleteSignature")
INVALID_ACTION = _verified("InvalidAction")
INVALID_IDENTITY_TOKEN = _verified("InvalidIdentityToken")
INVALID_TOKEN_ID = _verified("InvalidClientTokenId")
MALFORMED_INPUT = _reported("MalformedInput")
MISSING_TOKEN = _verified("MissingAuthenticationToken")
SIGNATURE_MISMATCH = _reported("SignatureDoesNotMatch")
VALIDATION_ERROR = _verified("ValidationError")

# Messages.
NOT_AUTHORIZED = _reported(
    "User: %s is not authorized to perform: sts:AssumeRole on resource: %s"
)
WEB_NOT_AUTHORIZED = _reported(
    "Not authorized to perform sts:AssumeRoleWithWebIdentity"
)
BAD_WEB_TOKEN = _assumed(
    "The web identity token that was passed is expired or is not valid."
)
UNSIGNED = _reported("Request is missing Authentication Token")
UNKNOWN_ACTION = _reported("Could not find operation %s for version %s")
BAD_ARN = _reported("%s is invalid")
NO_INTEGER = _assumed("DurationSeconds is not an integer")
NO_FORM = _assumed("The body is no form.")
CHAINED = _reported(
    "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed"
    " by role chaining"
)
TOO_LONG_FOR_ROLE = _reported(
    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
)
NULL = _reported(
    "1 validation error detected: Value null at '%s' failed to satisfy constraint:"
    " Member must not be null"
)
BROKEN = _reported(
    "1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: %s"
)
NOT_EVALUATED = _assumed("amplikit does not evaluate the parameter %s.")
