"""Passwords: the pool's policy, and what is kept of them.

scrypt for those who send the password, and beside it an SRP verifier for those who
only prove that they know it.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import string
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amplikit.blueprint.user_pool import PasswordPolicy
from amplikit.identity.entropy import MIXED
from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.refusal import Refusal
from amplikit.identity.user_pool.srp import Verifier, made_up_verifier, verifier_of

if TYPE_CHECKING:
    from amplikit.identity.database import Database
    from amplikit.identity.entropy import Entropy
    from amplikit.identity.facts import Facts

__all__ = ["Passwords", "StoredPassword", "policy_refusal"]

_SCRYPT, _SRP = "scrypt", "srp"
_COST, _BLOCK_SIZE, _PARALLEL = 2**14, 8, 1
_SALT_BYTES = 16
_GENERATED_LENGTH = 16

_SYMBOLS = frozenset("^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ")
_LOWER, _UPPER = frozenset(string.ascii_lowercase), frozenset(string.ascii_uppercase)
_DIGITS = frozenset(string.digits)


def policy_refusal(password: str, policy: PasswordPolicy) -> Refusal | None:
    """Return why a policy refuses a password.

    Source: Cognito developer guide, "Adding user pool password requirements".
    """
    if len(password) < policy.minimum_length:
        return _nonconforming("Password not long enough")
    required = (
        (policy.require_lowercase, _LOWER, "lowercase"),
        (policy.require_uppercase, _UPPER, "uppercase"),
        (policy.require_numbers, _DIGITS, "numeric"),
        (policy.require_symbols, _SYMBOLS, "symbol"),
    )
    for wanted, letters, kind in required:
        if wanted and letters.isdisjoint(password):
            return _nonconforming(f"Password must have {kind} characters")
    return None


def _nonconforming(reason: str) -> Refusal:
    return Refusal("InvalidPasswordException", words.PASSWORD_POLICY % reason)


@dataclass(frozen=True, slots=True)
class StoredPassword:
    """What is kept of a password: ``cost$block$parallel$salt$hash``, and for SRP."""

    digest: str = field(repr=False)
    verifier: Verifier


class Passwords:
    """One row per user and scheme."""

    def __init__(self, database: Database, entropy: Entropy, facts: Facts) -> None:
        self._database = database
        self._entropy = entropy
        self._pool_name = facts.user_pool_id.rpartition("_")[2]
        self._secret = facts.next_token_secret

    async def prepare(self, username: str, password: str) -> StoredPassword:
        """Return what to keep of a password, without holding the event loop up."""
        return await asyncio.to_thread(self.prepare_now, username, password)

    def prepare_now(self, username: str, password: str) -> StoredPassword:
        """Return what to keep of a password; takes tens of milliseconds."""
        salt = self._entropy.random_bytes(_SALT_BYTES)
        return StoredPassword(
            self.digest(password), self._verifier(username, password, salt)
        )

    def save(self, username: str, stored: StoredPassword) -> None:
        """Keep what was prepared, instead of what there was."""
        self._write(username, _SCRYPT, stored.digest)
        self._write(
            username, _SRP, f"{stored.verifier.salt:x}${stored.verifier.value:x}"
        )

    def forget(self, username: str) -> None:
        """Keep nothing: no password is right."""
        self._database.write("DELETE FROM password WHERE username = ?", username)

    def digest(self, password: str) -> str:
        """Return the slow hash of a password, with a salt of its own."""
        salt = self._entropy.random_bytes(_SALT_BYTES)
        digest = _scrypt(password, salt, _COST, _BLOCK_SIZE, _PARALLEL)
        texts = (base64.b64encode(part).decode() for part in (salt, digest))
        return "$".join((f"{_COST}${_BLOCK_SIZE}${_PARALLEL}", *texts))

    def digest_of(self, username: str) -> str | None:
        """Return the user's digest; None when there is no user or no password."""
        return self._read(username, _SCRYPT)

    def verifier_of(self, username: str) -> Verifier:
        """Return the user's verifier, or one that no password fits."""
        text = self._read(username, _SRP)
        made_up = made_up_verifier(self._secret, username)
        if text is None:
            return made_up
        salt, _, value = text.partition("$")
        return Verifier(int(salt, 16), int(value, 16))

    async def check(self, username: str, password: str) -> bool:
        """Whether the password is the user's; as much work when there is no user.

        A password kept before there was SRP here gets its verifier.
        """
        digest = self.digest_of(username)
        right = await asyncio.to_thread(self.holds, password, digest)
        if right and digest and self._read(username, _SRP) is None:
            salt = self._entropy.random_bytes(_SALT_BYTES)
            verifier = self._verifier(username, password, salt)
            with self._database.transaction():
                if self.digest_of(username) == digest:
                    self.save(username, StoredPassword(digest, verifier))
        return right

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

    def generate(self, policy: PasswordPolicy | None = None) -> str:
        """Return a random password that the policy accepts."""
        policy = policy or PasswordPolicy()
        length = max(_GENERATED_LENGTH, policy.minimum_length)
        while True:
            password = self._entropy.text(f"{MIXED}!@#%&=+-", length)
            if policy_refusal(password, PasswordPolicy(policy.minimum_length)) is None:
                return password

    def _verifier(self, username: str, password: str, salt: bytes) -> Verifier:
        number = int.from_bytes(salt, "big")
        return verifier_of(self._pool_name, username, password, number)

    def _read(self, username: str, scheme: str) -> str | None:
        row = self._database.row(
            "SELECT verifier FROM password WHERE username = ? AND scheme = ?",
            *(username, scheme),
        )
        return None if row is None else str(row["verifier"])

    def _write(self, username: str, scheme: str, verifier: str) -> None:
        self._database.write(
            "INSERT OR REPLACE INTO password VALUES (?, ?, ?)",
            *(username, scheme, verifier),
        )


def _scrypt(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    # A password from a command line may hold bytes that are no UTF-8.
    encoded = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(encoded, salt=salt, n=cost, r=block, p=parallel)
