"""Who is to be told what of a mutation: slow, obvious, and written from the rules.

Nothing here is the engine's. Sources: the AppSync developer guide on subscriptions and
enhanced filtering, and the authorization templates of both transformers, in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from graphql import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from leak_schemas import Case

__all__ = ["Listening", "Modes", "delivered", "may_start", "shown"]

DIRECTIVES = {
    "aws_api_key": "key",
    "aws_iam": "iam",
    "aws_cognito_user_pools": "user",
}


@dataclass(frozen=True)
class Listening:
    """A subscription: who, to which field, by which arguments, and what it reads.

    ``arguments`` that are omitted are not in it; ``groups`` are the token's, ``key`` is
    the field's name in the response.
    """

    mode: str
    field: str
    arguments: Mapping[str, object]
    selection: tuple[tuple[str, str], ...]
    name: str = ""
    sub: str = ""
    groups: tuple[str, ...] = ()
    role: str = ""
    key: str = ""


class Modes:
    """Which modes the directives of a printed schema admit."""

    def __init__(self, sdl: str) -> None:
        self._fields: dict[str, frozenset[str]] = {}
        self.required: dict[str, frozenset[str]] = {}
        for definition in parse(sdl).definitions:
            name = getattr(getattr(definition, "name", None), "value", "")
            for node in getattr(definition, "fields", None) or ():
                if not hasattr(node, "arguments"):
                    continue
                admitted = _named(node.directives) or _named(definition.directives)
                self._fields[f"{name}.{node.name.value}"] = admitted or frozenset(
                    {"user"}
                )
                self.required[f"{name}.{node.name.value}"] = frozenset(
                    one.name.value
                    for one in node.arguments or ()
                    if one.type.kind == "non_null_type"
                )

    def has(self, coordinate: str) -> bool:
        """Whether there is such a field."""
        return coordinate in self._fields

    def admit(self, mode: str, coordinate: str) -> bool:
        """Whether a mode may touch a field."""
        return mode in self._fields[coordinate]


def _named(directives: object) -> frozenset[str]:
    return frozenset(
        DIRECTIVES[one.name.value]
        for one in directives or ()
        if one.name.value in DIRECTIVES
    )


def may_start(case: Case, modes: Modes, asked: Listening) -> bool:
    """Whether the subscription is accepted."""
    coordinate = f"Subscription.{asked.field}"
    if not modes.has(coordinate):
        return False
    given = {name for name, value in asked.arguments.items() if value is not None}
    if not modes.required[coordinate] <= given:
        return False
    if not modes.admit(asked.mode, coordinate):
        return False
    if not _permitted(case, asked) or _filter(case, asked) is None:
        return False
    return _within_limits(_filter(case, asked) or {})


def delivered(case: Case, asked: Listening, event: Mapping[str, object]) -> bool:
    """Whether an accepted subscription is told of an event."""
    wanted = _filter(case, asked)
    if wanted:
        return _holds(wanted, event)
    compared = {k: v for k, v in asked.arguments.items() if k != "filter"}
    return all(_equal(event.get(name), value) for name, value in compared.items())


def shown(
    modes: Modes, asked: Listening, event: Mapping[str, object]
) -> tuple[object, bool]:
    """Return the data of the payload, and whether it has errors."""
    told: dict[str, object] = {}
    errors = False
    for key, name in asked.selection:
        value = event.get(name) if modes.admit(asked.mode, f"Note.{name}") else None
        errors |= not modes.admit(asked.mode, f"Note.{name}")
        if value is None and name in {"id", "title"}:
            return {asked.key: None}, True
        told[key] = value
    return {asked.key: told}, errors


def _permitted(case: Case, asked: Listening) -> bool:
    """Whether the IAM policy names the field: a pool role's names what rules do."""
    named = {"signedin_iam": {"private", "public"}, "guest": {"public"}}
    if asked.role not in named:
        return True
    rules = [rule for rule in case.rules if rule.listens and rule.provider == "iam"]
    allowing = {rule.allow for rule in rules}
    return asked.field != "onNote" and not allowing.isdisjoint(named[asked.role])


def _filter(case: Case, asked: Listening) -> dict[str, object] | None:
    """Return the filter on events, {} where there is none; None: it is refused."""
    own = asked.arguments.get("filter") or {}
    if asked.field == "onNote" or case.level == "public":
        return own
    return _first(case, asked) if case.transformer == "v1" else _second(case, asked)


def _first(case: Case, asked: Listening) -> dict[str, object] | None:
    """v1: only owners' arguments and static groups are looked at."""
    rules = [rule for rule in case.rules if rule.listens]
    owners = [rule for rule in rules if rule.allow == "owner"]
    static = [rule for rule in rules if rule.groups]
    private = any(rule.allow == "private" and not rule.provider for rule in rules)
    if asked.mode != "user" or private or not (owners or static):
        return {}
    if any(set(rule.groups) & set(asked.groups) for rule in static):
        return {}
    named = [asked.arguments.get(rule.field) for rule in owners]
    return {} if asked.name in named else None


def _second(case: Case, asked: Listening) -> dict[str, object] | None:
    """v2: denied, unless a rule says otherwise; owners and groups filter events."""
    own = asked.arguments.get("filter") or {}
    if asked.role == "fn":
        return own if case.rules else None
    rules = [rule for rule in case.rules if rule.listens]
    if asked.mode == "key":
        public = any(rule.allow == "public" and not rule.provider for rule in rules)
        return own if public else None
    if asked.mode == "iam":
        wanted = "private" if asked.role == "signedin_iam" else "public"
        return own if any(r.allow == wanted and r.provider for r in rules) else None
    is_free = any(
        (rule.allow == "private" and not rule.provider)
        or set(rule.groups) & set(asked.groups)
        for rule in rules
    )
    by_argument = False
    tests: list[dict[str, object]] = []
    for rule in rules:
        if rule.allow != "owner":
            continue
        tests.append(
            {rule.field: {"contains" if rule.field == "editors" else "eq": asked.name}}
        )
        named = asked.arguments.get(rule.field)
        if rule.field != "editors" and named and not is_free and not by_argument:
            if named not in {asked.name, asked.sub, f"{asked.sub}::{asked.name}"}:
                return None
            by_argument = True
    for rule in rules:
        if rule.allow == "groups" and rule.field and asked.groups:
            test = "in" if rule.field == "team" else "containsAny"
            tests.append({rule.field: {test: list(asked.groups)}})
    if is_free or (by_argument and len(tests) == 1 and not own):
        return own
    if not tests:
        return None
    return {"and": [{"or": tests}, own]} if own else {"or": tests}


def _within_limits(wanted: dict[str, object]) -> bool:
    count = 0
    for branch in _branches(wanted):
        size = 1
        for _, operator, value in branch:
            if operator in {"in", "notIn"} and len(value) > 5:
                return False
            if operator == "containsAny" and len(value) > 20:
                return False
            size *= len(value) or 1 if operator == "in" else 1
        count += size
        if len({name for name, _, _ in branch}) > 5:
            return False
    return count <= 10


def _branches(wanted: object) -> Iterator[list[tuple[str, str, object]]]:
    choices = []
    for name, inner in wanted.items():
        if name == "and":
            parts = product(*(list(_branches(one)) for one in inner))
            choices.append([[c for part in one for c in part] for one in parts])
        elif name == "or":
            choices.append([branch for one in inner for branch in _branches(one)])
        else:
            choices.append([[(name, test, value)] for test, value in inner.items()])
    for picked in product(*choices):
        yield [condition for branch in picked for condition in branch]


def _holds(wanted: object, event: Mapping[str, object]) -> bool:
    """Names must all hold, the tests of one name are alternatives."""
    for name, inner in wanted.items():
        if name == "and":
            holds = all(_holds(one, event) for one in inner)
        elif name == "or":
            holds = any(_holds(one, event) for one in inner)
        else:
            holds = any(
                _test(event.get(name), test, value) for test, value in inner.items()
            )
        if not holds:
            return False
    return True


def _test(found: object, test: str, value: object) -> bool:
    if test == "ne":
        return not _equal(found, value)
    if test == "notIn":
        return not any(_equal(found, one) for one in value)
    if test == "notContains":
        return found is None or not _test(found, "contains", value)
    if found is None:
        return False
    if test == "eq":
        return _equal(found, value)
    if test == "in":
        return any(_equal(found, one) for one in value)
    if test == "contains":
        return value in found
    if test == "containsAny":
        return any(one in found for one in value)
    if test == "beginsWith":
        return found.startswith(value)
    if test == "between":
        return value[0] <= found <= value[1]
    if test == "lt":
        return found < value
    if test == "le":
        return found <= value
    if test == "gt":
        return found > value
    assert test == "ge"
    return found >= value


def _equal(first: object, second: object) -> bool:
    """Equal, and of one kind: a truth is no number, a text neither."""
    return first == second and isinstance(first, bool) is isinstance(second, bool)
