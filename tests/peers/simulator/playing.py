"""One schema on both sides, and what the two answer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

from asking import Asking, schema_of
from both_sides import Sides

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplify_simulator import Simulator
    from api_schemas import Request
    from both_sides import Outcome
    from serving import Servers

__all__ = ["play"]


def play(
    request: Request, simulator: Simulator, servers: Servers, count: int
) -> Iterator[Outcome]:
    """Yield the outcome of each request, by every caller that the API has a mode for.

    Raises ``SimulatorRefused`` and ``ServeFailed``.
    """
    peer = simulator.serve(request)
    modes = {request["auth"]["default"], *request["auth"]["additional"]}
    callers = [
        one.caller.name for one in servers.credentials if one.caller.mode in modes
    ]
    with servers.serving(request) as ours:
        sides = Sides(ours, peer, servers.credentials)
        seed = crc32(str(request["id"]).encode())
        for step in Asking(schema_of(peer.sdl), callers, seed).steps(count):
            yield sides.ask(step)
