"""Layer 3 of a cell: a resolver's checks, one after the other, as it has them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import chain
from typing import TYPE_CHECKING

from amplikit.blueprint.grants import passes_without_rules
from amplikit.blueprint.operations import (
    Authorize,
    CompositeKey,
    Defaults,
    FieldGuard,
    RequireAuth,
    When,
)
from amplikit.inspect.matrix.cells import Cell, Layer, Verdict, both
from amplikit.inspect.matrix.printed import Input
from amplikit.inspect.matrix.ways import Asked, cell_of

if TYPE_CHECKING:
    from amplikit.blueprint.operations import Operation, Resolver
    from amplikit.inspect.matrix.identities import Identity

__all__ = ["OPEN", "Checks", "checks_of"]

OPEN = Cell(
    Verdict.ALLOW,
    Layer.DIRECTIVE,
    reason="No rule is checked: every caller of an admitted mode comes in.",
)
_ROOTS = ("Query.", "Mutation.", "Subscription.")


@dataclass(frozen=True, slots=True)
class Added:
    """What a resolver puts into the input before its guard looks at the fields.

    ``joined`` are composite keys with their parts, of which one is enough.
    """

    names: frozenset[str] = frozenset()
    joined: tuple[tuple[str, frozenset[str]], ...] = ()

    def beside(self, names: frozenset[str]) -> frozenset[str]:
        """Return what is guarded together with these fields."""
        given = names | self.names
        return given | {attribute for attribute, parts in self.joined if parts & given}


@dataclass(frozen=True, slots=True)
class Checks:
    """What a resolver asks of a caller.

    ``of_fields`` are v1's, for inputs that hold a field; with ``guards`` the grants of
    ``whole`` say which fields may be given (v2).
    """

    whole: tuple[Authorize, ...] = ()
    of_fields: tuple[Authorize, ...] = ()
    guards: bool = False
    added: Added = field(default_factory=Added)
    required: RequireAuth | None = None
    given: Input = field(default_factory=Input)
    arguments: frozenset[str] = frozenset()
    root: bool = True

    def cell(self, identity: Identity) -> Cell:
        """Return what the rules say of the whole operation."""
        found = self._whole(identity)
        if found.verdict is Verdict.DENY or not self._by_field:
            return found
        refused = self._refused(identity)
        if refused is not None:
            return refused
        cells = {name: self._field(identity, name) for name in self.given.fields}
        return _joined(found, cells, self.given.required)

    def field(self, identity: Identity, name: str) -> Cell:
        """Return what the rules say of an input that holds one field.

        It holds those, too, that must be given.
        """
        refused = self._refused(identity)
        if refused is not None:
            return refused
        required = sorted(self.given.required - {name})
        return reduce(both, (self._field(identity, one) for one in (name, *required)))

    def _refused(self, identity: Identity) -> Cell | None:
        """Return the refusal of a field without which there is no input."""
        for name in sorted(self.given.required | self.added.names):
            cell = self._field(identity, name)
            if cell.verdict is Verdict.DENY:
                reason = f"'{name}' is always given. {cell.reason}"
                return replace(cell, reason=reason)
        return None

    def _field(self, identity: Identity, name: str) -> Cell:
        if not self.guards:
            found = self._whole(identity)
        else:
            names = sorted(self.added.beside(frozenset({name})) - {name})
            found = reduce(both, (self._whole(identity, one) for one in (name, *names)))
        for check in self.of_fields:
            if check.given == name and not check.given_null:
                found = both(found, cell_of(check, self._asked(identity, check)))
        return found

    @property
    def _by_field(self) -> bool:
        return bool(self.given.fields) and (self.guards or bool(self.of_fields))

    def _whole(self, identity: Identity, name: str | None = None) -> Cell:
        if self.whole:
            cells = (
                cell_of(check, self._asked(identity, check), name)
                for check in self.whole
            )
            return reduce(both, cells)
        if self.required is None:
            return OPEN
        if passes_without_rules(self.required, identity):
            reason = "The model has no @auth; the configuration lets the caller in."
            return Cell(Verdict.ALLOW, Layer.RULE, reason=reason)
        reason = "The model has no @auth, which denies everybody in transformer v2."
        return Cell(Verdict.DENY, Layer.RULE, reason=reason)

    def _asked(self, identity: Identity, check: Authorize) -> Asked:
        # A relation leads to another item than the one that the identity is about.
        own = self.root or check.when is When.SOURCE
        inputs = frozenset(self.given.fields)
        return Asked(identity, own=own, inputs=inputs, arguments=self.arguments)


def checks_of(
    resolver: Resolver | None, given: Input | None, arguments: frozenset[str]
) -> Checks:
    """Return the checks of a resolver, or none where there is no resolver."""
    if resolver is None:
        return Checks()
    operations = list(
        chain.from_iterable((*one.before, *one.after) for one in resolver.functions)
    )
    authorize = [one for one in operations if isinstance(one, Authorize)]
    return Checks(
        whole=tuple(one for one in authorize if one.given is None),
        of_fields=tuple(one for one in authorize if one.given is not None),
        guards=any(isinstance(one, FieldGuard) for one in operations),
        added=_added(operations),
        required=next((o for o in operations if isinstance(o, RequireAuth)), None),
        given=given or Input(),
        arguments=arguments,
        root=resolver.coordinate.startswith(_ROOTS),
    )


def _added(operations: list[Operation]) -> Added:
    names: set[str] = set()
    joined: list[tuple[str, frozenset[str]]] = []
    stashed: set[str] = set()
    for one in operations:
        match one:
            case FieldGuard():
                break
            case Defaults(values, to):
                (stashed if to == "stash" else names).update(name for name, _ in values)
            case CompositeKey(attribute, parts):
                known = stashed if one.sees_defaults else set()
                made = not known.isdisjoint(parts)
                joined.append((attribute, frozenset() if made else frozenset(parts)))
                if made:
                    names.add(attribute)
            case _:
                continue
    return Added(frozenset(names), tuple(joined))


def _joined(whole: Cell, cells: dict[str, Cell], required: frozenset[str]) -> Cell:
    """Return the cell of an input of which some fields may be given, or not by all."""
    free = {name: one for name, one in cells.items() if name not in required}
    found = reduce(both, (cells[name] for name in sorted(required)), whole)
    kept = {n: one for n, one in free.items() if one.verdict is not Verdict.DENY}
    harder = {n: one for n, one in kept.items() if both(found, one) != found}
    words = [found.condition] if found.condition else []
    rules = dict.fromkeys(found.rules)
    if len(kept) < len(free):
        given = [name for name in cells if name in kept or name in required]
        refused = [name for name in free if name not in kept]
        short = bool(kept) and len(refused) <= len(given)
        listed = refused if short else given
        names = ", ".join(listed)
        words.append(f"every field but {names}" if short else f"only fields {names}")
        rules |= dict.fromkeys(cells[refused[0]].rules)
    by_condition: dict[str, list[str]] = {}
    for name, one in harder.items():
        by_condition.setdefault(one.condition, []).append(name)
        rules |= dict.fromkeys(one.rules)
    words += [f"{', '.join(names)} if {text}" for text, names in by_condition.items()]
    if not words:
        return found
    return Cell(
        Verdict.DEPENDS, Layer.RULE, "; ".join(words), tuple(rules), found.reason
    )
