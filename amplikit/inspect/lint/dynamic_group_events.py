"""v1: a subscription asks for no group that an item names, and sends every event.

Source: the subscription resolvers of the v1 templates; amplify-cli issue 9568,
amplify-category-api issue 1350.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation, Transformer
from amplikit.errors import Problem
from amplikit.inspect.written import listens, written_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api
    from amplikit.blueprint.config import Config


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a model that dynamic groups alone may read."""
    del config
    if api.transformer is not Transformer.V1:
        return
    for model in written_models(api):
        rules = [
            rule
            for rule in model.rules or ()
            if RuleOperation.LISTEN in rule.operations
        ]
        if rules and listens(model) and all(rule.groups_field for rule in rules):
            yield Problem(
                code="dynamic-group-events",
                message=(
                    f"Every caller of the rule's mode gets the events of all items of "
                    f"'{model.name}': in transformer v1 subscriptions do not look at "
                    f"'{rules[0].groups_field}'."
                ),
                hint="Switch them off: '@model(subscriptions: null)'.",
                where=rules[0].where,
                severity="warning",
            )
