"""``UntagResource``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.dynamodb import words
from amplikit.emulator.dynamodb.operation import Operation
from amplikit.emulator.dynamodb.protocol import Failure
from amplikit.emulator.dynamodb.shapes import ListOf, Member, Structure, Text
from amplikit.emulator.dynamodb.tagging import ARN, has_arn, on_arn, tagged_table
from amplikit.store.refusals import Invalid

if TYPE_CHECKING:
    from amplikit.emulator.dynamodb.operation import Answer, Call

__all__ = ["OPERATION"]


def _run(call: Call) -> Answer:
    keys = call.parameters.texts("TagKeys")
    if keys is None:
        raise Invalid(words.REQUIRED % "tagKeys")
    name = tagged_table(call)
    if isinstance(name, Failure):
        return name
    if not keys:
        raise Invalid("Atleast one Tag Key needs to be provided as Input.")
    tags = call.tags.of(name)
    for key in keys:
        tags.pop(key, None)
    return {}


OPERATION = Operation(
    "UntagResource",
    Structure("UntagResourceInput", (ARN, Member("TagKeys", ListOf(Text())))),
    on_arn("UntagResource"),
    _run,
    check=has_arn,
)
