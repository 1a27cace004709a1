"""The ready file is there for the time of its server, and of no other."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest

from amplikit.emulator.ready import ready_file
from amplikit.errors import ConfigInvalid

if TYPE_CHECKING:
    from pathlib import Path


def test_it_is_private_and_gone_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    with ready_file(path, {"pid": 1}):
        assert json.loads(path.read_bytes()) == {"pid": 1}
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == []


def test_that_of_a_later_server_survives_an_earlier_one(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    second = ready_file(path, {"pid": 2})
    with ready_file(path, {"pid": 1}):
        second.__enter__()
    assert json.loads(path.read_bytes()) == {"pid": 2}
    second.__exit__(None, None, None)
    assert list(tmp_path.iterdir()) == []


def test_it_may_be_gone_or_replaced_by_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    with ready_file(path, {}):
        path.unlink()
    with ready_file(path, {}):
        path.unlink()
        path.mkdir()
    assert path.is_dir()


@pytest.mark.parametrize("name", ["folder", "missing/ready.json", "file/ready.json"])
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(ConfigInvalid) as caught, ready_file(tmp_path / name, {}):
        pass
    assert [each.code for each in caught.value.problems] == ["ready-file-unusable"]
    assert {path.name for path in tmp_path.iterdir()} == {"folder", "file"}
