"""Fixes for fields of an input that the rules of an admitted caller do not cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.access_matrix import MODE_OF
from amplikit.blueprint.api import RuleOperation
from amplikit.blueprint.fixes import AddRule, Fix
from amplikit.inspect.fixes.by_rule import extended, own_place
from amplikit.inspect.fixes.rule_texts import (
    heads_for,
    operation_list,
    rule_head,
    rule_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.denials import ByField
    from amplikit.blueprint.grants import Subject
    from amplikit.inspect.fixes.targets import Situation

__all__ = ["for_input_fields"]


def for_input_fields(
    cause: ByField, caller: Subject, situation: Situation
) -> Iterator[Fix]:
    """Yield fixes for the first refused field; the others come in their turn.

    A rule of the field that is there comes first, then what lets the caller into the
    model, written on the field as well.
    """
    api, check = situation.api, cause.check
    if check is None:
        return
    name = cause.fields[0]
    empties = name in cause.nulls
    asked = RuleOperation.DELETE if empties else RuleOperation(check.operation)
    target = own_place(api, check.model, name, asked)
    place = f"{check.model}.{name}"
    for rule in target.rules:
        edit = extended(rule, target, api)
        if edit is not None and MODE_OF[rule.provider] is caller.mode:
            says = f"The rule {rule.text} of '{place}' allows {asked}, too."
            yield Fix(says, (edit,))
    if target.field is None:
        return
    words = operation_list([asked], api, on_field=True)
    theirs = [
        rule_head(one.rule)
        for one in check.written
        if one.field is None and MODE_OF[one.rule.provider] is caller.mode
    ]
    others = [head for _, head in heads_for(caller, api)]
    for head in dict.fromkeys([*theirs, *others]):
        text = rule_text(head, words)
        more = AddRule(check.model, name, text)
        yield Fix(f"'{place}' gets the rule {text}.", (more,))
