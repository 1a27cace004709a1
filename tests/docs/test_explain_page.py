"""docs/explain.md is a session: what it runs prints what it says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from markdown_it import MarkdownIt

PAGE = Path(__file__).parents[2] / "docs" / "explain.md"


def test_the_session_prints_what_the_page_says(tmp_path: Path) -> None:
    fences = [t for t in MarkdownIt().parse(PAGE.read_text()) if t.type == "fence"]
    schema, session, printed = (token.content for token in fences[:3])
    (tmp_path / "note.graphql").write_text(schema)

    done = subprocess.run(
        ["bash", "-euc", session],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{Path(sys.prefix) / 'bin'}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == printed
