"""An API key that ends within the week: its callers get 401 from one day to the next.

Source: AppSync keys live 7 days unless something else is said, and 365 at most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.modes import AuthMode
from amplikit.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api
    from amplikit.blueprint.config import Config

SHORTEST_DAYS = 7
"""AppSync's own default, which is what a key has that nobody thought about."""


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a key that is made to end sooner than by default."""
    if AuthMode.API_KEY not in api.auth.modes:
        return
    for key in config.api_keys:
        if key.expires_days < SHORTEST_DAYS:
            yield Problem(
                code="api-key-expires-soon",
                message=(
                    f"The API key '{key.name}' ends {key.expires_days} days after it "
                    "is made: its callers are then refused."
                ),
                hint="Write 'expires_days = 365' in amplify-config/api-keys.toml.",
                severity="warning",
            )
