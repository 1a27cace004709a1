"""AWS's words for a signature or a token that it refuses, each with its source.

The marks are those of ``amplikit.quoting``: ``verified`` was seen in an answer of the
real service, ``reported`` comes from other implementations or from AWS's lists of
errors, ``assumed`` is plausible only. A template holds ``%s`` for what it names.
"""

from __future__ import annotations

from typing import Final

from amplikit.quoting import Mark, Word, words_of

__all__ = ["words"]


def words() -> dict[str, Word]:
    """Return every quoted text by the name of its constant."""
    return words_of(globals())


_SEEN: Final = "answers quoted in public issues"
_COMMON: Final = "AWS common errors"
_DYNALITE: Final = "dynalite, observed on DynamoDB"
_SIGNING: Final = "IAM user guide, troubleshooting Signature Version 4"


def _verified(text: str, source: str) -> Word:
    return Word(text, Mark.VERIFIED, source)


def _reported(text: str, source: str) -> Word:
    return Word(text, Mark.REPORTED, source)


# Error types.
INVALID_SIGNATURE = _verified("InvalidSignatureException", "amplify-js issue 2422")
INCOMPLETE_SIGNATURE = _reported("IncompleteSignatureException", _DYNALITE)
UNRECOGNIZED_CLIENT = _verified("UnrecognizedClientException", _SEEN)
EXPIRED_TOKEN = _reported("ExpiredTokenException", _COMMON)

# The form of a signature. The trailing spaces are the service's.
PARAMETER_MISSING = _reported(
    "Authorization header requires '%s' parameter. ", _DYNALITE
)
DATE_MISSING = _reported(
    "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date'"
    " header. ",
    _DYNALITE,
)
HASHED_HEADER = _reported(
    "(Hashed with SHA-256 and encoded with Base64) Authorization=%s", _SEEN
)
NOT_A_PAIR = _reported(
    "'%s' not a valid key=value pair (missing equal-sign) in Authorization header"
    " (hashed with SHA-256 and encoded with Base64): '%s'.",
    _SEEN,
)
UNSUPPORTED_ALGORITHM = _reported(
    "Unsupported AWS 'algorithm': '%s' (only %s for now). ", _DYNALITE
)
CREDENTIAL_FORM = _reported(
    "Credential must have exactly 5 slash-delimited elements, e.g."
    " keyid/date/region/service/term, got '%s'",
    _DYNALITE,
)
DATE_FORM = _reported(
    "Date must be in ISO-8601 'basic format'. Got '%s'. See"
    " http://en.wikipedia.org/wiki/ISO_8601",
    _DYNALITE,
)
HOST_UNSIGNED = _reported(
    "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    _DYNALITE,
)
HEADER_UNSIGNED = _reported(
    "'%s' must be a 'SignedHeader' in the AWS Authorization.", _DYNALITE
)

# Its time and scope.
SIGNATURE_EXPIRED = _reported(
    "Signature expired: %s is now earlier than %s (%s - 5 min.)", _SIGNING
)
SIGNATURE_NOT_YET_CURRENT = _reported(
    "Signature not yet current: %s is still later than %s (%s + 5 min.)", _SIGNING
)
WRONG_REGION = _reported(
    "Credential should be scoped to a valid region, not '%s'. ", _SIGNING
)
WRONG_SERVICE = _reported(
    "Credential should be scoped to correct service: '%s'. ", _SIGNING
)
WRONG_TERMINATOR = _reported(
    "Credential should be scoped with a valid terminator: '%s', not '%s'. ", _SIGNING
)
WRONG_DATE = _reported(
    "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date"
    " from HTTP: '%s' != '%s', from '%s'.",
    _SIGNING,
)

# The signature itself, and whose it is.
SIGNATURE_MISMATCH = _verified(
    "The request signature we calculated does not match the signature you provided."
    " Check your AWS Secret Access Key and signing method. Consult the service"
    " documentation for details.",
    "amplify-js issue 2422",
)
SECURITY_TOKEN_INVALID = _verified(
    "The security token included in the request is invalid.", _SEEN
)
SECURITY_TOKEN_EXPIRED = _reported(
    "The security token included in the request is expired", _COMMON
)

# Tokens of a user pool.
UNPARSABLE_TOKEN = _verified(
    "Unable to parse JWT token.", "aws-appsync-community issue 198"
)
NOT_AUTHORIZED_CALL = _verified(
    "You are not authorized to make this call.", "aws-appsync-community issue 372"
)
TOKEN_OF_OTHER_CLIENT = _verified("Unauthorized", "aws-appsync-community issue 115")
TOKEN_EXPIRED = Word(
    "Token has expired.", Mark.ASSUMED, "clients look for 'Token expired'"
)
