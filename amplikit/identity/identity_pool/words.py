"""The identity pool's words, quoted, each with what is known about it.

The marks are those of ``amplikit.quoting``. A template holds ``%s`` for what it names.
"""

from __future__ import annotations

from typing import Final

from amplikit.quoting import Mark, Word, words_of

__all__ = ["words"]


def words() -> dict[str, Word]:
    """Return every quoted text by the name of its constant."""
    return words_of(globals())


_SEEN: Final = "answers quoted in public issues of SDKs and amplify-js"
_API: Final = "Cognito identity API reference"


def _verified(text: str, source: str = _API) -> Word:
    return Word(text, Mark.VERIFIED, source)


def _reported(text: str, source: str = _SEEN) -> Word:
    return Word(text, Mark.REPORTED, source)


def _assumed(text: str) -> Word:
    return Word(text, Mark.ASSUMED, "no source")


# Error types.
NOT_AUTHORIZED = _verified("NotAuthorizedException")
CONFLICT = _verified("ResourceConflictException")
NOT_FOUND = _verified("ResourceNotFoundException")
INVALID_CONFIGURATION = _verified("InvalidIdentityPoolConfigurationException")
INVALID_PARAMETER = _verified("InvalidParameterException")
VALIDATION = _reported("ValidationException")
ACCESS_DENIED = _reported("AccessDeniedException")
MISSING_AUTHENTICATION = _reported("MissingAuthenticationTokenException")
SERIALIZATION = _reported("SerializationException")
UNKNOWN_OPERATION = _reported("UnknownOperationException")

# Who may have an identity, and which role it gets.
GUESTS_REFUSED = _reported(
    "Unauthenticated access is not supported for this identity pool."
)
LOGINS_DO_NOT_MATCH = _reported(
    "Logins don't match. Please include at least one valid login for this identity or"
    " identity pool."
)
UNKNOWN_PROVIDER = _reported(
    "Token is not from a supported provider of this identity pool."
)
DIFFERENT_IDENTITIES = _assumed("Logins belong to different identities.")
UNUSABLE_ROLE = _reported(
    "Invalid identity pool configuration. Check assigned IAM roles for this pool."
)
NOT_CLASSIC = _reported(
    "Basic (classic) flow is not enabled, please use enhanced flow."
)
FORBIDDEN_ROLE = _assumed("The token does not allow the requested role.")
AMBIGUOUS_ROLE = _reported(
    "The ambiguous role mapping rules for: %s denied this request."
)
NOT_FOUND_MESSAGE = _reported("%s '%s' not found.")
MISSING_TOKEN = _reported("Missing Authentication Token")
NOT_ALLOWED = _reported(
    "User: %s is not authorized to perform: %s on resource: %s because no"
    " identity-based policy allows the %s action"
)

# A login's token.
LOGIN = _reported("Invalid login token. %s")
LOGIN_EXPIRED = _reported("Token expired: %s >= %s")
NO_TOKEN = _reported("Not a valid OpenId Connect identity token.")
OTHER_ISSUER = _reported("Issuer doesn't match providerName")
UNKNOWN_KEY = _assumed("Couldn't verify signed token.")
BAD_SIGNATURE = _reported("Token signature invalid")
NO_AUDIENCE = _reported("Missing a required claim: aud")
OTHER_AUDIENCE = _reported("Incorrect token audience.")
NOT_YET_VALID = _assumed("Token is not valid yet.")

# Input that breaks the model.
BROKEN = _reported(
    "1 validation error detected: Value at '%s' failed to satisfy constraint: %s"
)
NO_JSON = _assumed("The body is not JSON.")
NO_OBJECT = _reported("Start of structure or map expected.")
UNKNOWN_OPERATION_MESSAGE = _assumed("Unknown operation '%s'.")
