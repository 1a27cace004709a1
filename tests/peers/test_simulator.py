"""``amplikit serve --schema`` beside Amplify's simulator on DynamoDB Local."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent / "simulator"))
sys.path.insert(0, str(Path(__file__).parent / "dynamodb"))

from amplify_simulator import SimulatorRefused, lacks, simulator
from api_schemas import made_up, written
from local_server import dynamodb_local, missing
from playing import play
from serving import Servers
from weaknesses import cause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplify_simulator import Simulator
    from api_schemas import Request

pytestmark = pytest.mark.peers

REQUESTS = 24
SAMPLE = [*written(), *map(made_up, range(500, 508, 2))]


@pytest.fixture(scope="module")
def peer() -> Iterator[Simulator]:
    wanting = missing() or lacks()
    if wanting is not None:
        pytest.skip(wanting)
    with dynamodb_local() as port, simulator(port) as process:
        yield process


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Servers:
    return Servers(tmp_path_factory.mktemp("served"))


@pytest.mark.parametrize("request_", SAMPLE, ids=lambda one: str(one["id"]))
def test_data_and_error_types_are_those_of_the_simulator(
    request_: Request, peer: Simulator, servers: Servers
) -> None:
    try:
        outcomes = list(play(request_, peer, servers, REQUESTS))
    except SimulatorRefused as refused:
        pytest.fail(str(refused))
    different = [one for one in outcomes if one.difference]
    assert [str(one) for one in different if cause(one) is None] == []
    # Else nothing would have been compared.
    assert len(different) < len(outcomes)
