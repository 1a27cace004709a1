"""v2: ``public`` with IAM lets guests in, and signed-in callers not.

Source: amplify-category-api issues 1975 and 1087 (P26).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import Provider, Strategy, Transformer
from amplikit.errors import Problem
from amplikit.inspect.written import written_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api
    from amplikit.blueprint.config import Config

_IAM = frozenset({Provider.IAM, Provider.IDENTITY_POOL})


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a public IAM rule without its private twin."""
    del config
    if api.transformer is not Transformer.V2:
        return
    for model in written_models(api):
        rules = [rule for rule in model.rules or () if rule.provider in _IAM]
        private = {
            operation
            for rule in rules
            if rule.allow is Strategy.PRIVATE
            for operation in rule.operations
        }
        for rule in rules:
            if rule.allow is Strategy.PUBLIC and not rule.operations <= private:
                yield Problem(
                    code="public-iam-not-private",
                    message=(
                        f"'{rule.text}' lets guests of the identity pool in, but not "
                        "callers who have signed in."
                    ),
                    hint=(
                        "Add the same rule with 'allow: private' if signed-in callers "
                        "are meant, too."
                    ),
                    where=rule.where,
                    severity="warning",
                )
