"""``optional-sort-key``, ``relation-required``: a field gets or loses its ``!``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import NonNullTypeNode

from amplikit.compiler.mend.mend import Mend, field_at
from amplikit.compiler.rewrite.edits import Edit

if TYPE_CHECKING:
    from amplikit.blueprint.api import Api
    from amplikit.compiler.document import Document
    from amplikit.errors import Problem

__all__ = ["optional", "required"]


def required(problem: Problem, document: Document, _api: Api) -> Mend | None:
    """Return the mend that makes the field required, in the create input, too."""
    found = field_at(document, problem.where)
    loc = found[1].type.loc if found else None
    if found is None or loc is None or isinstance(found[1].type, NonNullTypeNode):
        return None
    model, name = found[0].name.value, found[1].name.value
    return Mend(
        (Edit(loc.end, loc.end, "!"),),
        f"'{model}.{name}' is required: a create must give it, and an item that is "
        "stored without it is an error.",
        schema=frozenset({f"{model}.{name}", f"Create{model}Input.{name}"}),
    )


def optional(problem: Problem, document: Document, _api: Api) -> Mend | None:
    """Return the mend that lets the field be null."""
    found = field_at(document, problem.where)
    loc = found[1].type.loc if found else None
    if found is None or loc is None or not isinstance(found[1].type, NonNullTypeNode):
        return None
    place = f"{found[0].name.value}.{found[1].name.value}"
    return Mend(
        (Edit(loc.end - 1, loc.end, ""),),
        f"'{place}' may be null.",
        schema=frozenset({place}),
    )
