"""The client's side of SRP, written from the arithmetic and nothing of ours."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

N = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
    "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
    "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05"
    "98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB"
    "9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"
    "3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33"
    "A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864"
    "D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E2"
    "08E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
TIMESTAMP = "Thu Jan 15 12:34:56 UTC 2026"


def padded(text: str) -> bytes:
    if len(text) % 2:
        text = "0" + text
    elif text[0] in "89abcdefABCDEF":
        text = "00" + text
    return bytes.fromhex(text)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


@dataclass
class SrpClient:
    """One sign-in of somebody who knows, or guesses, a password."""

    pool_name: str
    password: str
    secret: int = int("11" * 32, 16)

    @property
    def public(self) -> str:
        return f"{pow(2, self.secret, N):x}"

    def answer(
        self, shown: dict[str, str], timestamp: str = TIMESTAMP
    ) -> dict[str, str]:
        user, big_b = shown["USER_ID_FOR_SRP"], int(shown["SRP_B"], 16)
        u = int.from_bytes(sha256(padded(self.public) + padded(shown["SRP_B"])), "big")
        k = int.from_bytes(sha256(padded(f"{N:x}") + padded("2")), "big")
        inner = sha256(f"{self.pool_name}{user}:{self.password}".encode())
        x = int.from_bytes(sha256(padded(shown["SALT"]) + inner), "big")
        shared = pow(big_b - k * pow(2, x, N), self.secret + u * x, N)
        prk = hmac.digest(padded(f"{u:x}"), padded(f"{shared:x}"), "sha256")
        key = hmac.digest(prk, b"Caldera Derived Key\x01", "sha256")[:16]
        block = base64.b64decode(shown["SECRET_BLOCK"])
        text = f"{self.pool_name}{user}".encode() + block + timestamp.encode()
        signature = base64.b64encode(hmac.digest(key, text, "sha256")).decode()
        return {
            "USERNAME": shown["USERNAME"],
            "PASSWORD_CLAIM_SECRET_BLOCK": shown["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": signature,
            "TIMESTAMP": timestamp,
        }
