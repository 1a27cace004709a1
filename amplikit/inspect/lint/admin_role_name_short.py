"""v2: an admin role's name is looked for anywhere in the caller's ARN.

Source: the admin role loop of the v2 templates; amplify-category-api issue 544 (P24).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import Transformer
from amplikit.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api
    from amplikit.blueprint.config import Config

SHORTEST_NAME = 8
"""Ours: shorter ones, such as "dev" or "admin", stand in many ARNs by chance."""


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a name that is likely to match other roles."""
    if api.transformer is not Transformer.V2:
        return
    for name in config.admin_role_names:
        if len(name) < SHORTEST_NAME:
            yield Problem(
                code="admin-role-name-short",
                message=(
                    f"The admin role name '{name}' matches every caller whose ARN "
                    "contains it; no rule applies to them."
                ),
                hint="Write the whole name of the role.",
                severity="warning",
            )
