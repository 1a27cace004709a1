"""``owner-may-reassign``, ``owner-may-be-spoofed``: the owner field gets its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import OperationKind, RuleOperation, Strategy
from amplikit.blueprint.owner_field import kept_owner, reads_partly
from amplikit.compiler.document import find_directive, find_field
from amplikit.compiler.mend.mend import Mend, operation_fields, rule_at
from amplikit.compiler.rewrite.edits import after, replacing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amplikit.blueprint.api import Api, Model
    from amplikit.compiler.document import Document
    from amplikit.compiler.rewrite.edits import Edit
    from amplikit.errors import Problem

__all__ = ["not_reassigned", "not_spoofed"]

_WRITES = (OperationKind.CREATE, OperationKind.UPDATE)


def not_reassigned(_problem: Problem, document: Document, api: Api) -> Mend | None:
    """Return the mend of every model whose owners may give an item away."""
    return _mend(
        [
            (model, name)
            for model in api.models
            if model.name in document.models
            for name in _owner_fields(model)
            if _given_away(model, name)
        ],
        document,
    )


def not_spoofed(problem: Problem, document: Document, api: Api) -> Mend | None:
    """Return the mend of the model whose rule, or whose field's, stands there."""
    found = rule_at(document, problem.where)
    model = api.model(found[0].type_name) if found else None
    if model is None:
        return None
    return _mend([(model, name) for name in _owner_fields(model)], document)


def _owner_fields(model: Model) -> Iterator[str]:
    """Yield the declared fields that name one owner; a list is there to be shared.

    What the transformer adds is in no input, so that nobody writes it.
    """
    rules = (rule for rule in model.rules or () if rule.allow is Strategy.OWNER)
    for name in dict.fromkeys(rule.owner_field for rule in rules):
        field = model.field(name)
        if field is not None and field.declared and not field.type.is_list:
            yield name


def _given_away(model: Model, name: str) -> bool:
    field = model.field(name)
    own = field.rules if field else None
    rules = own if own is not None else model.rules or ()
    return any(
        rule.allow is Strategy.OWNER
        and rule.owner_field == name
        and RuleOperation.UPDATE in rule.operations
        for rule in rules
    )


def _mend(places: Iterable[tuple[Model, str]], document: Document) -> Mend | None:
    edits: list[Edit] = []
    named: list[str] = []
    access: set[str] = set()
    unseen = False
    for model, name in places:
        edit = _edit(model, name, document)
        if edit is None:
            continue
        edits.append(edit)
        named.append(f"'{model.name}.{name}'")
        place = f"types/{model.name}/fields/{name}"  # of the identity pool's policies
        access |= {f"{model.name}.{name}", place, *operation_fields(model, _WRITES)}
        unseen = unseen or any(reads_partly(rule) for rule in model.rules or ())
    if not edits:
        return None
    hidden = " Rules that allow some reads alone no longer read it." if unseen else ""
    return Mend(
        tuple(edits),
        f"{', '.join(named)}: owners no longer update it, and nobody else but groups "
        f"and custom rules writes it.{hidden}",
        frozenset(access),
    )


def _edit(model: Model, name: str, document: Document) -> Edit | None:
    directive = kept_owner(model, name)
    field = find_field(document.models[model.name], name)
    if field is None:
        return None
    written = find_directive(field, "auth")
    return replacing(written, directive) if written else after(field.type, directive)
