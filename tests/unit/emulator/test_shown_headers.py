from __future__ import annotations

from amplikit.emulator.http import Request


def test_resolvers_see_headers_but_cookies_and_ours() -> None:
    given = (
        (b"x-two", b"a"),
        (b"cookie", b"secret=1"),
        (b"x-two", b"b"),
        (b"x-amplikit-explain", b"admin-token"),
        (b"x-two", b"c"),
        (b"x-one", b"\xe9"),
    )
    request = Request("POST", "/graphql", b"/graphql", b"", given, {})
    shown = request.shown_headers(but="x-amplikit-explain")
    assert shown == {"x-two": ["a", "b", "c"], "x-one": "é"}
