"""``@aws_...`` on a model lets a mode through to the type, and to none of its items.

The rules of ``@auth`` decide who may call the operations; only for types that are no
models do the directives stand for themselves.
Source: amplify-cli issues 3064 and 4090 (P33).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.access_matrix import MODE_OF
from amplikit.blueprint.modes import AuthMode
from amplikit.errors import Problem
from amplikit.inspect.written import every_rule, written_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api
    from amplikit.blueprint.config import Config

_RULES = {
    AuthMode.API_KEY: "{ allow: public, provider: apiKey }",
    AuthMode.IAM: "{ allow: private, provider: iam }",
    AuthMode.USER_POOLS: "{ allow: private, provider: userPools }",
    AuthMode.OIDC: "{ allow: owner, provider: oidc }",
    AuthMode.LAMBDA: "{ allow: custom, provider: function }",
}


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a model whose directives name a mode that no rule lets in."""
    del config
    for model in written_models(api):
        ruled = {MODE_OF[rule.provider] for rule in every_rule(model)}
        missing = [mode for mode in model.modes if mode not in ruled]
        if missing:
            yield Problem(
                code="aws-directive-on-model",
                message=(
                    f"'{model.name}' has a directive for {missing[0].value}, and no "
                    "@auth rule for that mode: its operations stay closed to it."
                ),
                hint=(
                    "Remove the directive, and add the rule that is meant: "
                    f"'{_RULES[missing[0]]}'."
                ),
                where=model.where,
                severity="warning",
            )
