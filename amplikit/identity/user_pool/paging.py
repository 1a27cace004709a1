"""Pages of lists: a token says behind which entry the next one begins."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING, TypeVar

from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.refusal import Refusal, invalid_parameter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from amplikit.identity.user_pool.parameters import Parameters
    from amplikit.identity.user_pool.pool import UserPool

__all__ = ["MOST", "page"]

MOST = 60
_TAG_BYTES = 16
_Entry = TypeVar("_Entry")


def page(  # noqa: PLR0913  the two names that AWS has for a token, and the list
    pool: UserPool,
    given: Parameters,
    entries: Sequence[_Entry],
    key: Callable[[_Entry], str],
    *,
    of: str,
    token_name: str = "NextToken",  # noqa: S107  a member's name
    limit_name: str = "Limit",
) -> tuple[Sequence[_Entry], dict[str, object]] | Refusal:
    """Return one page, and the member with the next token, if there is more.

    ``of`` names the list: a token of another one, or of another filter, is refused.
    An entry that was removed meanwhile ends the list no earlier than it would have.
    """
    asked = given.integer(limit_name)
    limit = MOST if asked is None else asked or MOST
    start = 0
    token = given.text(token_name)
    if token:
        last = _read(pool, token, of)
        if last is None:
            return invalid_parameter(words.BAD_PAGE_TOKEN)
        position, _, name = last.partition(" ")
        start = int(position)
        keys = [key(entry) for entry in entries]
        if name in keys:
            start = keys.index(name) + 1
    found = entries[start : start + limit]
    if start + limit >= len(entries):
        return found, {}
    name = key(found[-1])
    return found, {token_name: _write(pool, f"{start + limit} {name}", of)}


def _write(pool: UserPool, last: str, of: str) -> str:
    data = last.encode("utf-8", "surrogatepass")
    return base64.b64encode(_tag(pool, data, of) + data).decode()


def _read(pool: UserPool, token: str, of: str) -> str | None:
    try:
        decoded = base64.b64decode(token, validate=True)
    except (binascii.Error, ValueError):
        return None
    tag, data = decoded[:_TAG_BYTES], decoded[_TAG_BYTES:]
    if not hmac.compare_digest(tag, _tag(pool, data, of)):
        return None
    return data.decode("utf-8", "surrogatepass")


def _tag(pool: UserPool, data: bytes, of: str) -> bytes:
    text = b"page\0" + of.encode("utf-8", "surrogatepass") + b"\0" + data
    return hmac.digest(pool.facts.next_token_secret, text, "sha256")[:_TAG_BYTES]
