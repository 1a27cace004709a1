"""The identity pool's refusals, quoted.

Source: answers of the service as public client libraries and their issues quote them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from amplikit.identity.token_cache import RefusalReason, TokenRefusal

__all__ = [
    "AMBIGUOUS_ROLE",
    "CONFLICT",
    "FORBIDDEN_ROLE",
    "GUESTS_REFUSED",
    "LOGINS_DO_NOT_MATCH",
    "NOT_CLASSIC",
    "UNKNOWN_PROVIDER",
    "UNUSABLE_ROLE",
    "Refusal",
    "bad_login",
    "not_found",
    "validation",
]


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error answer: HTTP 400 with ``__type`` and ``message``."""

    type: str
    message: str


def _not_authorized(message: str) -> Refusal:
    return Refusal("NotAuthorizedException", message)


GUESTS_REFUSED: Final = _not_authorized(
    "Unauthenticated access is not supported for this identity pool."
)
LOGINS_DO_NOT_MATCH: Final = _not_authorized(
    "Logins don't match. Please include at least one valid login for this identity or"
    " identity pool."
)
UNKNOWN_PROVIDER: Final = _not_authorized(
    "Token is not from a supported provider of this identity pool."
)
CONFLICT: Final = Refusal(
    "ResourceConflictException", "Logins belong to different identities."
)
UNUSABLE_ROLE: Final = Refusal(
    "InvalidIdentityPoolConfigurationException",
    "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
)
NOT_CLASSIC: Final = Refusal(
    "InvalidParameterException",
    "Basic (classic) flow is not enabled, please use enhanced flow.",
)
# Assumed.
FORBIDDEN_ROLE: Final = _not_authorized("The token does not allow the requested role.")
AMBIGUOUS_ROLE: Final = "The ambiguous role mapping rules for: %s denied this request."

_LOGIN: Final = "Invalid login token. "
# Reported, but for the first.
_TOKEN_TEXTS: Final = {
    RefusalReason.MALFORMED: "Not a valid OpenId Connect identity token.",
    RefusalReason.ALGORITHM: "Not a valid OpenId Connect identity token.",
    RefusalReason.ISSUER: "Issuer doesn't match providerName",
    RefusalReason.UNKNOWN_KEY: "Couldn't verify signed token.",
    RefusalReason.SIGNATURE: "Token signature invalid",
    RefusalReason.USE: "Missing a required claim: aud",
    RefusalReason.CLIENT: "Incorrect token audience.",
    RefusalReason.NOT_YET: "Token is not valid yet.",
}


def bad_login(refused: TokenRefusal, expired_at: object, now_s: int) -> Refusal:
    """Return the refusal of a login whose token does not hold."""
    if refused.reason is RefusalReason.EXPIRED:
        return _not_authorized(f"{_LOGIN}Token expired: {now_s} >= {expired_at}")
    return _not_authorized(_LOGIN + _TOKEN_TEXTS[refused.reason])


def not_found(kind: str, name: str) -> Refusal:
    """Return the refusal of an id that is nobody's."""
    return Refusal("ResourceNotFoundException", f"{kind} '{name}' not found.")


def validation(member: str, constraint: str) -> Refusal:
    """Return the refusal of an input that breaks the model."""
    text = f"Value at '{member}' failed to satisfy constraint: {constraint}"
    return Refusal("ValidationException", f"1 validation error detected: {text}")
