"""v1: an operation that no rule names is open to everybody of the default mode.

Source: Amplify legacy documentation, "authorization"; amplify-cli issue 6255 (P20).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import OperationKind, RuleOperation, Transformer
from amplikit.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, Model
    from amplikit.blueprint.config import Config

_ASKED_AS = {
    OperationKind.CREATE: RuleOperation.CREATE,
    OperationKind.UPDATE: RuleOperation.UPDATE,
    OperationKind.DELETE: RuleOperation.DELETE,
    OperationKind.GET: RuleOperation.GET,
    OperationKind.LIST: RuleOperation.LIST,
}


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
        asked = _ASKED_AS.get(operation.kind)
        rules = model.rules or ()
        if asked and not any(asked in rule.operations for rule in rules):
            yield f"'{operation.field}'"
