"""Passwords: Cognito's default policy, and scrypt at rest."""

from __future__ import annotations

import base64
import hashlib
import hmac
import string
from typing import TYPE_CHECKING

from amplikit.identity.entropy import MIXED
from amplikit.identity.user_pool.refusal import Refusal

if TYPE_CHECKING:
    from amplikit.identity.database import Database
    from amplikit.identity.entropy import Entropy

__all__ = ["Passwords", "policy_refusal"]

_SCHEME = "scrypt"
_COST, _BLOCK_SIZE, _PARALLEL = 2**14, 8, 1
_SALT_BYTES = 16
_MINIMUM_LENGTH = 8
_GENERATED_LENGTH = 16

_SYMBOLS = frozenset("^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ")
_REQUIRED = (
    (frozenset(string.ascii_lowercase), "lowercase"),
    (frozenset(string.ascii_uppercase), "uppercase"),
    (frozenset(string.digits), "numeric"),
    (_SYMBOLS, "symbol"),
)


def policy_refusal(password: str) -> Refusal | None:
    """Return why the default policy refuses a password: length 8, four kinds.

    Source: Cognito developer guide, "Adding user pool password requirements".
    """
    if len(password) < _MINIMUM_LENGTH:
        return _nonconforming("Password not long enough")
    for letters, kind in _REQUIRED:
        if letters.isdisjoint(password):
            return _nonconforming(f"Password must have {kind} characters")
    return None


def _nonconforming(reason: str) -> Refusal:
    message = f"Password did not conform with policy: {reason}"
    return Refusal("InvalidPasswordException", message)


class Passwords:
    """One row per user and scheme, so that other verifiers can stand beside scrypt."""

    def __init__(self, database: Database, entropy: Entropy) -> None:
        self._database = database
        self._entropy = entropy

    def digest(self, password: str) -> str:
        """Return ``cost$block$parallel$salt$hash``; takes tens of milliseconds."""
        salt = self._entropy.random_bytes(_SALT_BYTES)
        digest = _scrypt(password, salt, _COST, _BLOCK_SIZE, _PARALLEL)
        texts = (base64.b64encode(part).decode() for part in (salt, digest))
        return "$".join((f"{_COST}${_BLOCK_SIZE}${_PARALLEL}", *texts))

    def save(self, username: str, digest: str) -> None:
        """Keep what ``digest`` returned, instead of what there was."""
        self._database.write(
            "INSERT OR REPLACE INTO password VALUES (?, ?, ?)",
            *(username, _SCHEME, digest),
        )

    def digest_of(self, username: str | None) -> str | None:
        """Return the user's digest; None when there is no user or no password."""
        row = self._database.row(
            "SELECT verifier FROM password WHERE username = ? AND scheme = ?",
            *(username, _SCHEME),
        )
        return None if row is None else str(row["verifier"])

    def holds(self, password: str, digest: str | None) -> bool:
        """Whether the password is the one; takes as long when there is no digest."""
        if digest is None:
            self.digest(password)
            return False
        cost, block_size, parallel, salt, expected = digest.split("$")
        actual = _scrypt(
            password, base64.b64decode(salt), int(cost), int(block_size), int(parallel)
        )
        return hmac.compare_digest(actual, base64.b64decode(expected))

    def generate(self) -> str:
        """Return a random password that the policy accepts."""
        while True:
            password = self._entropy.text(f"{MIXED}!@#%&=+-", _GENERATED_LENGTH)
            if policy_refusal(password) is None:
                return password


def _scrypt(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    # A password from a command line may hold bytes that are no UTF-8.
    encoded = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(encoded, salt=salt, n=cost, r=block, p=parallel)
