"""A rule for a group that the project's user pool has not: the name is compared as is.

Told only where the project lists its groups (``groups`` in identities.toml).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import Provider
from amplikit.errors import Problem, did_you_mean
from amplikit.inspect.written import every_rule, written_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api
    from amplikit.blueprint.config import Config


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a group that nobody can be in."""
    if not config.groups:
        return
    for model in written_models(api):
        for rule in every_rule(model):
            for group in rule.groups:
                own = rule.group_claim == "cognito:groups"
                if rule.provider is not Provider.USER_POOLS or not own:
                    continue
                if group not in config.groups:
                    near = did_you_mean(group, config.groups)
                    yield Problem(
                        code="group-not-in-pool",
                        message=(
                            f"'{rule.text}' of '{model.name}' is for the group "
                            f"'{group}', which the user pool has not."
                        ),
                        hint=(
                            near.strip()
                            or f"Add \"{group}\" to 'groups' in amplify-config/"
                            "identities.toml."
                        ),
                        where=rule.where,
                        severity="warning",
                    )
