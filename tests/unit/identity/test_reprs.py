"""What must never be read in a log or a traceback."""

from __future__ import annotations

import pytest

from amplikit.identity import SignedRequest
from amplikit.identity.user_pool.outbox import Message
from amplikit.identity.user_pool.parameters import Parameters

from .conftest import NOW

MARKER = "s3cr3t-marker"
HOLDERS = [
    Parameters({"Username": "alice", "Password": MARKER}),
    SignedRequest(
        "GET",
        b"/graphql/realtime",
        f"header={MARKER}".encode(),
        ((b"authorization", MARKER.encode()),),
        MARKER.encode(),
    ),
    Message("a@b.c", "subject", NOW, body=MARKER, code=MARKER),
]


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: type(holder).__name__)
def test_a_secret_is_not_in_the_repr(holder: object) -> None:
    assert MARKER not in repr(holder)
