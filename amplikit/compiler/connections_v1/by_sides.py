"""``@connection`` without ``fields``: the key is made up, or named by ``keyField``.

It is hidden: stored and taken in inputs, but no field of the type. Whose item holds it
depends on both sides:

    list here, nothing or no list there    the related item
    no list here, anything there           this item

Source: graphql-connection-transformer, the method ``field``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Field, Index, Relation, TypeRef
from amplikit.compiler.document import fields_of, find_field
from amplikit.compiler.keys import primary_key_v1
from amplikit.compiler.naming import camel_case
from amplikit.compiler.rejection import rejection
from amplikit.compiler.sort_keys import key_condition
from amplikit.compiler.type_nodes import SCALARS, base_name, is_list, is_required
from amplikit.compiler.use import DirectiveUse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import FieldDefinitionNode, ObjectTypeDefinitionNode

    from amplikit.compiler.draft import Draft
    from amplikit.errors import Problem

__all__ = ["apply", "problems"]

_DEFAULT_LIMIT = 100
_SIMPLE_KEY_LENGTH = 2


@dataclass(frozen=True, eq=False)
class _Sides:
    """The two ends: this field, and the one with the same connection name, if any."""

    use: DirectiveUse
    field: FieldDefinitionNode
    related: ObjectTypeDefinitionNode
    other: DirectiveUse | None

    @property
    def other_is_list(self) -> bool:
        return bool(self.other and self.other.field and is_list(self.other.field.type))

    @property
    def name(self) -> str:
        return self.use.text("name") or self.use.place

    @property
    def attribute(self) -> str:
        """The attribute that holds the key."""
        written = self.use.text("keyField")
        if written:
            return written
        if is_list(self.field.type) and self.other and self.other.field:
            # The other side is the single item: the key is called after it.
            return camel_case(
                self.related.name.value, self.other.field.name.value, "id"
            )
        return camel_case(self.use.type_name, self.field.name.value, "id")

    @property
    def holder(self) -> ObjectTypeDefinitionNode:
        """The model whose items hold the key."""
        source = self.use.document.objects[self.use.type_name]
        return self.related if is_list(self.field.type) else source

    @property
    def other_sort_field(self) -> str | None:
        return self.other.text("sortField") if self.other else None


def _sides(use: DirectiveUse, field: FieldDefinitionNode) -> _Sides:
    related = use.document.models[base_name(field.type)]
    name = use.text("name")
    for node in fields_of(related):
        for directive in node.directives or ():
            if node is field or directive.name.value != "connection":
                continue
            where = use.document.places.of(directive)
            other = DirectiveUse(directive, related, node, where, use.document)
            if name and other.text("name") == name:
                return _Sides(use, field, related, other)
    return _Sides(use, field, related, None)


def problems(
    use: DirectiveUse, draft: Draft, field: FieldDefinitionNode
) -> Iterator[Problem]:
    """Yield what is wrong with the two sides and the fields that they name."""
    sides = _sides(use, field)
    name = use.text("name")
    related = sides.related.name.value
    if name and sides.other is None:
        yield rejection(
            "relation-one-sided",
            message=f"Nothing in '{related}' has @connection(name: \"{name}\").",
            hint=f"Give the field of '{related}' that leads back the same name.",
            where=use.where_of("name"),
            amplify=f'Found one half of connection "{name}" at {use.place} but no '
            f"related field on type {related}",
        )
        return
    yield from _sort_field_problems(sides)
    yield from _related_sort_field_problems(sides)
    if is_list(field.type) and sides.other_is_list:
        yield rejection(
            "relation-many-to-many",
            message=f"Both sides of connection '{name}' are lists.",
            hint="Write a model for the pairs, and connect both models with it.",
            where=use.where,
            amplify=f"Invalid Connection ({sides.name}): Many to Many connections are "
            "not yet supported.",
        )
        return
    if not is_list(field.type) and sides.other_is_list:
        yield from _missing_sort_field(sides)
    if not is_list(field.type) and not sides.other_is_list:
        yield from _own_sort_field_problems(sides)
    held = find_field(sides.holder, sides.attribute)
    if held is not None and (
        is_list(held.type) or base_name(held.type) not in {"ID", "String"}
    ):
        yield rejection(
            "relation-key-type",
            message=f"'{sides.holder.name.value}.{sides.attribute}' holds the key of "
            f"'{use.place}' and is neither ID nor String.",
            hint="Make it an ID.",
            where=draft.document.places.of(held),
            amplify="If you define a field and specify it as a 'keyField', it must be "
            "of type 'ID' or 'String'.",
        )


def _sort_field_problems(sides: _Sides) -> Iterator[Problem]:
    """Yield a problem if the other side sorts by what cannot be a sort key."""
    name = sides.other_sort_field
    node = find_field(sides.use.type, name) if name else None
    if node is None:
        return
    base = base_name(node.type)
    begin = f'sortField "{name}" is '
    if is_list(node.type):
        amplify = f"{begin}a list. It should be a scalar."
    elif base not in SCALARS or base == "Boolean":
        amplify = (
            f'{begin}of type "{base}". It should be a scalar that maps to a DynamoDB '
            '"String", "Number", or "Binary"'
        )
    else:
        return
    yield rejection(
        "key-field-not-scalar",
        message=f"'{sides.use.type_name}.{name}' cannot be a sort key.",
        hint="Sort by a field that is a String, an ID or a number.",
        where=sides.use.document.places.of(node),
        amplify=amplify,
    )


def _related_sort_field_problems(sides: _Sides) -> Iterator[Problem]:
    """Yield a problem if this side cannot ask for items by the other's sort field."""
    name = sides.other_sort_field
    node = find_field(sides.related, name) if name else None
    if node is None:
        return
    base = base_name(node.type)
    if base == "Boolean":
        amplify = "Boolean values cannot be used as sort keys."
    elif base not in SCALARS:
        amplify = f"Expected scalar and got {base}"
    else:
        return
    yield rejection(
        "key-field-not-scalar",
        message=f"'{sides.related.name.value}.{name}' cannot be a sort key.",
        hint="Sort by a field that is a String, an ID or a number.",
        where=sides.use.document.places.of(node),
        amplify=amplify,
        kind="Error",
    )


def _missing_sort_field(sides: _Sides) -> Iterator[Problem]:
    name = sides.other_sort_field
    if not name or find_field(sides.use.type, name):
        return
    yield rejection(
        "unknown-field",
        message=f"'{sides.use.type_name}' has no field '{name}' to sort by.",
        hint="Name a field of the type, or remove sortField.",
        where=sides.other.where_of("sortField") if sides.other else sides.use.where,
        amplify=f'sortField "{name}" not found on type "{sides.use.type_name}", other '
        f'half of connection "{sides.name}".',
    )


def _own_sort_field_problems(sides: _Sides) -> Iterator[Problem]:
    """Yield what is wrong with the sortField of a relation to a single item."""
    use = sides.use
    name = use.text("sortField")
    if not name:
        return
    related = sides.related.name.value
    sort = _primary_sort(sides)
    node = find_field(use.type, name)
    if sort is None:
        amplify = (
            f'sortField "{name}" requires a primary @key on type "{related}" with a '
            "sort key that was not found."
        )
    elif node is None:
        amplify = (
            f'sortField with name "{name} cannot be found on type: {use.type_name}'
        )
    elif base_name(node.type) != base_name(sort.type):
        amplify = (
            f'sortField "{sort.name.value}" on type "{related}" is not matching the '
            f'type of field "{name}" on type "{use.type_name}"'
        )
    else:
        return
    yield rejection(
        "relation-sort-field",
        message=f"'{use.place}' finds its item by '{name}', which does not fit the "
        f"primary key of '{related}'.",
        hint=f"Name a field like the sort key of '{related}', or remove sortField.",
        where=use.where_of("sortField"),
        amplify=amplify,
    )


def _primary_sort(sides: _Sides) -> FieldDefinitionNode | None:
    key = primary_key_v1(sides.use.document, sides.related)
    if len(key) != _SIMPLE_KEY_LENGTH:
        return None
    return find_field(sides.related, key[1])


def _identifier(sides: _Sides, type_node: ObjectTypeDefinitionNode) -> str:
    """Return the field whose value the key holds: keys of three or more are ignored."""
    key = primary_key_v1(sides.use.document, type_node)
    return key[0] if len(key) <= _SIMPLE_KEY_LENGTH else "id"


def apply(use: DirectiveUse, draft: Draft, field: FieldDefinitionNode) -> Draft:
    """Set the field's relation; add the hidden key and the index."""
    sides = _sides(use, field)
    draft = _with_key(sides, draft)
    relation = _to_many(sides) if is_list(field.type) else _to_one(sides)
    if relation.sort_field is not None:
        node = find_field(sides.related, relation.sort_field)
        base = base_name(node.type) if node else "String"
        draft = draft.with_sort_argument(
            use.place, relation.sort_field, key_condition(base)
        )
    known = draft.model(use.type_name).field(field.name.value)
    if known is None:
        return draft
    return draft.with_field(use.type_name, replace(known, relation=relation))


def _to_many(sides: _Sides) -> Relation:
    source = sides.use.document.objects[sides.use.type_name]
    sort = sides.other_sort_field
    limit = sides.use.number("limit")
    return Relation(
        target=sides.related.name.value,
        many=True,
        keys=((sides.attribute, _identifier(sides, source)),),
        index=f"gsi-{sides.name}",
        sort_field=sort if sort and find_field(sides.related, sort) else None,
        limit=_DEFAULT_LIMIT if limit is None else limit,
    )


def _to_one(sides: _Sides) -> Relation:
    pairs = [(_identifier(sides, sides.related), sides.attribute)]
    sort, mine = _primary_sort(sides), sides.use.text("sortField")
    if sort is not None and mine and not sides.other_is_list:
        pairs.append((sort.name.value, mine))
    return Relation(sides.related.name.value, many=False, keys=tuple(pairs))


def _with_key(sides: _Sides, draft: Draft) -> Draft:
    """Add the attribute that holds the key, and the index that finds it from afar.

    A list whose other side is a single item leaves both to that side.
    """
    many = is_list(sides.field.type)
    if many and sides.other is not None:
        return draft
    holder = sides.holder.name.value
    if many or sides.other_is_list:
        sort = None if many else sides.other_sort_field
        fields = (sides.attribute, sort) if sort else (sides.attribute,)
        index = Index(f"gsi-{sides.name}", fields, sides.use.where)
        draft = draft.with_made_index(holder, index)
    if draft.model(holder).field(sides.attribute) is not None:
        return draft
    required = not many and is_required(sides.field.type)
    text = TypeRef("ID", "ID!" if required else "ID", required=required)
    where = sides.use.where
    key = Field(sides.attribute, text, where, declared=False, hidden=True)
    return draft.with_field(holder, key)
