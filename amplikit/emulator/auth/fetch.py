"""Reads a small public document over HTTP, with every limit that a stranger needs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final

import requests
import urllib3

__all__ = ["Fetch", "FetchFailed", "fetch"]

Fetch = Callable[[str], Awaitable[bytes]]
_MAX_BYTES: Final = 262_144
_CONNECT_TIMEOUT_S: Final = 3.0
_READ_TIMEOUT_S: Final = 3.0
_TOTAL_S: Final = 6.0
_PART_BYTES: Final = 16_384


class FetchFailed(Exception):
    """The document cannot be had; the message is for the operator."""


async def fetch(url: str) -> bytes:
    """Return the body of a document that is there at once, without redirections.

    Raises ``FetchFailed``.
    """
    return await asyncio.to_thread(_fetch, url)


def _fetch(url: str) -> bytes:
    ends_at = monotonic() + _TOTAL_S
    try:
        with requests.get(
            url,
            headers={"accept": "application/json"},
            timeout=(_CONNECT_TIMEOUT_S, _READ_TIMEOUT_S),
            allow_redirects=False,
            stream=True,
        ) as response:
            if response.status_code != requests.codes.ok:
                raise FetchFailed(f"{url} answers {response.status_code}")
            body = b""
            while part := response.raw.read1(_PART_BYTES, decode_content=True):
                body += part
                if len(body) > _MAX_BYTES:
                    raise FetchFailed(f"{url} is longer than {_MAX_BYTES} bytes")
                if monotonic() > ends_at:
                    raise FetchFailed(f"{url} takes more than {_TOTAL_S:g} s")
            return body
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise FetchFailed(f"{url} cannot be read: {error}") from error
