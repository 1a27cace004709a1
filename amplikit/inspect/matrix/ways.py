"""How one check may let an identity in while nothing is known of the item.

Each way is a grant of the resolver's own ``Authorize`` operation; whether a grant holds
is asked of the very functions that the emulator asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from amplikit.blueprint.grants import (
    above_rules,
    dynamic_groups,
    holds_for_caller,
    owner_values,
)
from amplikit.blueprint.operations import GroupIs, Outcome, OwnerIs, When
from amplikit.inspect.matrix.cells import Cell, Layer, Rule, Verdict
from amplikit.inspect.who import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.operations import Authorize, Grant
    from amplikit.inspect.matrix.identities import Identity

__all__ = ["Asked", "Way", "cell_of", "ways"]

_DEFAULT_CLAIMS = {"sub", "username", "cognito:groups"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks; ``own``: for the item that the identity is about, not for another.

    ``inputs`` are the fields that a create's input may have, ``arguments`` what the
    operation takes.
    """

    identity: Identity
    own: bool = True
    inputs: frozenset[str] = frozenset()
    arguments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Way:
    """One way in; certain without a condition, and for all fields when they are None.

    ``grant`` None: nothing is checked (v1).
    """

    grant: Grant | None
    condition: str = ""
    fields: frozenset[str] | None = None

    def covers(self, field: str | None) -> bool:
        """Whether the field may be written; None asks about no field."""
        return field is None or self.fields is None or field in self.fields


def ways(check: Authorize, asked: Asked) -> tuple[Way, ...]:
    """Return the ways of a check that are open to an identity, the rules' order."""
    caller = asked.identity
    grants = [grant for grant in check.grants if grant.mode is caller.mode]
    if not grants and check.unmatched is Outcome.ALLOW:
        return (Way(None),)
    static = [grant for grant in grants if holds_for_caller(grant, caller)]
    beside = next((grant for grant in static if above_rules(grant)), None)
    if beside is not None:
        return (Way(beside),)
    return (
        *(Way(grant, fields=grant.fields) for grant in static),
        *(
            way
            for grant in grants
            if grant.item is not None
            for way in _by_item(check, grant, asked, by_static=bool(static))
        ),
    )


def _by_item(
    check: Authorize, grant: Grant, asked: Asked, *, by_static: bool
) -> Iterator[Way]:
    caller, item = asked.identity, grant.item
    match item:
        case OwnerIs():
            named = bool(owner_values(item, caller))
            sure = asked.own and caller.owns == item.attribute
            words = f"owner named in '{_place(check, item, asked)}'"
            claims = [parts[0] for parts in item.claims]
        case GroupIs():
            named = bool(dynamic_groups(grant, caller))
            sure = asked.own and caller.member_of == item.attribute
            words = f"group named in '{_place(check, item, asked)}'"
            claims = [item.claim]
        case None:
            return
        case _:
            assert_never(item)
    if not named or _unasked(check, item, asked):
        return
    if not {*claims} <= _DEFAULT_CLAIMS:
        words += f" (claim {'::'.join(claims)})"
    if check.when is When.INPUT and item.attribute not in asked.inputs:
        # Nobody can name an owner in it: the caller becomes the owner.
        if grant.fill and (check.fill_when_static or not by_static):
            yield Way(grant, fields=grant.fields)
        return
    yield Way(grant, "" if sure else words, grant.fields)


def _unasked(check: Authorize, item: OwnerIs | GroupIs, asked: Asked) -> bool:
    """Whether nobody can name the owner to whom v1's subscription is open."""
    listens = check.when is When.SUBSCRIBE and check.unmatched is Outcome.ALLOW
    return listens and item.attribute not in asked.arguments


def _place(check: Authorize, item: OwnerIs | GroupIs, asked: Asked) -> str:
    return item.attribute if asked.own else f"{check.model}.{item.attribute}"


def cell_of(check: Authorize, asked: Asked, field: str | None = None) -> Cell:
    """Return what a check says, of one field of the input or of the whole."""
    open_ways = [way for way in ways(check, asked) if way.covers(field)]
    certain = next((way for way in open_ways if not way.condition), None)
    if certain is not None:
        return _allowed(check, asked, certain)
    if open_ways:
        rules = dict.fromkeys(_rule(way.grant) for way in open_ways if way.grant)
        words = dict.fromkeys(way.condition for way in open_ways)
        return Cell(Verdict.DEPENDS, Layer.RULE, " or ".join(words), tuple(rules))
    return _denied(check, asked, field)


def _allowed(check: Authorize, asked: Asked, way: Way) -> Cell:
    grant = way.grant
    if grant is None:
        return Cell(
            Verdict.ALLOW,
            Layer.RULE,
            reason=f"No rule protects it against {asked.identity.mode.value}: "
            "transformer v1 lets every such caller in.",
        )
    if above_rules(grant):
        return Cell(
            Verdict.ALLOW,
            Layer.POLICY,
            rules=(_rule(grant),),
            reason="No @auth rule applies to this role, only its IAM policy.",
        )
    reason = ""
    if check.when is When.INPUT and grant.item is not None and grant.fill:
        reason = f"Left out, '{grant.item.attribute}' is filled in with the caller."
    elif grant.null_fields is not None:
        reason = "Setting a field to null needs 'delete' on it."
    return Cell(Verdict.ALLOW, Layer.RULE, rules=(_rule(grant),), reason=reason)


def _denied(check: Authorize, asked: Asked, field: str | None) -> Cell:
    mode = asked.identity.mode
    grants = [grant for grant in check.grants if grant.mode is mode]
    what = f"'{field}' in '{check.operation}'" if field else f"'{check.operation}'"
    short = next((p for p in check.partial if p.grant.mode is mode), None)
    if short is not None:
        names = ", ".join(f"'{name}'" for name in short.fields)
        reason = (
            f"{check.operation} needs every field, and the rules of {names} leave "
            "it out."
        )
        return _refusal((Rule(short.grant.text, short.where),), reason)
    covering = [
        g for g in grants if field is None or Way(g, "", g.fields).covers(field)
    ]
    who = dict.fromkeys(one for grant in covering for one in kinds(grant))
    if not who:
        reason = f"No rule of '{check.model}' allows {what} to {mode.value}."
        places = dict.fromkeys(_rule(grant) for grant in check.grants if grant.where)
        return _refusal(tuple(places)[:1], reason)
    reason = f"'{check.model}' allows {what} to {', '.join(who)} only."
    if check.when is When.EACH:
        reason += " The page comes back empty, without an error."
    rules = dict.fromkeys(_rule(grant) for grant in covering if not above_rules(grant))
    return _refusal(tuple(rules), reason)


def _refusal(rules: tuple[Rule, ...], reason: str) -> Cell:
    return Cell(Verdict.DENY, Layer.RULE, rules=rules, reason=reason)


def _rule(grant: Grant) -> Rule:
    return Rule(grant.text, grant.where)
