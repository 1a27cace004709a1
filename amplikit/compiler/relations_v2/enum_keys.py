"""Relations to one item by a key that is an enum: v2 cannot make their resolvers.

Source: buildKeyValueExpression of amplify-graphql-relational-transformer. It looks at
the partition key, and at a sort key of one field; several are joined to a string.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import ObjectTypeDefinitionNode

from amplikit.compiler.keys import primary_key_v2
from amplikit.compiler.rejection import rejection
from amplikit.compiler.relations_v2.target import identity_type, key_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.use import DirectiveUse
    from amplikit.errors import Problem

__all__ = ["enum_key_problems", "enum_keys"]

_PARTITION_AND_SORT = 2


def enum_key_problems(
    use: DirectiveUse, draft: Draft, related: ObjectTypeDefinitionNode
) -> Iterator[Problem]:
    """Yield a problem if @hasOne or @belongsTo compares an enum."""
    by_references = use.texts("references") is not None
    if not isinstance(use.type, ObjectTypeDefinitionNode):
        return
    keyed = use.type if use.name == "hasOne" and by_references else related
    made = not by_references and not use.texts("fields")
    yield from enum_keys(use, draft, keyed, made=made)


def enum_keys(
    use: DirectiveUse, draft: Draft, keyed: ObjectTypeDefinitionNode, *, made: bool
) -> Iterator[Problem]:
    """Yield a problem if the key of ``keyed`` is compared, and is an enum.

    ``made``: what it is compared with is made up, and begins with an ID if old projects
    want it.
    """
    first, *rest = primary_key_v2(draft.document, keyed)
    compared = rest if len(rest) == _PARTITION_AND_SORT - 1 else []
    types = [key_type(keyed, name).name for name in compared]
    whole = draft.options.flag("respectPrimaryKeyAttributesOnConnectionField")
    if whole or not made:
        types.insert(0, identity_type(keyed, first).name)
    enum = next((name for name in types if draft.document.is_enum(name)), None)
    if enum is None:
        return
    yield rejection(
        "enum-key-in-relation",
        message=f"'{use.place}' finds its item by a key of '{keyed.name.value}' that "
        f"is the enum '{enum}'.",
        hint=f"Make the key of '{keyed.name.value}' an ID or a String.",
        where=use.where,
        amplify=f"Expected scalar and got {enum}",
        kind="Error",
    )
