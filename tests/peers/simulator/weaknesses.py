"""Where the two differ, and the service is known to answer as we do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from both_sides import compared, told

if TYPE_CHECKING:
    from both_sides import Body, Outcome


_CREATE = re.compile(r"mutation [^{]*\{ (again: )?create[A-Z]")


@dataclass(frozen=True)
class Weakness:
    """What the simulator does otherwise, and how we know better."""

    name: str
    because: str


REDACTED = Weakness(
    "relation that a mutation leaves out",
    "what a template returns as null is an object without fields there",
)
NO_KEY = Weakness(
    "relation without a key to look for",
    "'#return' without a value does not end a template there",
)
ABSENT = Weakness(
    "delete of a missing item",
    "a delete that finds nothing is a success: AppSync's guide, DynamoDB resolvers",
)
POLICIES = Weakness("IAM policies", "the roles' policies are not looked at there")
OWNERS = Weakness(
    "owners in a list",
    "the field is always null in their responses, though stored and enforced",
)
SILENT = Weakness(
    "creates that fail in silence",
    "null without an error, though its own template ends with $util.unauthorized()",
)
REMOTE = Weakness(
    "functions, HTTP and searches",
    "neither runs them: docs/differences.md, not-run-locally",
)


def cause(outcome: Outcome) -> str | None:
    """Return the name of the weakness that explains a difference, if one does."""
    for one, explains in WHOLE:
        if explains(outcome):
            return one.name
    found = _pieces(outcome)
    return None if found is None else " and ".join(sorted(found))


def _pieces(outcome: Outcome) -> set[str] | None:
    """Return what explains each part of a difference; None if a part is left."""
    ours, theirs = (compared(a) for a in (outcome.ours, outcome.theirs))
    found = set()
    if not set(ours["errors"]) <= set(theirs["errors"]):
        return None
    if ours["data"] != theirs["data"]:
        if not _less(ours["data"], theirs["data"]):
            return None
        found.add(OWNERS.name)
    shown = outcome.theirs.get("data")
    alone = {told(one, shown) for one in _errors(outcome.theirs)} - {*ours["errors"]}
    for one in alone:
        # What is beside an error below the same null would not be there either.
        beside = [e for e in _errors(outcome.theirs) if told(e, shown) == one]
        explained = [w for w in (_of_error(e, outcome) for e in beside) if w]
        if not explained:
            return None
        found.add(explained[0].name)
    return found or None


def _of_error(error: Body, outcome: Outcome) -> Weakness | None:
    path = error.get("path") or []
    message, kind = error.get("message", ""), error.get("errorType")
    if len(path) < 2 or _at(outcome.theirs, path) is not None:
        return None
    if kind == "DynamoDB:ValidationException":
        return NO_KEY
    if kind is None and "Cannot return null for non-nullable field" in message:
        whole = _at(outcome.theirs, path[:-1]) is None
        return REDACTED if whole and "mutation" in outcome.step.query else None
    return None


def _no_policy(outcome: Outcome) -> bool:
    errors = _errors(outcome.theirs)
    said = [one.get("message") for one in _errors(outcome.ours)]
    return said == ["Permission denied"] and bool(errors)


def _nothing_to_delete(outcome: Outcome) -> bool:
    ours, theirs = outcome.ours, outcome.theirs
    said = [one.get("errorType") for one in _errors(theirs)]
    return (
        "mutation" in outcome.step.query
        and not _errors(ours)
        and list((ours.get("data") or {}).values()) == [None]
        and said == ["DynamoDB:ConditionalCheckFailedException"]
    )


def _silent(outcome: Outcome) -> bool:
    """Whether a create has neither an item nor an error, which no template leads to."""
    said = [one.get("errorType") for one in _errors(outcome.ours)]
    return (
        _CREATE.search(outcome.step.query) is not None
        and said == ["Unauthorized"]
        and list((outcome.theirs.get("data") or {}).values()) == [None]
        and not _errors(outcome.theirs)
    )


def _not_run(outcome: Outcome) -> bool:
    return any(one.get("errorType") == "NotRunLocally" for one in _errors(outcome.ours))


WHOLE = (
    (POLICIES, _no_policy),
    (ABSENT, _nothing_to_delete),
    (SILENT, _silent),
    (REMOTE, _not_run),
)


def _errors(answer: Body) -> list[Body]:
    return answer.get("errors") or []


def _at(answer: Body, path: list[Any]) -> object:
    value: Any = answer.get("data")
    for part in path:
        try:
            value = value[part]
        except (TypeError, KeyError, IndexError):
            return None
    return value


def _less(ours: object, theirs: object) -> bool:
    """Whether theirs is ours, but for lists of texts that are null there."""
    match ours, theirs:
        case dict(), dict():
            return ours.keys() == theirs.keys() and all(
                _less(ours[name], theirs[name]) for name in ours
            )
        case list(), list():
            return len(ours) == len(theirs) and all(
                _less(one, other) for one, other in zip(ours, theirs, strict=True)
            )
        case list(), None:
            return all(isinstance(one, str) for one in ours)
        case _:
            return bool(ours == theirs)
