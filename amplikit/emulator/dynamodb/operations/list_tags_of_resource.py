"""``ListTagsOfResource``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.dynamodb.operation import Operation
from amplikit.emulator.dynamodb.protocol import Failure
from amplikit.emulator.dynamodb.shapes import Member, Structure, Text
from amplikit.emulator.dynamodb.tagging import ARN, has_arn, on_arn, tagged_table

if TYPE_CHECKING:
    from amplikit.emulator.dynamodb.operation import Answer, Call

__all__ = ["OPERATION"]


def _run(call: Call) -> Answer:
    name = tagged_table(call)
    if isinstance(name, Failure):
        return name
    tags = call.tags.of(name)
    return {"Tags": [{"Key": key, "Value": tags[key]} for key in tags]}


OPERATION = Operation(
    "ListTagsOfResource",
    Structure("ListTagsOfResourceInput", (ARN, Member("NextToken", Text()))),
    on_arn("ListTagsOfResource"),
    _run,
    check=has_arn,
)
