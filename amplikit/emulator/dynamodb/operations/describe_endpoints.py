"""``DescribeEndpoints``: this server, for every SDK that asks where to go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.dynamodb.operation import Operation
from amplikit.emulator.dynamodb.shapes import Structure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amplikit.emulator.dynamodb.account import Account
    from amplikit.emulator.dynamodb.operation import Access, Answer, Call
    from amplikit.emulator.dynamodb.parameters import Parameters

__all__ = ["OPERATION"]

_CACHE_MINUTES = 1440


def _needs(_parameters: Parameters, _account: Account) -> Iterable[Access]:
    return (("DescribeEndpoints", "arn:*"),)


def _run(call: Call) -> Answer:
    address = f"{call.base_url.partition('://')[2]}/dynamodb/"
    endpoint = {"Address": address, "CachePeriodInMinutes": _CACHE_MINUTES}
    return {"Endpoints": [endpoint]}


OPERATION = Operation(
    "DescribeEndpoints", Structure("DescribeEndpointsInput", ()), _needs, _run
)
