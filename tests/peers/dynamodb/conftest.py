"""DynamoDB Local, started once for this folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from local_server import dynamodb_local, missing

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def local_port() -> Iterator[int]:
    """Return the port of DynamoDB Local, or skip and say what it lacks."""
    lacks = missing()
    if lacks is not None:
        pytest.skip(lacks)
    with dynamodb_local() as port:
        yield port
