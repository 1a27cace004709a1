"""Which fields of a model nobody wrote, and where they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import Strategy, Transformer
from amplikit.compiler.directives.model import timestamp_names
from amplikit.compiler.document import fields_of, find_directive
from amplikit.compiler.sync import SYNC_FIELDS
from amplikit.compiler.use import DirectiveUse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Field, Model
    from amplikit.compiler.draft import Draft

__all__ = ["made_keys", "timestamps_of", "uses_of_index"]


def timestamps_of(draft: Draft, model: str) -> tuple[str, ...]:
    """Return the names of a model's timestamps, whether they are filled in or not."""
    node = draft.document.objects[model]
    directive = find_directive(node, "model")
    if directive is None:
        return ()
    where = draft.document.places.of(directive)
    use = DirectiveUse(directive, node, None, where, draft.document)
    return tuple(name for name in timestamp_names(use) if name)


def made_keys(draft: Draft, model: Model) -> Iterator[Field]:
    """Yield the keys of relations that were made up, not declared."""
    if draft.options.transformer is Transformer.V1:
        yield from (field for field in model.fields if field.hidden)
        return
    rules = [*(model.rules or ())]
    for field in model.fields:
        rules += field.rules or ()
    other = {"id", *timestamps_of(draft, model.name), *SYNC_FIELDS}
    other |= {rule.owner_field for rule in rules if rule.allow is Strategy.OWNER}
    for field in model.fields:
        if not field.declared and field.name not in other:
            yield field


def uses_of_index(draft: Draft, model: str) -> Iterator[str]:
    """Yield the fields of a model that have @index."""
    for field in fields_of(draft.document.objects[model]):
        if find_directive(field, "index"):
            yield field.name.value
