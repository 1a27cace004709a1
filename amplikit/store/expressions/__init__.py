"""DynamoDB's expression language: from text to conditions, updates and paths.

    check_placeholder_names(names, value_keys)      the maps themselves; before all else
    given = Placeholders(names, values)             one for each request (or item of it)
    parse_condition(text, given, kind)              -> Condition; kind: the parameter
    parse_key_condition(text, given)                -> KeyCondition
        .check()                                    after given.check_used()
        .on(partition_key, sort_key)                -> (partition value, SortCondition)
    parse_projection(text, given)                   -> tuple[Path, ...]
    parse_update(text, given)                       -> Update
    given.check_used()                              after all expressions of the request
    project(item, paths)                            -> Item: what the paths lead to

Each raises ``Invalid`` in DynamoDB's words. Names and values may be None. DynamoDB
reads the expressions of one request in the order UpdateExpression,
ConditionExpression, KeyConditionExpression, FilterExpression, ProjectionExpression,
then looks for unused names, then for unused values; only then at tables and keys. A
text is parsed once and kept, whatever its names and values.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from amplikit.store.expressions import _condition_parser, _update_parser
from amplikit.store.expressions._binding import bind_condition, bind_paths
from amplikit.store.expressions._key_conditions import KeyCondition
from amplikit.store.expressions._placeholders import (
    Placeholders,
    check_placeholder_names,
)
from amplikit.store.expressions._update_binding import bind_update
from amplikit.store.operands import Unsound
from amplikit.store.projecting import project
from amplikit.store.refusals import Invalid

if TYPE_CHECKING:
    from amplikit.store.conditions import Condition, Path
    from amplikit.store.evaluate import ExpressionName
    from amplikit.store.updates import Update

__all__ = [
    "KeyCondition",
    "Placeholders",
    "check_placeholder_names",
    "parse_condition",
    "parse_key_condition",
    "parse_projection",
    "parse_update",
    "project",
]

_KEPT = 512
_condition = lru_cache(_KEPT)(_condition_parser.parse)
_update = lru_cache(_KEPT)(_update_parser.parse)
_paths = lru_cache(_KEPT)(_update_parser.parse_paths)


def parse_condition(text: str, given: Placeholders, kind: ExpressionName) -> Condition:
    """Return the condition; ``kind`` is the name of its parameter."""
    try:
        return bind_condition(_condition(text), given)
    except Unsound as unsound:
        raise Invalid(f"Invalid {kind}: {unsound}") from None


def parse_key_condition(text: str, given: Placeholders) -> KeyCondition:
    """Return the condition of a query, still to be checked for what it is on."""
    try:
        return KeyCondition(bind_condition(_condition(text), given))
    except Unsound as unsound:
        raise Invalid(f"Invalid KeyConditionExpression: {unsound}") from None


def parse_projection(text: str, given: Placeholders) -> tuple[Path, ...]:
    """Return the paths to read."""
    try:
        return bind_paths(_paths(text), given)
    except Unsound as unsound:
        raise Invalid(f"Invalid ProjectionExpression: {unsound}") from None


def parse_update(text: str, given: Placeholders) -> Update:
    """Return the update."""
    try:
        return bind_update(_update(text), given)
    except Unsound as unsound:
        raise Invalid(f"Invalid UpdateExpression: {unsound}") from None
