"""Rules of a parent do not protect its children: they are read by their own.

Told of children that everybody who is signed in, or nobody in particular, may read,
below a parent that is for owners alone.
Source: Amplify documentation, "authorization": related models are not protected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation, Strategy
from amplikit.errors import Problem
from amplikit.inspect.written import written_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, Model
    from amplikit.blueprint.config import Config

_ANYBODY = frozenset({Strategy.PRIVATE, Strategy.PUBLIC})
_READS = frozenset({RuleOperation.GET, RuleOperation.LIST})


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a list of children that are open below a closed parent."""
    del config
    for model in written_models(api):
        for field in model.fields:
            relation = field.relation
            child = api.model(relation.target) if relation else None
            if child is None or relation is None or not relation.many:
                continue
            if _readers(model) == {Strategy.OWNER} and _only_open(child):
                yield Problem(
                    code="child-open-through-parent",
                    message=(
                        f"A '{model.name}' is for its owner, but the '{child.name}' "
                        f"items of '{model.name}.{field.name}' are for everybody: "
                        "only their own rules protect them."
                    ),
                    hint=(
                        f"Give '{child.name}' the rule, too: "
                        "'@auth(rules: [{ allow: owner }])'."
                    ),
                    where=field.where,
                    severity="warning",
                )


def _readers(model: Model) -> set[Strategy]:
    return {rule.allow for rule in model.rules or () if rule.operations & _READS}


def _only_open(model: Model) -> bool:
    """Whether everybody reads it and no rule speaks of owners or groups."""
    allowed = {rule.allow for rule in model.rules or ()}
    return bool(allowed) and allowed <= _ANYBODY and bool(_readers(model))
