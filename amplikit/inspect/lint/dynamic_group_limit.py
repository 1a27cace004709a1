"""v2: a subscription filters by dynamic groups, and a filter holds only so many.

Source: Amplify documentation, "authorization": 5 groups for a field that holds one, 20
for a list; amplify-category-api issue 1350.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation, Transformer
from amplikit.errors import Problem
from amplikit.inspect.written import listens, written_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, Model
    from amplikit.blueprint.config import Config

_OF_ONE = 5
_OF_LIST = 20


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a rule whose callers may have more groups than that."""
    if api.transformer is not Transformer.V2:
        return
    for model in written_models(api):
        for rule in model.rules or () if listens(model) else ():
            limit = _limit(model, rule.groups_field)
            # A project that lists its groups has no others.
            few = config.groups and len(config.groups) <= limit
            if rule.groups_field is None or few:
                continue
            if RuleOperation.LISTEN in rule.operations:
                yield Problem(
                    code="dynamic-group-limit",
                    message=(
                        f"A caller in more than {limit} groups cannot subscribe to "
                        f"'{model.name}' by '{rule.text}'."
                    ),
                    hint=(
                        f"Keep callers in {limit} groups or fewer, or make "
                        f"'{rule.groups_field}' a list: '{rule.groups_field}: "
                        "[String]' holds 20."
                        if limit == _OF_ONE
                        else "Keep callers in 20 groups or fewer, or name the queries "
                        "instead of 'read': operations: [get, list]."
                    ),
                    where=rule.where,
                    severity="warning",
                )


def _limit(model: Model, groups_field: str | None) -> int:
    field = model.field(groups_field) if groups_field else None
    return _OF_LIST if field is not None and field.type.is_list else _OF_ONE
