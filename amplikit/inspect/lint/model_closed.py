"""v2: without a rule nobody comes in, and sandbox mode is off.

Source: Amplify documentation, "authorization": deny by default.
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
    """Yield one warning a model that no caller can use."""
    sandbox = api.flag("sandboxModeEnabled", default=False)
    beside = sandbox or config.iam_access or config.admin_role_names
    if api.transformer is not Transformer.V2 or beside:
        return
    for model in written_models(api):
        if not any(every_rule(model)):
            yield Problem(
                code="model-closed",
                message=f"'{model.name}' has no @auth rule: nobody may use it.",
                hint="Write '@auth(rules: [{ allow: owner }])' after its '@model'.",
                where=model.where,
                severity="warning",
            )
