"""A related item may be gone or out of reach, and a required field cannot say so.

Null for it makes the item around it null, with everything that it holds.
Source: amplify-data issue 463, amplify-cli issue 1889 (P36).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import OperationKind
from amplikit.errors import Problem
from amplikit.inspect.written import written_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, Field, Model
    from amplikit.blueprint.config import Config


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a required field whose other end can vanish."""
    del config
    for model in written_models(api):
        for field in model.fields:
            target = api.model(field.relation.target) if field.relation else None
            if target is None or not field.type.required or field.type.is_list:
                continue
            reason = _reason(model, target)
            if reason is not None:
                yield _problem(model, field, reason)


def _problem(model: Model, field: Field, reason: str) -> Problem:
    place = f"{model.name}.{field.name}"
    return Problem(
        code="relation-required",
        message=(
            f"'{place}' is required, and {reason}: the whole '{model.name}' is then "
            "null, with an error."
        ),
        hint=f"Make it optional: '{field.name}: {field.type.text.rstrip('!')}'.",
        where=field.where,
        severity="warning",
    )


def _reason(model: Model, target: Model) -> str | None:
    """Return why the field can be null although its key is stored."""
    deletes = [one for one in target.operations if one.kind is OperationKind.DELETE]
    if deletes:
        return f"'{deletes[0].field}' can take its '{target.name}' away"
    if target.rules is not None and _texts(target) != _texts(model):
        return f"not everybody who reads a '{model.name}' reads a '{target.name}'"
    return None


def _texts(model: Model) -> frozenset[str]:
    return frozenset(rule.text for rule in model.rules or ())
