"""v1: an operation that no rule names is open to everybody of the default mode.

Source: Amplify legacy documentation, "authorization"; amplify-cli issue 6255 (P20).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation, Transformer
from amplikit.blueprint.operation_kinds import RULE_OPERATION_OF
from amplikit.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, Model
    from amplikit.blueprint.config import Config

# v1 guards the other operations by the rules that name reading.
_ASKED = frozenset(
    {
        RuleOperation.CREATE,
        RuleOperation.UPDATE,
        RuleOperation.DELETE,
        RuleOperation.GET,
        RuleOperation.LIST,
    }
)


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a model that has rules and leaves an operation without."""
    del config
    if api.transformer is not Transformer.V1:
        return
    for model in api.models:
        open_fields = tuple(_open_fields(model))
        if model.rules and open_fields:
            yield Problem(
                code="operation-open",
                message=(
                    f"No rule of '{model.name}' names {', '.join(open_fields)}: every "
                    f"caller of the default mode ({api.auth.default.value}) may call "
                    "it."
                ),
                hint=(
                    "Name the operation in a rule: in transformer v1 'operations' says "
                    "what a rule protects."
                ),
                where=model.where,
                severity="warning",
            )


def _open_fields(model: Model) -> Iterator[str]:
    for operation in model.operations:
        asked = RULE_OPERATION_OF[operation.kind]
        rules = model.rules or ()
        if asked in _ASKED and not any(asked in rule.operations for rule in rules):
            yield f"'{operation.field}'"
