"""``ListTables``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.dynamodb.members import NAME_PATTERN
from amplikit.emulator.dynamodb.operation import Operation
from amplikit.emulator.dynamodb.shapes import Member, Structure, Text, Whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amplikit.emulator.dynamodb.account import Account
    from amplikit.emulator.dynamodb.operation import Access, Answer, Call
    from amplikit.emulator.dynamodb.parameters import Parameters

__all__ = ["OPERATION"]

_MOST = 100
_SHAPE = Structure(
    "ListTablesInput",
    (
        Member(
            "ExclusiveStartTableName",
            Text(pattern=NAME_PATTERN, shortest=3, longest=255, of_table=True),
        ),
        Member("Limit", Whole(least=1, most=_MOST)),
    ),
)


def _needs(_parameters: Parameters, account: Account) -> Iterable[Access]:
    return (("ListTables", account.table("*")),)


def _run(call: Call) -> Answer:
    start = call.parameters.text("ExclusiveStartTableName") or ""
    limit = call.parameters.number("Limit") or _MOST
    names = sorted(each.name for each in call.store.tables() if each.name > start)
    answer: dict[str, object] = {"TableNames": names[:limit]}
    if len(names) > limit:
        answer["LastEvaluatedTableName"] = names[limit - 1]
    return answer


OPERATION = Operation("ListTables", _SHAPE, _needs, _run)
