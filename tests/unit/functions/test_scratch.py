from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from amplikit.emulator.functions.scratch import Scratch

if TYPE_CHECKING:
    from pathlib import Path

LEAVE = """
import os, sys
from pathlib import Path
from amplikit.emulator.functions.scratch import Scratch
print(Scratch(Path(sys.argv[1])).folder(), flush=True)
sys.stdin.read()
os._exit(1)
"""


def test_each_process_has_a_folder_of_its_own(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "functions")
    one, two = scratch.folder(), scratch.folder()
    assert one != two
    assert all(folder.stat().st_mode & 0o077 == 0 for folder in (one, two))
    (one / "file").touch()
    scratch.close()
    assert list((tmp_path / "functions").iterdir()) == []


def test_nothing_is_made_before_it_is_needed(tmp_path: Path) -> None:
    Scratch(tmp_path / "functions").close()
    assert list(tmp_path.iterdir()) == []


def test_what_a_process_leaves_is_removed_once_it_is_dead(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LEAVE, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        folder = tmp_path / other.stdout.readline().strip()
        first = Scratch(tmp_path)
        first.folder()
        assert folder.is_dir()
        other.stdin.close()
        other.wait()
    assert folder.is_dir()
    second = Scratch(tmp_path)
    mine = second.folder()
    assert not folder.exists()
    assert mine.is_dir()
    second.close()
    first.close()
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    others = tmp_path / "amplikit-functions-link"
    kept = tmp_path / "kept"
    kept.mkdir()
    others.symlink_to(kept)
    scratch = Scratch(tmp_path)
    scratch.folder()
    scratch.close()
    assert kept.is_dir()
    assert others.is_symlink()
