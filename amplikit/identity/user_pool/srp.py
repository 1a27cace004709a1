"""SRP-6a as Cognito speaks it: the server's side, in numbers.

The 3072-bit group of RFC 3526, SHA-256 over padded hexadecimal, a session key by HKDF
with the label "Caldera Derived Key". Source: the arithmetic of Amazon's own clients
(amazon-cognito-identity-js, AuthenticationHelper).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

__all__ = [
    "SECRET_BITS",
    "ServerSecret",
    "Verifier",
    "claim_signature",
    "made_up_verifier",
    "public_value",
    "read_public_value",
    "read_timestamp",
    "session_key",
    "verifier_of",
]

SECRET_BITS: Final = 256
"""As strong as the group; more only takes longer."""

_N: Final = int(
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74"
    "020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437"
    "4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed"
    "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf05"
    "98da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb"
    "9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b"
    "e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf695581718"
    "3995497cea956ae515d2261898fa051015728e5a8aaac42dad33170d04507a33"
    "a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7"
    "abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864"
    "d87602733ec86a64521f2b18177b200cbbe117577a615d6c770988c0bad946e2"
    "08e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff",
    16,
)
_G: Final = 2
_LONGEST_HEX: Final = 768 + 2  # of N, padded
_LABEL: Final = b"Caldera Derived Key\x01"
_KEY_BYTES: Final = 16
_TIMESTAMP: Final = "%a %b %d %H:%M:%S UTC %Y"


@dataclass(frozen=True, slots=True)
class Verifier:
    """What is kept of a password: it checks one, and cannot be used as one."""

    salt: int
    value: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class ServerSecret:
    """One sign-in's secret, and whose verifier it is used with."""

    verifier: Verifier
    secret: int = field(repr=False)


def verifier_of(pool_name: str, user_id: str, password: str, salt: int) -> Verifier:
    """Return the verifier of a password; takes milliseconds.

    ``pool_name`` is the pool's id after its ``_``.
    """
    # A password from a command line may hold bytes that are no UTF-8.
    text = f"{pool_name}{user_id}:{password}".encode("utf-8", "surrogatepass")
    inner = hashlib.sha256(text).digest()
    exponent = _number(hashlib.sha256(_padded(salt) + inner).digest())
    return Verifier(salt, pow(_G, exponent, _N))


def made_up_verifier(secret: bytes, user_id: str) -> Verifier:
    """Return what stands for a user who is not there; the same each time."""
    text = user_id.encode("utf-8", "surrogatepass")
    salt = _number(hmac.digest(secret, b"srp-salt\0" + text, "sha256")[:16])
    seed = hmac.digest(secret, b"srp-verifier\0" + text, "sha256")
    value = _number(hashlib.shake_256(seed).digest(_LONGEST_HEX // 2)) % _N
    return Verifier(salt, value)


def public_value(server: ServerSecret) -> int:
    """Return B, which the client is shown."""
    return (_K * server.verifier.value + pow(_G, server.secret, _N)) % _N


def read_public_value(text: str) -> int | None:
    """Return the client's A, or None when it is no number or would give a key away."""
    if not 0 < len(text) <= _LONGEST_HEX or not text.isascii() or not text.isalnum():
        return None
    try:
        value = int(text, 16)
    except ValueError:
        return None
    return value if value % _N else None


def session_key(server: ServerSecret, client_public: int) -> bytes | None:
    """Return the key that client and server share when the password is right.

    None when the two public values hash to zero, which no honest client meets.
    """
    shared = _padded(client_public) + _padded(public_value(server))
    scramble = _number(hashlib.sha256(shared).digest())
    if not scramble:
        return None
    base = client_public * pow(server.verifier.value, scramble, _N)
    premaster = pow(base, server.secret, _N)
    extracted = hmac.digest(_padded(scramble), _padded(premaster), "sha256")
    return hmac.digest(extracted, _LABEL, "sha256")[:_KEY_BYTES]


def claim_signature(
    key: bytes, pool_name: str, user_id: str, secret_block: bytes, timestamp: str
) -> str:
    """Return ``PASSWORD_CLAIM_SIGNATURE``."""
    names = f"{pool_name}{user_id}".encode("utf-8", "surrogatepass")
    message = names + secret_block + timestamp.encode("utf-8", "surrogatepass")
    return base64.b64encode(hmac.digest(key, message, "sha256")).decode()


def read_timestamp(text: str) -> datetime | None:
    """Return ``TIMESTAMP``, English and without zeros before the day."""
    try:
        found = datetime.strptime(text, _TIMESTAMP)  # noqa: DTZ007  UTC is in the text
    except ValueError:
        return None
    return found.replace(tzinfo=UTC)


def _padded(number: int) -> bytes:
    """Return a number's bytes, with a zero before a first bit that is set."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")


_K: Final = _number(hashlib.sha256(_padded(_N) + _padded(_G)).digest())
