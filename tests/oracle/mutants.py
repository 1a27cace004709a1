"""Resolvers with one field of one grant, or of what asks the grants, set otherwise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operations import (
    Authorize,
    FieldGuard,
    GroupIs,
    GroupText,
    Outcome,
    OwnerIs,
    RequireAuth,
    When,
    Who,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amplikit.blueprint.api import Api
    from amplikit.blueprint.operations import Function, Grant, Operation, Resolver

__all__ = ["Mutant", "mutants"]

OTHER_GROUP = "Others"
OTHER_ROLE = "profileFn"
OTHER_OWNER = "bob"


@dataclass(frozen=True)
class Mutant:
    """A resolver in which one thing is not as planned.

    ``field`` is dotted (``grant.item.claims``); ``authorize`` and ``grant`` are what it
    was before, ``operation`` is what has become of it (None: left out). ``key`` and
    ``fields`` are the model's, ``indexed`` the fields of all its keys.
    """

    resolver: Resolver
    field: str
    value: object
    operation: Operation | None
    before: Operation
    grant: Grant | None = None
    key: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    indexed: frozenset[str] = frozenset()

    def __str__(self) -> str:
        whose = "" if self.grant is None else f" of {self.grant.text}"
        asked = (
            f" ({self.before.operation})" if isinstance(self.before, Authorize) else ""
        )
        return f"{self.resolver.coordinate}{asked}: {self.field}{whose} = {self.value}"


@dataclass(frozen=True)
class _Change:
    field: str
    value: object
    operation: Operation | None
    grant: Grant | None = None


def mutants(planned: Resolver, api: Api) -> Iterator[Mutant]:
    """Return every resolver that differs in one such field."""
    names = _Names(api)
    for number, function in enumerate(planned.functions):
        for part in ("before", "after"):
            operations = function.before if part == "before" else function.after
            for place, operation in enumerate(operations):
                for change in _changes(operation, names):
                    changed = (
                        *operations[:place],
                        *([] if change.operation is None else [change.operation]),
                        *operations[place + 1 :],
                    )
                    whole = (
                        replace(function, before=changed)
                        if part == "before"
                        else replace(function, after=changed)
                    )
                    yield Mutant(
                        _with_function(planned, number, whole),
                        change.field,
                        change.value,
                        change.operation,
                        operation,
                        change.grant,
                        names.key(operation),
                        names.of(operation),
                        names.indexed(operation),
                    )


def _with_function(planned: Resolver, number: int, function: Function) -> Resolver:
    before, after = planned.functions[:number], planned.functions[number + 1 :]
    return replace(planned, functions=(*before, function, *after))


class _Names:
    """Names that a field could hold by mistake: those of the schema, and another."""

    def __init__(self, api: Api) -> None:
        self.modes = api.auth.modes
        self._keys = {model.name: model.key for model in api.models}
        self._indexed = {
            model.name: frozenset(
                {*model.key, *(name for one in model.indexes for name in one.fields)}
            )
            for model in api.models
        }
        self._fields = {
            model.name: [one.name for one in model.fields if one.relation is None]
            for model in api.models
        }

    def key(self, operation: Operation) -> tuple[str, ...]:
        named = operation.model if isinstance(operation, Authorize) else ""
        return self._keys.get(named, ())

    def indexed(self, operation: Operation) -> frozenset[str]:
        named = operation.model if isinstance(operation, Authorize) else ""
        return self._indexed.get(named, frozenset())

    def of(self, operation: Operation) -> tuple[str, ...]:
        return tuple(
            self.fields(operation.model) if isinstance(operation, Authorize) else ()
        )

    def fields(self, model: str) -> list[str]:
        return self._fields.get(model, [])


def _changes(operation: Operation, names: _Names) -> Iterator[_Change]:
    match operation:
        case Authorize():
            for field, value in _of_authorize(operation, names):
                yield _Change(field, value, replace(operation, **{field: value}))
            for place, grant in enumerate(operation.grants):
                for field, value, changed in _of_grant(grant, operation, names):
                    grants = (
                        *operation.grants[:place],
                        *([] if changed is None else [changed]),
                        *operation.grants[place + 1 :],
                    )
                    mutated = replace(operation, grants=grants)
                    yield _Change(f"grant.{field}", value, mutated, grant)
        case RequireAuth():
            for name in ("sandbox", "iam_access"):
                value = not getattr(operation, name)
                yield _Change(name, value, replace(operation, **{name: value}))
            yield _Change("RequireAuth", "left out", None)
        case FieldGuard():
            yield _Change("FieldGuard", "left out", None)
        case _:
            return


def _of_authorize(operation: Authorize, names: _Names) -> Iterator[tuple[str, object]]:
    fields_of = names.fields(operation.model)
    yield from (("when", one) for one in When if one is not operation.when)
    # What is unmatched is let in or not, what is missing is refused or null.
    open_ = operation.unmatched is Outcome.ALLOW
    yield "unmatched", Outcome.DENY if open_ else Outcome.ALLOW
    null = operation.missing is Outcome.NULL
    yield "missing", Outcome.DENY if null else Outcome.NULL
    for one in _sets(operation.owner_arguments, fields_of):
        yield "owner_arguments", one
    for one in _tuples(operation.key, fields_of):
        yield "key", one
    yield "scans", not operation.scans
    yield "fill_when_static", not operation.fill_when_static
    yield "given_null", not operation.given_null
    yield from (("given", n) for n in (None, *fields_of) if n != operation.given)
    # A page of more items than the cap is a unit test's.
    yield "item_cap", 0


def _of_grant(
    grant: Grant, operation: Authorize, names: _Names
) -> Iterator[tuple[str, object, Grant | None]]:
    fields_of = names.fields(operation.model)
    yield "", "left out", None
    for field, value in _own(grant, names.modes, fields_of):
        yield field, value, replace(grant, **{field: value})
    for field, value, item in _of_item(grant.item, fields_of):
        yield f"item.{field}", value, replace(grant, item=item)


def _own(
    grant: Grant, modes: Iterable[AuthMode], fields_of: list[str]
) -> Iterator[tuple[str, object]]:
    yield from (("mode", one) for one in _other_modes(grant.mode, modes))
    yield from (("who", one) for one in Who if one is not grant.who)
    others = [OTHER_ROLE if grant.who is Who.ADMIN_ROLE else OTHER_GROUP]
    yield from (("names", one) for one in _tuples(grant.names, others))
    for claim in ("cognito:groups", "groups", "custom:groups"):
        if claim != grant.group_claim:
            yield "group_claim", claim
    yield from (("group_text", o) for o in GroupText if o is not grant.group_text)
    yield from (("fields", one) for one in _covers(grant.fields, fields_of))
    yield from (("null_fields", o) for o in _covers(grant.null_fields, fields_of))
    yield "fill", not grant.fill


def _other_modes(mode: AuthMode, modes: Iterable[AuthMode]) -> list[AuthMode]:
    return [one for one in modes if one is not mode] or [
        AuthMode.IAM if mode is not AuthMode.IAM else AuthMode.API_KEY
    ]


def _of_item(
    item: OwnerIs | GroupIs | None, fields_of: list[str]
) -> Iterator[tuple[str, object, OwnerIs | GroupIs | None]]:
    if item is None:
        # What has no item does not look at one, unless ``who`` says so.
        return
    yield "", None, None
    for name in fields_of:
        if name != item.attribute:
            yield "attribute", name, replace(item, attribute=name)
    for flag in ("is_list", "as_stored"):
        value = not getattr(item, flag)
        yield flag, value, replace(item, **{flag: value})
    match item:
        case OwnerIs():
            group = GroupIs(
                item.attribute, "cognito:groups", item.is_list, item.as_stored
            )
            yield "kind", "GroupIs", group
            for claims in _claims(item.claims):
                yield "claims", claims, replace(item, claims=claims)
            for text in (None, "___xamznone____", OTHER_OWNER):
                if text != item.missing_claim:
                    yield "missing_claim", text, replace(item, missing_claim=text)
        case GroupIs():
            claims = (("username", "cognito:username"),)
            owner = OwnerIs(item.attribute, claims, item.is_list, None, item.as_stored)
            yield "kind", "OwnerIs", owner
            for claim in ("cognito:groups", "groups", "custom:groups"):
                if claim != item.claim:
                    yield "claim", claim, replace(item, claim=claim)


def _claims(
    claims: tuple[tuple[str, ...], ...],
) -> Iterator[tuple[tuple[str, ...], ...]]:
    """Return claims less, more, exchanged, and in another order."""
    for place, alternatives in enumerate(claims):
        before, after = claims[:place], claims[place + 1 :]
        for one in _tuples(alternatives, ["sub", "email"]):
            if one:
                yield (*before, one, *after)
        if before or after:
            yield (*before, *after)
    yield (("sub",), *claims)
    yield (*claims, ("sub",))
    if len(claims) > 1:
        yield claims[::-1]


def _tuples(whole: tuple[str, ...], others: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Return it without each name, with another one instead and beside, reversed."""
    more = [one for one in others if one not in whole][:1]
    for place in range(len(whole)):
        yield (*whole[:place], *whole[place + 1 :])
        if more:
            yield (*whole[:place], *more, *whole[place + 1 :])
    if more:
        yield (*whole, *more)
    if len(whole) > 1:
        yield whole[::-1]


def _sets(whole: frozenset[str], others: Iterable[str]) -> Iterator[frozenset[str]]:
    yield from (whole - {one} for one in sorted(whole))
    yield from (whole | {one} for one in others if one not in whole)


def _covers(
    covered: frozenset[str] | None, fields_of: list[str]
) -> Iterator[frozenset[str] | None]:
    everything = frozenset(fields_of)
    if covered is None:
        yield frozenset()
        yield from (everything - {one} for one in fields_of)
        return
    yield None
    yield from _sets(covered, fields_of)
