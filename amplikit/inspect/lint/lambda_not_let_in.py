"""v2: ``private`` with IAM means the identity pool's signed-in role, not a Lambda's.

Source: amplify-category-api issue 100, amplify-cli issue 9100 (P22).
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


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a rule that the project's functions will not pass."""
    shut_out = sorted(
        {
            function.role
            for function in config.functions
            if not any(name in function.role for name in config.admin_role_names)
        }
    )
    if api.transformer is not Transformer.V2 or config.iam_access or not shut_out:
        return
    roles = ", ".join(f"'{role}'" for role in shut_out)
    for model in written_models(api):
        for rule in model.rules or ():
            if rule.allow is Strategy.PRIVATE and rule.provider is Provider.IAM:
                yield Problem(
                    code="lambda-not-let-in",
                    message=(
                        f"In transformer v2 this rule of '{model.name}' is for the "
                        "identity pool's signed-in role only: the functions' roles "
                        f"({roles}) do not pass it."
                    ),
                    hint=(
                        "Add the roles to admin_role_names in amplify-config/"
                        "identities.toml, or set iam_access = true there."
                    ),
                    where=rule.where,
                    severity="warning",
                )
