"""A third party with a rate-limited key that expires."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import requests

from amplikit.blueprint.config import Mechanism, UsagePlan
from amplikit.demo.server import CommandFailed
from amplikit.demo.stage import Line
from amplikit.identity import IdentityStore
from amplikit.identity.api_keys import ApiKeyRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.demo.stage import Stage

__all__ = ["third_party"]

_POSTS = "query { listPosts(limit: 3) { items { title } } }"
_USERS = "query { listUsers { items { username } } }"
_HURRY = 40
_PLAN = UsagePlan("partner", Mechanism.GATEWAY, rate_per_s=5, burst=10)
_RECOVERY_S = 0.6


def third_party(stage: Stage) -> Iterator[Line]:
    """Posts yes, users no; too fast is refused, later is fine; then the key ends."""
    url = stage.server["partner_url"]
    headers = {"x-api-key": stage.server.api_key("gateway")}
    posts = stage.post(_POSTS, headers, url=url)
    count = len((posts.data.get("listPosts") or {}).get("items", []))
    yield Line(
        "listPosts through the partner gateway",
        "partner key",
        f"{count} posts",
        "{ allow: public, operations: [read] } on Post",
        count > 0,
    )
    users = stage.post(_USERS, headers, url=url)
    yield Line(
        "listUsers",
        "partner key",
        f"refused: {users.error}",
        "no rule of User is for API keys",
        users.data.get("listUsers") is None and "Not Authorized" in users.error,
    )
    calls = [stage.post(_POSTS, headers, url=url) for _ in range(_HURRY)]
    refused = [a for a in calls if a.status == requests.codes.too_many_requests]
    shown = refused[0] if refused else calls[-1]
    yield Line(
        f"listPosts, {_HURRY} times in a row",
        "partner key",
        f"{len(refused)} times HTTP {shown.status} {shown.error}",
        "usage plan 'partner': its bucket is empty",
        0 < len(refused) < _HURRY,
    )
    time.sleep(_RECOVERY_S)
    again = stage.post(_POSTS, headers, url=url)
    yield Line(
        f"listPosts {_RECOVERY_S} s later",
        "partner key",
        f"HTTP {again.status}",
        "the bucket fills at the plan's rate",
        again.status == requests.codes.ok,
    )
    expired = stage.post(_POSTS, {"x-api-key": _expired_key(stage)}, url=url)
    yield Line(
        "listPosts with a key that has expired",
        "expired partner key",
        f"HTTP {expired.status} {expired.error}",
        "neither the gateway nor AppSync says which it was",
        expired.status == requests.codes.forbidden,
    )


def _expired_key(stage: Stage) -> str:
    """Put a key of the partner's plan into the folder, which expired an hour ago."""
    now = datetime.now(UTC)
    identity = IdentityStore.open(stage.server.data, None, lambda: now)
    with closing(identity):
        ended = now - timedelta(hours=1)
        key = identity.api_keys.create("story", now, plan=_PLAN, expires_at=ended)
    if isinstance(key, ApiKeyRefused):
        raise CommandFailed(key.message)
    return key.value
