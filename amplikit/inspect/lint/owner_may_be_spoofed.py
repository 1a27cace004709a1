"""v2: whoever may create beside the owner rule may name any owner.

Source: the create resolver of the v2 templates, where a static rule lets the whole
input in before any owner is looked at (P15). Groups that the schema names are left
out: they are trusted by name, and create for others on purpose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation, Strategy, Transformer
from amplikit.blueprint.owner_field import kept_owner
from amplikit.errors import Problem
from amplikit.inspect.written import owner_rules, written_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, AuthRule, Model
    from amplikit.blueprint.config import Config

_ANYBODY = frozenset({Strategy.PRIVATE, Strategy.PUBLIC})


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning an owner field that strangers to the item may fill in."""
    del config
    if api.transformer is not Transformer.V2:
        return
    for model in written_models(api):
        for name in dict.fromkeys(rule.owner_field for rule in owner_rules(model)):
            rule = _stranger(model, name)
            if rule is not None:
                yield Problem(
                    code="owner-may-be-spoofed",
                    message=(
                        f"'{rule.text}' of '{model.name}' may create items in "
                        f"anybody's name: it may write '{name}'."
                    ),
                    hint=(
                        f"Give '{model.name}.{name}' rules of its own: "
                        f"'{kept_owner(model, name)}'."
                    ),
                    where=rule.where,
                    severity="warning",
                )


def _stranger(model: Model, name: str) -> AuthRule | None:
    """Return the first rule for everybody of a mode that may create with the field.

    A list of owners is for sharing: whoever creates is meant to fill it in. A field
    that the transformer has added is in no input.
    """
    field = model.field(name)
    if field is None or field.type.is_list or not field.declared:
        return None
    rules = field.rules if field.rules is not None else model.rules or ()
    return next(
        (
            rule
            for rule in rules
            if rule.allow in _ANYBODY and RuleOperation.CREATE in rule.operations
        ),
        None,
    )
