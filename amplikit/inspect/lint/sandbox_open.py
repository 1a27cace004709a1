"""v2: sandbox mode lets every holder of an API key do everything.

Source: Amplify documentation, "authorization": the global rule is for testing alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import Transformer
from amplikit.errors import Problem
from amplikit.inspect.written import written_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api
    from amplikit.blueprint.config import Config


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning for all models that the sandbox opens."""
    del config
    sandbox = api.flag("sandboxModeEnabled", default=False)
    if api.transformer is not Transformer.V2 or not sandbox:
        return
    opened = [model for model in written_models(api) if model.rules is None]
    if opened:
        names = ", ".join(f"'{model.name}'" for model in opened)
        yield Problem(
            code="sandbox-open",
            message=f"In sandbox mode every API key may do everything with {names}.",
            hint=(
                "Before it is deployed, remove 'globalAuthRule' (or the flag "
                "sandboxModeEnabled) and write '@auth(rules: [...])' on the models."
            ),
            where=opened[0].where,
            severity="warning",
        )
