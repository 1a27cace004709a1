"""An item without an index's sort key is not in that index.

Source: amplify-cli issues 4642 and 5634, amplify-category-api issue 262 (P09).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.errors import Problem
from amplikit.inspect.written import written_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api
    from amplikit.blueprint.config import Config


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning an optional field that an index sorts by."""
    del config
    for model in written_models(api):
        # Whoever leaves out a part of a relation's own key relates to nothing.
        for index in (index for index in model.indexes if not index.made):
            for name in index.fields[1:]:
                field = model.field(name)
                if field is None or field.type.required or not field.declared:
                    continue
                if name in {model.created_at, model.updated_at}:
                    continue  # filled in by every create
                yield Problem(
                    code="optional-sort-key",
                    message=(
                        f"Index '{index.name}' of '{model.name}' sorts by '{name}', "
                        "which is optional: an item without it is not in the index."
                    ),
                    hint=f"Make the field required: '{name}: {field.type.text}!'.",
                    where=field.where,
                    severity="warning",
                )
