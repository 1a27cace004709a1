"""A sample of what ``run_long.py`` sends."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from front_requests import RandomRequests
from front_served import ask_all, behind_a_socket, served

HANG_S = 10.0  # the machine may have other things to do


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_request_is_answered_as_none_may_be(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    with served(tmp_path / "data", random, HANG_S) as one:
        schema = one.service.host.executable.schema
        requests = RandomRequests(schema, random, one.credentials)
        with behind_a_socket(one) as socket:
            ask_all(one, [requests.one() for _ in range(500)])
            for _ in range(40):
                socket.ask(requests.one())
                socket.ask(requests.broken())

        assert one.broken == []
        assert {200, 400, 401, 403, 404} <= {*one.statuses}
