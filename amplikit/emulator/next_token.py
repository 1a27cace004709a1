"""``nextToken``: where a page ended, sealed so that only its own query can open it."""

from __future__ import annotations

import base64
import binascii
import os
from decimal import Decimal
from typing import TYPE_CHECKING

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from amplikit.store.interface import AttributeValue, Item

__all__ = ["InvalidToken", "NextTokens"]

_NONCE_BYTES = 12


class InvalidToken(ValueError):
    """A token that this query did not issue."""


class NextTokens:
    """Seals keys under a secret; ``binding`` is what a token is good for.

    ``secret`` has 32 bytes. AppSync's tokens are encrypted and not usable in another
    resolver; ours are bound to the arguments and the caller as well.
    """

    def __init__(
        self, secret: bytes, random_bytes: Callable[[int], bytes] = os.urandom
    ) -> None:
        self._cipher = AESGCM(secret)
        self._random_bytes = random_bytes

    def seal(self, key: Item, binding: bytes) -> str:
        """Return the token for a page that ended at ``key``."""
        nonce = self._random_bytes(_NONCE_BYTES)
        plain = orjson.dumps({name: _typed(value) for name, value in key.items()})
        sealed = nonce + self._cipher.encrypt(nonce, plain, binding)
        return base64.urlsafe_b64encode(sealed).decode()

    def open(self, token: str, binding: bytes) -> Item:
        """Return the key inside a token.

        Raises ``InvalidToken``.
        """
        try:
            sealed = base64.b64decode(token.encode(), altchars=b"-_", validate=True)
            nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
            plain = self._cipher.decrypt(nonce, rest, binding)
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise InvalidToken(token) from error
        key: Mapping[str, Mapping[str, str]] = orjson.loads(plain)
        return {name: _plain(value) for name, value in key.items()}


def _typed(value: AttributeValue) -> dict[str, str]:
    match value:
        case str():
            return {"S": value}
        case bytes():
            return {"B": base64.b64encode(value).decode()}
        case _:
            return {"N": str(value)}


def _plain(typed: Mapping[str, str]) -> AttributeValue:
    ((kind, text),) = typed.items()
    match kind:
        case "S":
            return text
        case "B":
            return base64.b64decode(text)
        case _:
            number = Decimal(text)
            return int(number) if number == number.to_integral_value() else number
