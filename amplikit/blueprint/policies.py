"""IAM's evaluation of identity policies.

Explicit deny, then allow, then implicit deny. Source: IAM user guide, "Policy
evaluation logic".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amplikit.blueprint.resources import PolicyStatement

__all__ = ["Verdict", "allows", "matches_wildcard"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the call is allowed, and the statement that decided.

    No statement means an implicit deny: none applied.
    """

    allowed: bool
    statement: PolicyStatement | None = None


def allows(
    statements: Iterable[PolicyStatement], action: str, resource: str, api_arn: str
) -> Verdict:
    """Return what a role's policy says of one action on one resource.

    ``resource`` is an ARN or relative to ``api_arn``, as in ``PolicyStatement``. A
    lone ``*`` matches every resource of every service, as in IAM. An effect that is
    not ``Allow`` denies.
    """
    arn = _absolute(resource, api_arn)
    allowing: PolicyStatement | None = None
    for statement in statements:
        if not _applies(statement, action.lower(), arn, api_arn):
            continue
        if statement.effect != "Allow":
            return Verdict(allowed=False, statement=statement)
        allowing = allowing or statement
    return Verdict(allowed=allowing is not None, statement=allowing)


def _applies(statement: PolicyStatement, action: str, arn: str, api_arn: str) -> bool:
    return any(
        matches_wildcard(pattern.lower(), action) for pattern in statement.actions
    ) and any(
        pattern == "*" or matches_wildcard(_absolute(pattern, api_arn), arn)
        for pattern in statement.resources
    )


def _absolute(resource: str, api_arn: str) -> str:
    return resource if resource.startswith("arn:") else f"{api_arn}/{resource}"


def matches_wildcard(pattern: str, text: str) -> bool:
    """Whether ``pattern`` matches all of ``text``; ``*`` any run, ``?`` one character.

    Each piece between stars is taken at its first place and never moved again, which
    is enough for wildcards and leaves nothing to backtrack over.
    """
    first, *rest = pattern.split("*")
    if not rest:
        return len(text) == len(first) and _fits(first, text, 0)
    last = rest.pop()
    end = len(text) - len(last)
    if end < len(first) or not _fits(first, text, 0) or not _fits(last, text, end):
        return False
    position = len(first)
    for piece in rest:
        place = _find(piece, text, position, end)
        if place < 0:
            return False
        position = place + len(piece)
    return True


def _find(piece: str, text: str, start: int, end: int) -> int:
    if "?" not in piece:
        return text.find(piece, start, end)
    places = range(start, end - len(piece) + 1)
    return next((place for place in places if _fits(piece, text, place)), -1)


def _fits(piece: str, text: str, place: int) -> bool:
    if "?" not in piece:
        return text.startswith(piece, place)
    return all(
        wanted in ("?", text[place + offset]) for offset, wanted in enumerate(piece)
    )
