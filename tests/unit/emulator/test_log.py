from __future__ import annotations

import pytest

from amplikit.emulator.log import frame_refusal_line, refusal_line, trace_lines
from amplikit.emulator.refusal import RequestRefusal
from amplikit.emulator.trace import Decision, Read, Trace

FOLLOW = "; 'limit' counts items read: follow nextToken, or ask an index"


@pytest.mark.parametrize(
    ("read", "lines"),
    [
        (
            Read(("listPosts",), "Scan", "Post", None, 1, 0, 1, 0, more=True),
            [f"listPosts: 1 read, 0 matched (1 dropped by the filter){FOLLOW}"],
        ),
        (
            Read(("listPosts",), "Scan", "Post", None, 3, 1, 1, 1),
            [
                (
                    "listPosts: 3 read, 1 matched"
                    " (1 dropped by the filter, 1 dropped by @auth)"
                )
            ],
        ),
        (Read(("listPosts",), "Scan", "Post", None, 3, 0, 0, 3, more=True), []),
        (Read(("getPost",), "Query", "Post", None, 1, 1, 0, 0, single=True), []),
        (
            Read(("a", "items", 0, "notes"), "Query", "Note", None, 2, 1, 0, 1),
            ["a: 2 read, 1 matched (1 dropped by @auth)"],
        ),
    ],
    ids=["another page", "complete", "nothing dropped", "one item", "nested"],
)
def test_a_short_list_is_told_and_where_it_goes_on(
    read: Read, lines: list[str]
) -> None:
    assert [*trace_lines("user:alice", Trace(reads=[read]))] == lines


def test_a_refused_read_of_one_item_is_one_line() -> None:
    trace = Trace(
        [Decision(("getNote",), "rule", "deny", hint="Call as the owner.")],
        [Read(("getNote",), "Query", "Note", None, 1, 1, 0, 0, single=True)],
    )

    assert [*trace_lines("user:bob", trace)] == [
        "user:bob denied /getNote by @auth rule: Call as the owner."
    ]


def test_a_refused_request_is_a_line_of_one_line() -> None:
    refusal = RequestRefusal(401, "Unauthorized", "No", "bad \x1b[31m\nkey")

    line = refusal_line("/graphql", refusal)

    assert line == "/graphql refused 401 Unauthorized: bad ?[31m?key"


@pytest.mark.parametrize(
    ("id_", "errors", "reason", "line"),
    [
        (None, [{"errorType": "B", "message": "m"}], "", "a frame refused B: m"),
        (
            "1",
            [{"errorType": "B", "message": "m"}],
            "r",
            "subscription '1' refused B: r",
        ),
        ("1", [{"message": "m"}], "", "subscription '1' refused: m"),
        (
            "1",
            [{"message": "m"}, {"message": "n"}],
            "",
            "subscription '1' refused: m (and 1 more)",
        ),
    ],
)
def test_a_refused_frame_is_a_line(
    id_: str | None, errors: list[dict[str, object]], reason: str, line: str
) -> None:
    assert frame_refusal_line(id_, errors, reason) == line
