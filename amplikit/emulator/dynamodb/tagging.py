"""Tags of tables, and the ARN by which they are asked for.

Source: dynalite's recordings of the service.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from amplikit.emulator.dynamodb import words
from amplikit.emulator.dynamodb.protocol import Failure
from amplikit.emulator.dynamodb.shapes import ListOf, Member, Structure, Text
from amplikit.store.refusals import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from amplikit.emulator.dynamodb.account import Account
    from amplikit.emulator.dynamodb.constraints import IsTable
    from amplikit.emulator.dynamodb.operation import Access, Call
    from amplikit.emulator.dynamodb.parameters import Parameters

__all__ = ["ARN", "TAGS", "has_arn", "on_arn", "tagged_table", "tags_of"]

_TABLE_ARN: Final = re.compile(r"arn:aws:dynamodb:.+:\d+:table/([^/]{3,})", re.ASCII)

ARN: Final = Member("ResourceArn", Text())
TAGS: Final = Member(
    "Tags",
    ListOf(
        Structure(
            "Tag",
            (
                Member("Key", Text(shortest=1, longest=128), required=True),
                Member("Value", Text(longest=256), required=True),
            ),
        ),
        most=50,
    ),
)


def tags_of(parameters: Parameters) -> dict[str, str]:
    """Return the tags that are given."""
    return {
        each.required("Key"): each.required("Value")
        for each in parameters.structures("Tags")
    }


def has_arn(parameters: Parameters, _is_table: IsTable) -> None:
    """Raise ``Invalid`` without an ARN."""
    if "ResourceArn" not in parameters:
        raise Invalid("Invalid TableArn")


def on_arn(action: str) -> Callable[[Parameters, Account], Iterable[Access]]:
    """Return the need of an action on the resource of that ARN."""

    def needs(parameters: Parameters, _account: Account) -> Iterable[Access]:
        # A text that is no ARN must not be taken as relative to the API's.
        arn = parameters.required("ResourceArn")
        return ((action, arn if arn.startswith("arn:") else f"arn:{arn}"),)

    return needs


def tagged_table(call: Call) -> str | Failure:
    """Return the name of the table of that ARN.

    Raises ``Invalid``.
    """
    arn = call.parameters.required("ResourceArn")
    match = _TABLE_ARN.fullmatch(arn)
    if match is None:
        text = f"Invalid TableArn: Invalid ResourceArn provided as input {arn}"
        raise Invalid(text)
    name = match[1]
    is_table = any(each.name == name for each in call.store.tables())
    if arn != call.account.table(name) or not is_table:
        return Failure(words.NOT_FOUND, words.RESOURCE_NOT_FOUND % arn)
    return name
