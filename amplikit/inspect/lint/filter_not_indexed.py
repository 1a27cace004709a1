"""Items of a list are read first and filtered after: an index finds them at once.

Told of fields that a list is all but certain to be filtered by: those that hold the key
of another model, and a status that an enum names.
Source: flutter issue 5874, amplify-cli issue 449 (P02).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from amplikit.blueprint.api import OperationKind, Transformer
from amplikit.errors import Problem
from amplikit.inspect.written import written_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, Field, Model
    from amplikit.blueprint.config import Config

_KEY = re.compile(r"(?P<model>\w+?)(?:ID|Id|_id)")
_STATUS = frozenset({"status", "state"})
_KEY_TYPES = frozenset({"ID", "String"})


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a field that a list filter reads the whole table for."""
    del config
    models = {model.name.lower(): model.name for model in api.models}
    for model in written_models(api):
        lists = [one for one in model.operations if one.kind is OperationKind.LIST]
        found = set(_reached(model))
        for field in model.fields if lists else ():
            held = _held(field, models, api)
            if held and field.declared and field.name not in found:
                yield Problem(
                    code="filter-not-indexed",
                    message=(
                        f"'{model.name}.{field.name}' is {held}, and no index has "
                        f"it: a filter of '{lists[0].field}' drops items after "
                        "they are read, page by page."
                    ),
                    hint=_line(model, field, api.transformer),
                    where=field.where,
                    severity="warning",
                )


def _reached(model: Model) -> Iterator[str]:
    """Yield the fields that keys have, and those that lead on to another model."""
    yield from model.key
    for index in model.indexes:
        yield from index.fields
    for field in model.fields:
        if field.relation is not None:
            yield from (source for _, source in field.relation.keys)


def _held(field: Field, models: dict[str, str], api: Api) -> str | None:
    """Return what the field holds that lists are filtered by."""
    if field.type.is_list or field.relation is not None:
        return None
    if field.type.name in api.enums and field.name in _STATUS:
        return "a status"
    key = _KEY.fullmatch(field.name)
    name = models.get(key["model"].lower()) if key else None
    if name and field.type.name in _KEY_TYPES:
        return f"the key of a '{name}'"
    return None


def _line(model: Model, field: Field, transformer: Transformer) -> str:
    """Return the line that makes the index."""
    begin = field.name[:1].upper() + field.name[1:]
    name = f"by{begin}"
    query = f"{model.name[:1].lower()}{model.name[1:]}By{begin}"
    if transformer is Transformer.V2:
        return (
            f"Index it: '{field.name}: {field.type.text} @index(name: "
            f'"{name}", queryField: "{query}")\'.'
        )
    return (
        f'Index it: \'@key(name: "{name}", fields: ["{field.name}"], queryField: '
        f"\"{query}\")' on '{model.name}'."
    )
