"""Random text in the shapes that AWS uses, over one source of random bytes."""

from __future__ import annotations

import base64
import secrets
import string
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["DIGITS", "LOWER", "MIXED", "UPPER", "Entropy"]

DIGITS = string.digits
LOWER = string.ascii_lowercase + string.digits
UPPER = string.ascii_uppercase + string.digits
MIXED = string.ascii_letters + string.digits

_SPARE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Entropy:
    """Where ids, codes and secrets come from; tests give a predictable source."""

    random_bytes: Callable[[int], bytes] = secrets.token_bytes

    def text(self, alphabet: str, length: int) -> str:
        """Return ``length`` characters, each equally likely (bias below 2**-128)."""
        number = int.from_bytes(self.random_bytes(length + _SPARE_BYTES), "big")
        letters = []
        for _ in range(length):
            number, position = divmod(number, len(alphabet))
            letters.append(alphabet[position])
        return "".join(letters)

    def uuid(self) -> str:
        """Return a version 4 UUID."""
        return str(uuid.UUID(bytes=self.random_bytes(16), version=4))

    def token(self, size_bytes: int) -> str:
        """Return ``size_bytes`` of randomness as URL-safe base64 without padding."""
        encoded = base64.urlsafe_b64encode(self.random_bytes(size_bytes))
        return encoded.rstrip(b"=").decode()
