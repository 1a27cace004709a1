"""v1: a model without a rule is open to every caller of the default mode.

Told where other models have rules, so that this one may have been forgotten.
Source: Amplify legacy documentation, "authorization".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import Transformer
from amplikit.errors import Problem
from amplikit.inspect.written import every_rule, written_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api
    from amplikit.blueprint.config import Config


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a model without rules beside models that have some."""
    del config
    models = tuple(written_models(api))
    ruled = any(model.rules for model in models)
    if api.transformer is not Transformer.V1 or not ruled:
        return
    for model in models:
        if not any(every_rule(model)):
            yield Problem(
                code="model-open",
                message=(
                    f"'{model.name}' has no @auth rule: every caller of the default "
                    f"mode ({api.auth.default.value}) may do everything with it."
                ),
                hint="Write '@auth(rules: [{ allow: owner }])' after its '@model'.",
                where=model.where,
                severity="warning",
            )
