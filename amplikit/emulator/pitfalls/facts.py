"""What resolvers note while they run, for the detectors to look at afterwards.

A fact is noted where it is known anyway, and only where some pitfall can follow from
it; nothing is computed for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from amplikit.blueprint.operations import Authorize, Grant
    from amplikit.emulator.trace import Path
    from amplikit.store.interface import AttributeValue, Item

__all__ = [
    "ArgumentRefused",
    "ConditionFailure",
    "Fact",
    "FieldsRefused",
    "Filtered",
    "KeyPartly",
    "Listening",
    "Orphan",
    "OwnerAsked",
    "Redacted",
    "Refusal",
    "WriteRefused",
    "Written",
]


@dataclass(frozen=True, slots=True)
class Filtered:
    """A page on which the caller's own filter was applied to ``read``."""

    path: Path
    filter: object
    read: Sequence[Item]
    kept: Sequence[Item]


@dataclass(frozen=True, slots=True)
class OwnerAsked:
    """A query by a partition key, an owner, that found nothing at all."""

    path: Path
    attribute: str
    value: AttributeValue


@dataclass(frozen=True, slots=True)
class Written:
    """An item after a create or an update; ``given`` is the input as it came."""

    path: Path
    table: str
    creates: bool
    item: Item
    given: Mapping[str, AttributeValue]
    rules: Authorize | None


@dataclass(frozen=True, slots=True)
class WriteRefused:
    """Values that DynamoDB did not take."""

    path: Path
    table: str
    values: Mapping[str, AttributeValue]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The rules have refused a caller; ``item`` is what they looked at, if anything.

    ``hidden``: the item is there, but a filter has dropped it.
    """

    path: Path
    operation: Authorize
    grants: tuple[Grant, ...]
    item: object
    given: Mapping[str, AttributeValue]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class ConditionFailure:
    """A write's condition did not hold; ``by_rules`` says that the rules made it.

    ``found`` is false when there is no item.
    """

    path: Path
    found: bool
    by_rules: bool


@dataclass(frozen=True, slots=True)
class FieldsRefused:
    """Fields of an input that no grant covers; ``nulls`` lack ``delete`` alone."""

    path: Path
    nulls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyPartly:
    """Some parts of a composite key were given, and others not."""

    path: Path
    parts: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArgumentRefused:
    """An argument that this operation cannot follow."""

    path: Path
    argument: str


@dataclass(frozen=True, slots=True)
class Redacted:
    """A field that a mutation's answer leaves out; ``stored`` if the item has it."""

    path: Path
    field: str
    stored: bool


@dataclass(frozen=True, slots=True)
class Orphan:
    """A required relation that leads to no item."""

    path: Path
    parent: str
    field: str


@dataclass(frozen=True, slots=True)
class Listening:
    """A subscription that starts; ``grant`` has let the caller in.

    ``given`` are the arguments that events are compared with; none beside a filter.
    """

    path: Path
    operation: Authorize
    grant: Grant
    given: Mapping[str, AttributeValue]


Fact = (
    Filtered
    | OwnerAsked
    | Written
    | WriteRefused
    | Refusal
    | ConditionFailure
    | FieldsRefused
    | KeyPartly
    | ArgumentRefused
    | Redacted
    | Orphan
    | Listening
)
