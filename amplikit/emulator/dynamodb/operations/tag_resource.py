"""``TagResource``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.dynamodb import words
from amplikit.emulator.dynamodb.operation import Operation
from amplikit.emulator.dynamodb.protocol import Failure
from amplikit.emulator.dynamodb.shapes import Structure
from amplikit.emulator.dynamodb.tagging import (
    ARN,
    TAGS,
    has_arn,
    on_arn,
    tagged_table,
    tags_of,
)
from amplikit.store.refusals import Invalid

if TYPE_CHECKING:
    from amplikit.emulator.dynamodb.operation import Answer, Call

__all__ = ["OPERATION"]

_MOST = 50


def _run(call: Call) -> Answer:
    if "Tags" not in call.parameters:
        raise Invalid(words.REQUIRED % "tags")
    name = tagged_table(call)
    if isinstance(name, Failure):
        return name
    given = tags_of(call.parameters)
    if not given:
        raise Invalid("Atleast one Tag needs to be provided as Input.")
    tags = call.tags.of(name)
    if len({**tags, **given}) > _MOST:
        return Failure("LimitExceededException", words.TOO_MANY_TAGS)
    tags.update(given)
    return {}


OPERATION = Operation(
    "TagResource",
    Structure("TagResourceInput", (ARN, TAGS)),
    on_arn("TagResource"),
    _run,
    check=has_arn,
)
