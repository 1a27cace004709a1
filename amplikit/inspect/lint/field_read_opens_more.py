"""v2: ``read`` on one field lets its callers do every read of the model.

A field's rule has no other word. Whoever the model's rule gives ``get`` alone may then
list the items, or subscribe to them, and sees that field of each.
Source: the access control matrix of the v2 auth transformer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation, Transformer
from amplikit.blueprint.operation_kinds import READ_OPERATIONS, RULE_OPERATION_OF
from amplikit.errors import Problem
from amplikit.inspect.written import callers, listens, written_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, AuthRule, Model
    from amplikit.blueprint.config import Config


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a field's rule that opens what its model's rule does not."""
    del config
    if api.transformer is not Transformer.V2:
        return
    for model in written_models(api):
        for field in model.fields:
            for rule in field.rules or ():
                opened = _opened(model, rule, api)
                if opened:
                    yield Problem(
                        code="field-read-opens-more",
                        message=(
                            f"'{rule.text}' of '{model.name}.{field.name}' lets its "
                            f"callers {' and '.join(opened)}, which the rules of "
                            f"'{model.name}' do not."
                        ),
                        hint=(
                            "Remove 'read' from it, or write 'read' in the model's "
                            "rule, too, if it is meant."
                        ),
                        where=rule.where,
                        severity="warning",
                    )


def _opened(model: Model, rule: AuthRule, api: Api) -> list[str]:
    """Return the reads of a model that only the field's rule gives to its callers."""
    made = {RULE_OPERATION_OF[operation.kind] for operation in model.operations}
    if not listens(model):
        made.discard(RuleOperation.LISTEN)
    who = callers(rule, api)
    allowed = frozenset[RuleOperation]().union(
        *(
            known.operations
            for known in model.rules or ()
            if not who.isdisjoint(callers(known, api))
        )
    )
    if allowed.isdisjoint(READ_OPERATIONS):
        return []  # it is a field's rule that gives these callers anything to read
    return [
        operation.value
        for operation in READ_OPERATIONS
        if operation in rule.operations - allowed and operation in made
    ]
