"""P14, P15: an input has named somebody else as the owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation, Transformer
from amplikit.blueprint.grants import holds_for_caller, holds_for_item
from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operations import Who
from amplikit.emulator.pitfalls.codes import pitfall
from amplikit.emulator.pitfalls.filters import quoted
from amplikit.emulator.pitfalls.owners import owner_fields, rules_without
from amplikit.identity.caller import UserPoolCaller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.pitfalls.facts import Written
    from amplikit.emulator.trace import Pitfall

__all__ = ["detect"]


def detect(written: Written, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for each owner field that names another than the caller.

    A role that stands above owners, such as a group of administrators, may do so.
    """
    if asked.served.owners.isdisjoint(written.given):
        return
    place = asked.place(written.path)
    caller, grants = asked.caller, written.rules.grants if written.rules else ()
    if place is None or caller.mode is AuthMode.IAM:
        return
    static = [grant for grant in grants if holds_for_caller(grant, caller)]
    if any(grant.who is not Who.ANY_OF_MODE for grant in static):
        return
    model = place.type.name
    if any(holds_for_item(grant, caller, written.item) for grant in grants):
        return
    for name in owner_fields(asked.served, model):
        if name not in written.given:
            continue
        given = written.given[name]
        if written.creates and given is not None and not _names(given, asked):
            yield pitfall(
                "owner-spoofed",
                written.path,
                f"The input names {quoted(given)} as '{name}', the caller is "
                f"{caller.label}: the item is theirs, and nobody has checked.",
                _remedy(asked, model, name, RuleOperation.CREATE),
            )
        elif not written.creates and not static:
            to = quoted(given) if given is not None else "nobody"
            yield pitfall(
                "owner-given-away",
                written.path,
                f"{caller.label} has written {to} into '{name}', and is no longer the "
                "owner of the item.",
                _remedy(asked, model, name, RuleOperation.UPDATE),
            )


def _names(given: object, asked: Asked) -> bool:
    caller = asked.caller
    if not isinstance(caller, UserPoolCaller):
        return False
    mine = {caller.username, caller.sub, f"{caller.sub}::{caller.username}"}
    return any(one in mine for one in (given if isinstance(given, list) else [given]))


def _remedy(asked: Asked, model: str, name: str, operation: RuleOperation) -> str:
    """Return rules for the field by which nobody writes to it.

    In v1 an operation is closed by naming somebody who may do it, in v2 by naming
    nobody.
    """
    if asked.blueprint.transformer is Transformer.V1:
        nobody = f'allow: groups, groups: ["nobody"], operations: [{operation}]'
        rules = f"@auth(rules: [{{ {nobody} }}])"
    else:
        writes = frozenset({operation, RuleOperation.UPDATE})
        rules = rules_without(asked.served, model, writes)
    type_ = asked.served.type_text(model, name)
    return f"Give the field rules of its own: {name}: {type_} {rules}"
