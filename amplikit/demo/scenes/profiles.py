"""Users and their profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests

from amplikit.demo.listener import Listener
from amplikit.demo.stage import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.demo.stage import Stage

__all__ = ["own_profile", "sign_up"]

_PROFILES = "query { listUsers { items { id username email } } }"
_EDIT = """mutation Edit($id: ID!, $bio: String) {
  updateUser(input: { id: $id, bio: $bio }) { id username bio }
}"""


def sign_up(stage: Stage) -> Iterator[Line]:
    """Two users sign up; a subscriber sees the profiles that the Lambda writes."""
    first = stage.sign_up("alice")
    yield Line(
        "sign up, confirm with the code of the e-mail, sign in",
        "alice",
        f"HTTP {first.status}",
        "PostConfirmation ran lambdas/post_confirmation under its own role",
        first.status == requests.codes.ok and "alice" in stage.tokens,
    )
    listener = Listener(
        stage.server["realtime_url"],
        urlsplit(stage.server["graphql_url"]).netloc,
        {"Authorization": stage.tokens["alice"]},
        "subscription { onCreateUser { id username } }",
    )
    with listener:
        second = stage.sign_up("bob")
        event = listener.next_event()["onCreateUser"]
    yield Line(
        "subscribe to onCreateUser while bob signs up",
        "alice",
        f"one event: {event['username']}",
        "the Lambda wrote through AppSync; a write to DynamoDB would be missed",
        second.status == requests.codes.ok and event["username"] == "bob",
    )
    items = stage.user("alice").execute(_PROFILES)["listUsers"]["items"]
    names = sorted(item["username"] for item in items)
    yield Line(
        "listUsers",
        "alice",
        ", ".join(names),
        "both profiles exist",
        names == ["alice", "bob"],
    )


def own_profile(stage: Stage) -> Iterator[Line]:
    """The owner edits; another user reads, and is told why he may not edit."""
    alice, bob = stage.user("alice"), stage.user("bob")
    profile = _profile(stage, "alice")
    edited = alice.execute(_EDIT, {"id": profile["id"], "bio": "Gardener"})[
        "updateUser"
    ]
    yield Line(
        "read and edit the own profile",
        "alice",
        f"bio: {edited['bio']}",
        "she owns it",
        edited["bio"] == "Gardener",
    )
    query = f'query {{ getUser(id: "{profile["id"]}") {{ username bio }} }}'
    seen = bob.execute(query)["getUser"]
    yield Line(
        "read it",
        "bob",
        f"bio: {seen['bio']}",
        "{ allow: private, operations: [read] }",
        seen["bio"] == "Gardener",
    )
    edit = f'updateUser(input: {{ id: "{profile["id"]}", bio: "x" }}) {{ id }}'
    answer = stage.post(
        f"mutation {{ {edit} }}", {"Authorization": stage.tokens["bob"]}, explain=True
    )
    refusal = answer.error
    decision = next(d for d in answer.explained["decisions"] if d["verdict"] == "deny")
    rule = decision["rule"] or {}
    yield Line(
        "edit it",
        "bob",
        f"refused ({refusal})",
        f"layer {decision['layer']}, {rule.get('file')}:{rule.get('line')}: "
        f"{decision['hint']}",
        bool(refusal) and decision["layer"] == "rule" and bool(rule.get("line")),
    )


def _profile(stage: Stage, name: str) -> dict[str, str]:
    items = stage.user(name).execute(_PROFILES)["listUsers"]["items"]
    return next(item for item in items if item["username"] == name)
