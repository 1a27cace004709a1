"""The name of the table that an operation on tables is about.

These operations are younger than those on items: they check it before all else, and
in words of their own. Source: dynalite's recordings of the service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amplikit.emulator.dynamodb import words
from amplikit.emulator.dynamodb.members import NAME_PATTERN
from amplikit.emulator.dynamodb.shapes import Member, Text
from amplikit.store.refusals import Invalid

if TYPE_CHECKING:
    from amplikit.emulator.dynamodb.constraints import IsTable
    from amplikit.emulator.dynamodb.parameters import Parameters

__all__ = ["NAMED_TABLE", "named_table"]

_SHORTEST: Final = 3
_LONGEST: Final = 255
NAMED_TABLE: Final = Member("TableName", Text(pattern=NAME_PATTERN))


def named_table(parameters: Parameters, is_table: IsTable) -> None:
    """Raise ``Invalid`` without a name of the right length."""
    name = parameters.text("TableName")
    if name is None:
        raise Invalid(words.TABLE_NAME_REQUIRED)
    if not _SHORTEST <= len(name) <= _LONGEST and not is_table(name):
        raise Invalid(words.TABLE_NAME_LENGTH)
