"""``@aws_...`` on a model lets a mode through to the type, and to none of its items.

The rules of ``@auth`` decide who may call the operations; only for types that are no
models do the directives stand for themselves.
Source: amplify-cli issues 3064 and 4090 (P33).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.access_matrix import MODE_OF
from amplikit.blueprint.api import Transformer
from amplikit.blueprint.modes import AuthMode
from amplikit.errors import Problem
from amplikit.inspect.written import RULE_FOR, every_rule, written_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api
    from amplikit.blueprint.config import Config


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a model whose directives name a mode that no rule lets in."""
    beside = config.iam_access or config.admin_role_names
    for model in written_models(api):
        let_in = {MODE_OF[rule.provider] for rule in every_rule(model)}
        if beside and api.transformer is Transformer.V2:
            let_in.add(AuthMode.IAM)
        missing = [mode for mode in model.modes if mode not in let_in]
        if missing:
            yield Problem(
                code="aws-directive-on-model",
                message=(
                    f"'{model.name}' has a directive for {missing[0].value}, and no "
                    "@auth rule for that mode: its operations stay closed to it."
                ),
                hint=(
                    "Remove the directive, and add the rule that is meant: "
                    f"'{RULE_FOR[missing[0]]}'."
                ),
                where=model.where,
                severity="warning",
            )
