from collections.abc import Callable
from pathlib import Path

import pytest

API = """\
name = "shop"
transformer = "v2"

[auth]
default = "API_KEY"
"""
SCHEMA = "type Note @model { text: String }\n"


@pytest.fixture
def write_project(tmp_path: Path) -> Callable[..., Path]:
    """Write a project of the given files, with an api.toml and a schema by default."""

    def write(**files: str | None) -> Path:
        contents = {"api": API, "schema": SCHEMA} | files
        for name, text in contents.items():
            path = tmp_path / "amplify-config" / f"{name.replace('_', '-')}.toml"
            if name == "schema":
                path = tmp_path / "schema" / "note.graphql"
            path.parent.mkdir(exist_ok=True)
            if text is not None:
                path.write_text(text)
        return tmp_path

    return write
