"""An owner field in the primary key: what is stored there is not what callers send.

Amplify says that ``ownerField: "id"`` is not supported: the id that is made for a new
item would have to be the caller's.
Source: Amplify documentation, "authorization"; amplify-category-api issue 809.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.errors import Problem
from amplikit.inspect.written import owner_rules, written_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api
    from amplikit.blueprint.config import Config


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning an owner rule whose field is part of the key."""
    del config
    for model in written_models(api):
        for rule in owner_rules(model):
            name = rule.owner_field
            if name not in model.key:
                continue
            made = name == "id"
            yield Problem(
                code="owner-is-key",
                message=(
                    f"The owner of a '{model.name}' is its 'id', which is made up for "
                    "a new item: who creates one does not own it."
                    if made
                    else f"The owner field '{name}' is in the primary key of "
                    f"'{model.name}': an owner can never change, and 'get' asks for "
                    "the text as it is stored."
                ),
                hint=(
                    "Leave the key to 'id: ID!', and give the owner a field of its "
                    "own: 'owner: String'."
                ),
                where=rule.where,
                severity="warning",
            )
