"""The joining model of ``@manyToMany`` gets the rules of both sides.

Whoever one side lets in may do the same with every pair, whatever the other side says.
Source: Amplify documentation, "many-to-many relationship"; createJoinTableAuthDirective
of the relational transformer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.errors import Problem
from amplikit.inspect.written import is_join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, Model
    from amplikit.blueprint.config import Config


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a join of models that are not for the same callers."""
    del config
    for join in api.models:
        sides = [
            model
            for field in join.fields
            if is_join(join) and field.relation
            for model in (api.model(field.relation.target),)
            if model is not None
        ]
        if len({_rules(model) for model in sides}) > 1:
            names = " and ".join(f"'{model.name}'" for model in sides)
            yield Problem(
                code="join-opens-more",
                message=(
                    f"'{join.name}' has the rules of both {names}: whoever one of "
                    "them lets in may do the same with every pair."
                ),
                hint=(
                    f"Give both the same rules, or declare 'type {join.name} @model "
                    "@auth(rules: [...])' yourself, with a @hasMany for each side."
                ),
                where=join.where,
                severity="warning",
            )


def _rules(model: Model) -> frozenset[str]:
    return frozenset(rule.text for rule in model.rules or ())
