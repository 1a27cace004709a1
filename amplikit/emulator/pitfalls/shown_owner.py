"""P13: an owner was asked for as it is shown, and is stored otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.grants import owner_identity
from amplikit.blueprint.operations import OwnerIs
from amplikit.emulator.pitfalls.codes import pitfall
from amplikit.emulator.pitfalls.filters import quoted, tests
from amplikit.identity.caller import UserPoolCaller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.pitfalls.facts import Filtered, Listening, OwnerAsked
    from amplikit.emulator.trace import Path, Pitfall

__all__ = ["detect_argument", "detect_filter", "detect_key"]

_SEPARATOR = "::"


def detect_filter(page: Filtered, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for a filter that drops the very owner that it names."""
    for test in tests(page.filter):
        if test.operator != "eq" or not isinstance(test.value, str):
            continue
        is_owner = test.field in asked.served.owners
        if not is_owner or _SEPARATOR in test.value or not test.value:
            continue
        stored = [
            found
            for item in page.read
            for found in [item.get(test.field)]
            if isinstance(found, str) and found.endswith(f"{_SEPARATOR}{test.value}")
        ]
        if stored and _is_shown_otherwise(asked, page.path, test.field):
            told = f"{len(stored)} items of that owner are left out"
            filter_ = f"filter: {{{test.field}: {{eq: {quoted(stored[0])}}}}}"
            yield _pitfall(page.path, test.value, stored[0], told, filter_)


def detect_key(fact: OwnerAsked, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for a key that no stored owner can equal."""
    value = fact.value
    if not isinstance(value, str) or _SEPARATOR in value:
        return
    caller = asked.caller
    known = isinstance(caller, UserPoolCaller) and value in {
        caller.username,
        caller.sub,
    }
    stored = (
        f"{caller.sub}{_SEPARATOR}{caller.username}"
        if known and isinstance(caller, UserPoolCaller)
        else f"SUB{_SEPARATOR}{value}"
    )
    argument = f"{fact.attribute}: {quoted(stored)}"
    yield _pitfall(fact.path, value, stored, "no item has that key", argument)


def detect_argument(fact: Listening, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for an owner argument that is the caller and no event's owner.

    The rules know the stored owner and each of its parts; events hold the shown one.
    """
    for grant in fact.operation.grants:
        item = grant.item
        if not isinstance(item, OwnerIs) or grant.mode is not asked.caller.mode:
            continue
        value = fact.given.get(item.attribute)
        identity = owner_identity(item, asked.caller)
        if identity is None or value == identity.shown:
            continue
        if isinstance(value, str) and value in identity.accepted:
            yield pitfall(
                "shown-owner",
                fact.path,
                f"'{value}' is accepted as the owner, but events show"
                f" '{identity.shown}', so none will ever arrive.",
                f"Listen with {item.attribute}: {quoted(identity.shown)}",
            )


def _pitfall(path: Path, shown: str, stored: str, told: str, argument: str) -> Pitfall:
    return pitfall(
        "shown-owner",
        path,
        f"'{shown}' is how the owner is shown; '{stored}' is stored, so {told}.",
        f"Ask for what is stored: {argument}",
    )


def _is_shown_otherwise(asked: Asked, path: Path, field: str) -> bool:
    place = asked.place(path)
    coordinate = f"{place.element.name}.{field}" if place else ""
    return any(one.coordinate == coordinate for one in asked.blueprint.resolvers)
