"""v1: an operation that no rule names is open to everybody of the default mode.

Source: Amplify legacy documentation, "authorization"; amplify-cli issue 6255 (P20).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation, Transformer
from amplikit.blueprint.operation_kinds import RULE_OPERATION_OF
from amplikit.errors import Problem
from amplikit.inspect.written import written_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, Model
    from amplikit.blueprint.config import Config


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a model that has rules and leaves an operation without."""
    del config
    if api.transformer is not Transformer.V1:
        return
    for model in written_models(api):
        named = frozenset(
            operation for rule in model.rules or () for operation in rule.operations
        )
        unnamed = {
            field: operation
            for field, operation in _root_fields(model)
            if operation not in named
        }
        if model.rules and unnamed:
            words = dict.fromkeys(_word(operation) for operation in unnamed.values())
            yield Problem(
                code="operation-open",
                message=(
                    f"No rule of '{model.name}' names "
                    f"{', '.join(map(repr, unnamed))}: every caller of "
                    f"the default mode ({api.auth.default.value}) may call it."
                ),
                hint=(
                    "In transformer v1 'operations' says what a rule protects: add "
                    f"{', '.join(words)} to those of a rule, e.g. "
                    f"'{{ allow: owner, operations: [{', '.join(words)}] }}'."
                ),
                where=model.where,
                severity="warning",
            )


def _root_fields(model: Model) -> Iterator[tuple[str, RuleOperation]]:
    """Yield the generated fields that rules are asked for, with what they must name."""
    for operation in model.operations:
        needed = RULE_OPERATION_OF[operation.kind]
        if needed is RuleOperation.LISTEN and model.public_subscriptions:
            continue  # open, and the schema says so
        yield operation.field, needed
    for index in model.indexes:
        if index.query_field is not None:
            yield index.query_field, RuleOperation.LIST


def _word(operation: RuleOperation) -> str:
    """Return the word of v1's ``operations``, which has one for all reads."""
    writes = {RuleOperation.CREATE, RuleOperation.UPDATE, RuleOperation.DELETE}
    return operation.value if operation in writes else "read"
