"""``DescribeLimits``: the quotas of a new account; none of them is kept here."""

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

_ACCOUNT_UNITS = 80_000
_TABLE_UNITS = 40_000


def _needs(_parameters: Parameters, _account: Account) -> Iterable[Access]:
    return (("DescribeLimits", "arn:*"),)


def _run(_call: Call) -> Answer:
    return {
        "AccountMaxReadCapacityUnits": _ACCOUNT_UNITS,
        "AccountMaxWriteCapacityUnits": _ACCOUNT_UNITS,
        "TableMaxReadCapacityUnits": _TABLE_UNITS,
        "TableMaxWriteCapacityUnits": _TABLE_UNITS,
    }


OPERATION = Operation(
    "DescribeLimits", Structure("DescribeLimitsInput", ()), _needs, _run
)
