"""``amplikit demo`` plays to the end, and tells when a step does not hold."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from issued import PROJECT

if TYPE_CHECKING:
    from pathlib import Path


def demo(project: Path) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-m", "amplikit", "demo", "--project", str(project)]
    return subprocess.run(
        arguments, capture_output=True, text=True, check=False, timeout=300
    )


def test_every_step_of_the_demo_holds() -> None:
    played = demo(PROJECT)
    assert played.returncode == 0, played.stdout + played.stderr
    assert "Every step held." in played.stdout
    assert " NOT " not in played.stdout


def test_a_step_that_does_not_hold_is_told(tmp_path: Path) -> None:
    project = tmp_path / "project"
    for name in ("amplify-config", "lambdas", "schema"):
        shutil.copytree(PROJECT / name, project / name)
    shutil.copytree(PROJECT / "tests/community_v2", project / "tests/community_v2")
    post = project / "schema" / "post.graphql"
    text = post.read_text()
    shut = text.replace("{ allow: public, provider: apiKey, operations: [read] }", "")
    assert shut != text
    post.write_text(shut)
    played = demo(project)
    assert played.returncode == 1
    assert "   NOT partner key: listPosts" in played.stdout
    assert "A step did not hold." in played.stdout
