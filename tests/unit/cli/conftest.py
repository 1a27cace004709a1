import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from amplikit.cli import run

API = """\
name = "shop"
transformer = "v2"

[auth]
default = "API_KEY"
"""
SCHEMA = """\
type Note @model @auth(rules: [{ allow: public }]) {
  id: ID!
  text: String
}
"""


@dataclass(frozen=True)
class Ran:
    """What one command did."""

    status: int
    out: str
    err: str

    def document(self) -> dict[str, object]:
        """Return stdout, which is exactly one JSON object."""
        document = json.loads(self.out)
        assert isinstance(document, dict)
        return document

    def problems(self) -> list[dict[str, Any]]:
        """Return the document's problems."""
        problems = self.document()["problems"]
        assert isinstance(problems, list)
        return problems

    def codes(self) -> list[str]:
        """Return the codes of the document's problems."""
        return [problem["code"] for problem in self.problems()]


@pytest.fixture
def amplikit(capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run a command in this process."""

    def call(*arguments: str) -> Ran:
        capfd.readouterr()
        status = run(list(arguments))
        sys.stdout.flush()
        return Ran(status, *capfd.readouterr())

    return call


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a small project."""
    (tmp_path / "amplify-config").mkdir()
    (tmp_path / "amplify-config" / "api.toml").write_text(API)
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "note.graphql").write_text(SCHEMA)
    return tmp_path


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Give this process something to read."""

    def give(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return give
