"""The identity pool's refusals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from amplikit.identity.identity_pool import words
from amplikit.identity.token_cache import RefusalReason, TokenRefusal

__all__ = [
    "CONFLICT",
    "FORBIDDEN_ROLE",
    "GUESTS_REFUSED",
    "LOGINS_DO_NOT_MATCH",
    "NOT_CLASSIC",
    "UNKNOWN_PROVIDER",
    "UNUSABLE_ROLE",
    "Refusal",
    "ambiguous_role",
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
    return Refusal(words.NOT_AUTHORIZED, message)


GUESTS_REFUSED: Final = _not_authorized(words.GUESTS_REFUSED)
LOGINS_DO_NOT_MATCH: Final = _not_authorized(words.LOGINS_DO_NOT_MATCH)
UNKNOWN_PROVIDER: Final = _not_authorized(words.UNKNOWN_PROVIDER)
FORBIDDEN_ROLE: Final = _not_authorized(words.FORBIDDEN_ROLE)
CONFLICT: Final = Refusal(words.CONFLICT, words.DIFFERENT_IDENTITIES)
UNUSABLE_ROLE: Final = Refusal(words.INVALID_CONFIGURATION, words.UNUSABLE_ROLE)
NOT_CLASSIC: Final = Refusal(words.INVALID_PARAMETER, words.NOT_CLASSIC)

_TOKEN_TEXTS: Final = {
    RefusalReason.MALFORMED: words.NO_TOKEN,
    RefusalReason.ALGORITHM: words.NO_TOKEN,
    RefusalReason.ISSUER: words.OTHER_ISSUER,
    RefusalReason.UNKNOWN_KEY: words.UNKNOWN_KEY,
    RefusalReason.SIGNATURE: words.BAD_SIGNATURE,
    RefusalReason.USE: words.NO_AUDIENCE,
    RefusalReason.CLIENT: words.OTHER_AUDIENCE,
    RefusalReason.NOT_YET: words.NOT_YET_VALID,
}


def bad_login(refused: TokenRefusal, expired_at: object, now_s: int) -> Refusal:
    """Return the refusal of a login whose token does not hold."""
    told: str = _TOKEN_TEXTS.get(refused.reason, words.NO_TOKEN)
    if refused.reason is RefusalReason.EXPIRED:
        told = words.LOGIN_EXPIRED % (now_s, expired_at)
    return _not_authorized(words.LOGIN % told)


def ambiguous_role(provider: str) -> Refusal:
    """Return the refusal of a user for whom the mapping has no role."""
    return _not_authorized(words.AMBIGUOUS_ROLE % provider)


def not_found(kind: str, name: str) -> Refusal:
    """Return the refusal of an id that is nobody's."""
    return Refusal(words.NOT_FOUND, words.NOT_FOUND_MESSAGE % (kind, name))


def validation(member: str, constraint: str) -> Refusal:
    """Return the refusal of an input that breaks the model."""
    return Refusal(words.VALIDATION, words.BROKEN % (member, constraint))
