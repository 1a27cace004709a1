"""v2: ``read`` is listening, too: every event of a model, to whoever may read it.

Told of rules that let in callers without a name, where a stream of all events is
seldom meant.
Source: the v2 auth transformer, which writes ``read`` out as get, list, search, sync
and listen (P28).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import (
    RuleOperation,
    Strategy,
    Transformer,
)
from amplikit.blueprint.operation_kinds import (
    MUTATION_OF,
    READ_OPERATIONS,
)
from amplikit.blueprint.reads import without_listening
from amplikit.errors import Problem
from amplikit.inspect.written import listens, written_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, AuthRule
    from amplikit.blueprint.config import Config


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a public rule with ``read`` while subscriptions are on."""
    del config
    if api.transformer is not Transformer.V2:
        return
    for model in written_models(api):
        for rule in model.rules or () if listens(model) else ():
            if rule.allow is Strategy.PUBLIC and _says_read(rule):
                fields = ", ".join(
                    f"'{operation.field}'"
                    for operation in model.operations
                    if operation.kind in MUTATION_OF
                )
                yield Problem(
                    code="read-includes-listen",
                    message=(
                        f"'{rule.text}' of '{model.name}' lets everybody who is not "
                        f"signed in subscribe to all of its events ({fields})."
                    ),
                    hint=(
                        "Name the queries instead of 'read': operations: "
                        f"{without_listening(rule, model)}."
                    ),
                    where=rule.where,
                    severity="warning",
                )


def _says_read(rule: AuthRule) -> bool:
    """Whether reading is all, or part, of what the rule is said to allow."""
    reads = frozenset(READ_OPERATIONS)
    return reads <= rule.operations < frozenset(RuleOperation)
