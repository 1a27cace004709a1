"""A rule without ``provider`` takes the strategy's, whatever the API's default mode.

Told where the default mode would have been possible, so that it may have been meant.
Source: getAuthDirectiveRules of both auth transformers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import Strategy, Transformer
from amplikit.blueprint.modes import AuthMode
from amplikit.errors import Problem
from amplikit.inspect.written import every_rule, written_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api
    from amplikit.blueprint.config import Config

_POSSIBLE = {
    (Strategy.OWNER, AuthMode.OIDC): "oidc",
    (Strategy.GROUPS, AuthMode.OIDC): "oidc",
    (Strategy.PRIVATE, AuthMode.OIDC): "oidc",
    (Strategy.PRIVATE, AuthMode.IAM): "iam",
    (Strategy.PUBLIC, AuthMode.IAM): "iam",
}


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a rule that is for another mode than the API's default."""
    del config
    for model in written_models(api):
        for rule in every_rule(model):
            possible = _POSSIBLE.get((rule.allow, api.auth.default))
            first = api.transformer is Transformer.V1
            if first and rule.allow is Strategy.PRIVATE and possible == "oidc":
                possible = None
            if possible is None or rule.provider_written:
                continue
            yield Problem(
                code="provider-from-strategy",
                message=(
                    f"'{rule.text}' of '{model.name}' names no provider and is for "
                    f"'{rule.provider}', not for the API's default mode "
                    f"({api.auth.default.value})."
                ),
                hint=(
                    f"Write 'provider: {rule.provider}' if it is meant, else "
                    f"'provider: {possible}'."
                ),
                where=rule.where,
                severity="warning",
            )
