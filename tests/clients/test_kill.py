"""What is acknowledged is written, whatever happens to the server next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests
from issued import token

if TYPE_CHECKING:
    from amplikit.demo.stage import Stage

ROUNDS = 20


def test_an_acknowledged_mutation_survives_kill_9(own_stage: Stage) -> None:
    stage = own_stage
    for number in range(ROUNDS):
        headers = {"Authorization": token(stage, "alice")}
        mutation = f'createPost(input: {{ id: "p{number}", title: "kept" }}) {{ id }}'
        written = requests.post(
            stage.server["graphql_url"],
            json={"query": f"mutation {{ {mutation} }}"},
            headers=headers,
            timeout=20,
        )
        assert written.json() == {"data": {"createPost": {"id": f"p{number}"}}}
        stage.server.kill()
        stage.server.start()
    found = stage.post(
        "query { listPosts(limit: 100) { items { id } } }",
        {"Authorization": token(stage, "alice")},
    )
    ids = {item["id"] for item in found.data["listPosts"]["items"]}
    assert ids == {f"p{number}" for number in range(ROUNDS)}
