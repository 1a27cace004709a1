"""``@connection`` of v1 as v2 writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.compiler.document import fields_of, find_directive
from amplikit.compiler.naming import camel_case
from amplikit.compiler.rewrite.keys import index_line
from amplikit.compiler.rewrite.words import directive, names, quoted
from amplikit.compiler.type_nodes import base_name, is_list

if TYPE_CHECKING:
    from graphql import FieldDefinitionNode

    from amplikit.blueprint.api import Api, Model, Relation
    from amplikit.compiler.document import Document
    from amplikit.compiler.options import CompileOptions
    from amplikit.compiler.use import DirectiveUse

__all__ = ["Held", "Replaced", "connection_line", "replaced"]

_DEFAULT_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Held:
    """The field that holds a relation's key, which v1 may have made up.

    ``type`` is its type if it has to be declared; ``index`` the @index it needs.
    """

    model: str
    name: str
    type: str
    index: str | None = None


@dataclass(frozen=True, slots=True)
class Replaced:
    """What stands in place of a @connection, and the field that it relies on."""

    line: str
    held: Held | None = None


def connection_line(use: DirectiveUse, field: FieldDefinitionNode) -> str:
    """Return the directive by what is written alone; v2 makes up what is missing."""
    many = is_list(field.type)
    limit = use.number("limit")
    return directive(
        "hasMany" if many else _single(use.document, use.type_name, field),
        ("indexName", quoted(use.text("keyName")) if many else None),
        ("fields", names(use.texts("fields"))),
        ("limit", str(limit) if many and limit is not None else None),
    )


def replaced(
    use: DirectiveUse, field: FieldDefinitionNode, api: Api, options: CompileOptions
) -> Replaced | None:
    """Return the directive that keeps keys and indexes as v1 named them.

    ``api`` is what v1 made of the schema. None: the field has no relation in it.
    """
    source = api.model(use.type_name)
    known = source.field(field.name.value) if source else None
    relation = known.relation if known else None
    target = api.model(relation.target) if relation else None
    if source is None or relation is None or target is None:
        return None
    if use.texts("fields") is not None:
        return Replaced(connection_line(use, field))
    if relation.many:
        return _to_many(use, field, relation, (source, target), options)
    return _to_one(use, field, relation, (source, target))


def _to_many(
    use: DirectiveUse,
    field: FieldDefinitionNode,
    relation: Relation,
    ends: tuple[Model, Model],
    options: CompileOptions,
) -> Replaced | None:
    source, target = ends
    own = relation.keys[0][1]
    limit = str(relation.limit) if relation.limit != _DEFAULT_LIMIT else None
    found = (one for one in target.indexes if one.name == relation.index)
    index = next(found, None)
    if index is None:
        return None
    attribute = index.fields[0]
    made_up = (
        source.key == ("id",)
        and attribute == camel_case(source.name, field.name.value, "id")
        and index.name == f"gsi-{use.place}"
        and index.fields == (attribute,)
        and not _declared(target, attribute)
    )
    if made_up:
        return Replaced(directive("hasMany", ("limit", limit)))
    line = directive(
        "hasMany",
        ("indexName", quoted(index.name)),
        ("fields", names((own,))),
        ("limit", limit),
    )
    indexed = index_line(index.name, index.fields, None, options)
    held = _held(target, attribute, source.key_type(own))
    return Replaced(line, Held(held.model, held.name, held.type, indexed))


def _to_one(
    use: DirectiveUse,
    field: FieldDefinitionNode,
    relation: Relation,
    ends: tuple[Model, Model],
) -> Replaced:
    source, target = ends
    written = tuple(mine for _, mine in relation.keys)
    kind = _single(use.document, use.type_name, field)
    made_up = (
        kind == "hasOne"
        and target.key == ("id",)
        and written == (camel_case(source.name, field.name.value, "id"),)
        and not _declared(source, written[0])
    )
    if made_up:
        return Replaced(directive(kind))
    held = _held(source, written[0], target.key_type(relation.keys[0][0]))
    return Replaced(directive(kind, ("fields", names(written))), held)


def _held(model: Model, name: str, type_name: str) -> Held:
    known = model.field(name)
    required = known is not None and known.type.required
    return Held(model.name, name, f"{type_name}!" if required else type_name)


def _declared(model: Model, name: str) -> bool:
    known = model.field(name)
    return known is not None and known.declared


def _single(document: Document, type_name: str, field: FieldDefinitionNode) -> str:
    """Return which directive a single item gets: something may lead back from it."""
    return "belongsTo" if _led_back_to(document, type_name, field) else "hasOne"


def _led_back_to(
    document: Document, type_name: str, field: FieldDefinitionNode
) -> bool:
    """Whether the item has many of these, or has one as an earlier field says.

    Of two single items that lead to each other, the first has the other.
    """
    related = document.models.get(base_name(field.type))
    if related is None:
        return False
    for node in fields_of(related):
        if node is field or base_name(node.type) != type_name:
            continue
        if find_directive(node, "hasMany", "hasOne"):
            return True
        if not find_directive(node, "connection"):
            continue
        earlier = bool(node.loc and field.loc and node.loc.start < field.loc.start)
        if is_list(node.type) or (
            earlier and not _led_back_to(document, related.name.value, node)
        ):
            return True
    return False
