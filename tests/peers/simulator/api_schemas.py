"""The schemas: those written by hand, and made-up ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from made_up_apis import api

__all__ = ["Request", "made_up", "written"]

FOLDER = Path(__file__).parent / "schemas"

Request = dict[str, Any]
"""``{id, schema, flags, auth: {default, additional}}``."""


def written() -> list[Request]:
    """Return the schemas of the folder; the first line names the modes."""
    found = []
    for path in sorted(FOLDER.glob("*.graphql")):
        text = path.read_text(encoding="utf-8")
        default, *additional = text.partition("\n")[0].strip("# ").split()
        auth = {"default": default, "additional": additional}
        found.append({"id": path.stem, "schema": text, "flags": {}, "auth": auth})
    return found


def made_up(number: int) -> Request:
    """Return a made-up schema."""
    return api(number)
