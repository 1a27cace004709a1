"""What v2 refuses because of who may do what with which field.

Source: AccessControlMatrix of the v2 auth transformer.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from amplikit.blueprint.access_matrix import access_matrix, some_reader_is_denied
from amplikit.compiler.document import fields_of, find_directive
from amplikit.compiler.rejection import rejection
from amplikit.compiler.use import DirectiveUse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.access_matrix import MatrixRole
    from amplikit.blueprint.api import Model
    from amplikit.compiler.draft import Draft
    from amplikit.errors import Problem

__all__ = ["matrix_of", "required_field_problems"]


def matrix_of(draft: Draft, model: Model) -> tuple[MatrixRole, ...] | None:
    """Return the roles of a model, None when it has no rule anywhere."""
    if model.rules is None and all(field.rules is None for field in model.fields):
        return None
    fields = fields_of(draft.document.objects[model.name])
    return access_matrix(
        model,
        (node.name.value for node in fields),
        sub_owners=draft.options.flag("useSubUsernameForDefaultIdentityClaim"),
    )


def required_field_problems(draft: Draft) -> Iterator[Problem]:
    """Yield the models where a reader would get null for a field that cannot be.

    Only while subscriptions are on; ``subscriptions: null`` counts as on here.
    """
    for model in draft.models.values():
        roles = matrix_of(draft, model)
        if roles is None or _level(draft, model.name) != "on":
            continue
        names = roles[0].cells if roles else ()
        hidden = tuple(name for name in names if some_reader_is_denied(roles, name))
        wrong = tuple(name for name in hidden if _stays_required(model, name))
        field = model.field(wrong[0]) if wrong else None
        if field is None:
            continue
        listed = json.dumps(wrong, separators=(",", ":"), ensure_ascii=False)
        yield rejection(
            "required-field-with-rules",
            message=f"'{model.name}.{field.name}' is required, and not everybody who "
            f"may read a '{model.name}' may read it.",
            hint="Make the field nullable, or let every reader of the model read it.",
            where=field.where,
            amplify="When using field-level authorization rules you need to add rules "
            "to all of the model's required fields with at least read permissions. "
            f'Found model "{model.name}" with required fields {listed} missing '
            "field-level authorization rules.\n\nFor more information visit "
            "https://docs.amplify.aws/cli/graphql/authorization-rules/"
            "#field-level-authorization-rules",
        )


def _level(draft: Draft, model: str) -> str:
    node = draft.document.objects[model]
    directive = find_directive(node, "model")
    if directive is None:
        return "on"
    where = draft.document.places.of(directive)
    use = DirectiveUse(directive, node, None, where, draft.document)
    level = (use.mapping("subscriptions") or {}).get("level")
    return level if isinstance(level, str) else "on"


def _stays_required(model: Model, name: str) -> bool:
    """Whether the printed field is required; a connection never is."""
    field = model.field(name)
    if field is None or (field.relation is not None and field.relation.many):
        return False
    return field.type.required
