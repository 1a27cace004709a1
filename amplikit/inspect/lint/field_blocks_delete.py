"""v2: deleting an item needs ``delete`` on every field that has rules of its own.

Source: the delete resolver of the v2 templates; amplify-category-api issues 2651, 2742
and 2487 (P31).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import OperationKind, RuleOperation, Transformer
from amplikit.errors import Problem
from amplikit.inspect.written import callers, written_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, AuthRule, Field, Model
    from amplikit.blueprint.config import Config


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a field whose rules take the delete from a role that has it."""
    del config
    if api.transformer is not Transformer.V2:
        return
    for model in written_models(api):
        if not any(one.kind is OperationKind.DELETE for one in model.operations):
            continue
        for field in model.fields:
            rule, twin = _blocked(model, field, api)
            if rule is not None:
                place = f"{model.name}.{field.name}"
                yield Problem(
                    code="field-blocks-delete",
                    message=(
                        f"'{rule.text}' lets callers delete a '{model.name}', but the "
                        f"rules of '{place}' do not: they cannot delete any item."
                    ),
                    hint=(
                        f"Add 'delete' to the operations of '{twin.text}' on '{place}'."
                        if twin
                        else f"Repeat the rule on '{place}' with operations: [delete], "
                        "or remove 'delete' from it."
                    ),
                    where=twin.where if twin else field.where,
                    severity="warning",
                )


def _blocked(
    model: Model, field: Field, api: Api
) -> tuple[AuthRule | None, AuthRule | None]:
    """Return a rule that deletes in vain, and the field's rule for the same callers."""
    if field.rules is None:
        return None, None
    for rule in model.rules or ():
        if RuleOperation.DELETE not in rule.operations:
            continue
        for who in callers(rule, api):
            twin = next((one for one in field.rules if who in callers(one, api)), None)
            if twin is None or RuleOperation.DELETE not in twin.operations:
                return rule, twin
    return None, None
