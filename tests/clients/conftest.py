"""The community app, served by ``amplikit serve`` in a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from amplikit.demo.server import Server
from amplikit.demo.stage import Stage

sys.path.insert(0, str(Path(__file__).parent))

from issued import PROJECT, token
from pool_server import PoolServer

if TYPE_CHECKING:
    from collections.abc import Iterator


def _stage(folder: Path) -> Stage:
    server = Server(PROJECT, folder / "data", folder / "server.log")
    return Stage(PROJECT, folder, server)


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One server for the whole folder; alice and bob are signed in."""
    stage = _stage(tmp_path_factory.mktemp("served"))
    stage.server.start()
    for name in ("alice", "bob"):
        stage.tokens[name] = token(stage, name)
    yield stage
    assert stage.server.stop() == 0
    assert "Traceback" not in stage.server.log.read_text()


@pytest.fixture
def own_stage(tmp_path: Path) -> Iterator[Stage]:
    """A server that a test may kill."""
    stage = _stage(tmp_path)
    stage.server.start()
    yield stage
    stage.server.stop()


@pytest.fixture(scope="session")
def pool_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PoolServer]:
    """A server whose users may do anything to themselves."""
    server = PoolServer.start(tmp_path_factory.mktemp("pool"))
    yield server
    server.stop()
    assert "Traceback" not in server.log
