"""``@manyToMany`` (v2): two lists of each other's items, joined by a model of pairs.

It is short for that model, with an @index and a @hasOne for either side, and a @hasMany
in place of each list: ``expand`` writes this out.

Source: amplify-graphql-relational-transformer, many-to-many transformer.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from graphql import (
    ConstArgumentNode,
    ConstDirectiveNode,
    ConstListValueNode,
    DocumentNode,
    FieldDefinitionNode,
    ListTypeNode,
    ListValueNode,
    NamedTypeNode,
    NameNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    StringValueNode,
)

from amplikit.compiler.document import (
    Document,
    fields_of,
    find_directive,
    remembered,
)
from amplikit.compiler.keys import primary_key_v2
from amplikit.compiler.naming import is_name, lower_first, upper_first
from amplikit.compiler.rejection import rejection
from amplikit.compiler.relations_v2.checks import list_problem
from amplikit.compiler.relations_v2.enum_keys import enum_keys
from amplikit.compiler.relations_v2.target import key_type, source_problems
from amplikit.compiler.type_nodes import base_name, is_list
from amplikit.compiler.use import Directive, DirectiveUse, uses
from amplikit.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphql import ConstValueNode, DefinitionNode, Location

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.options import CompileOptions

__all__ = ["MANY_TO_MANY"]

SDL = """
directive @manyToMany(relationName: String!, limit: Int = 100) on FIELD_DEFINITION
"""

_TWO = 2
_NO_LETTERS = re.compile(r"^[^_A-Za-z]+|[^_0-9A-Za-z]")


def _relation(use: DirectiveUse) -> str:
    """Return the name of the joining model: ``PostTags`` for ``postTags``."""
    return _NO_LETTERS.sub("", upper_first(use.text("relationName") or ""))


@remembered
def _relations(document: Document) -> dict[str, list[DirectiveUse]]:
    """Return the fields of each relation, in the order of the text."""
    found: dict[str, list[DirectiveUse]] = {}
    for use in uses(document, "manyToMany"):
        if isinstance(use.type, ObjectTypeDefinitionNode):
            found.setdefault(_relation(use), []).append(use)
    return found


def check(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with a use of @manyToMany."""
    if use.field is None:
        return
    yield from source_problems(use)
    if not is_list(use.field.type):
        yield list_problem(use, "must be used with a list.", "Make the field a list.")
    sides = _relations(draft.document)[_relation(use)]
    number = [side.node for side in sides].index(use.node)
    if number >= _TWO:
        yield rejection(
            "many-to-many-third-side",
            message=f"'{use.place}' is one field too many for the relation "
            f"'{use.text('relationName')}'.",
            hint="Give each pair of fields a relationName of its own.",
            where=use.where_of("relationName"),
            amplify=f"@manyToMany relation '{use.text('relationName')}' must be used "
            "in exactly two locations.",
        )
    elif number == 0:
        yield from _relation_problems(use, draft, sides)


def _relation_problems(
    use: DirectiveUse, draft: Draft, sides: Sequence[DirectiveUse]
) -> Iterator[Problem]:
    name = _relation(use)
    if not is_name(name):
        yield Problem(
            "invalid-name",
            f"'{use.text('relationName')}' cannot name the joining model.",
            "Use letters, digits and _, not beginning with a digit or __.",
            use.where_of("relationName"),
        )
    if len(sides) == 1:
        yield rejection(
            "many-to-many-one-sided",
            message=f"Only '{use.place}' has the relation '{name}'.",
            hint="Add a list with the same relationName to the other model.",
            where=use.where,
            amplify=f"@manyToMany relation '{name}' must be used in exactly two "
            "locations.",
        )
        return
    found = [*_type_problems(name, sides[0], sides[1])]
    yield from found
    for side in sides[:_TWO]:
        yield from enum_keys(
            side, draft, draft.document.objects[side.type_name], made=True
        )
    if name in draft.document.types:
        yield rejection(
            "many-to-many-name-taken",
            message=f"'{name}' is a type of the schema already.",
            hint="Choose another relationName.",
            where=use.where_of("relationName"),
            amplify=f"@manyToMany relation name '{name}' (derived from "
            f"'{use.text('relationName')}') already exists as a type in the schema.",
        )
    elif sides[0].type_name == sides[1].type_name and not found:
        yield rejection(
            "many-to-many-with-itself",
            message=f"'{use.type_name}' is on both sides of the relation '{name}', "
            "whose two keys would have one name.",
            hint="Write the joining model yourself, with a @hasMany for each side.",
            where=sides[1].where,
            amplify=f"You may only supply one @index with the name "
            f"'by{use.type_name}' on type '{name}'.",
        )


def _type_problems(
    name: str, first: DirectiveUse, second: DirectiveUse
) -> Iterator[Problem]:
    for side, other in ((first, second), (second, first)):
        held = "" if side.field is None else base_name(side.field.type)
        if held != other.type_name:
            yield rejection(
                "many-to-many-types",
                message=f"'{side.place}' holds '{held}', but the other field of the "
                f"relation '{name}' is in '{other.type_name}'.",
                hint=f"Make it a list of '{other.type_name}'.",
                where=side.where,
                amplify=f"@manyToMany relation '{name}' expects '{held}' but got "
                f"'{other.type_name}'.",
            )


def expand(document: Document, options: CompileOptions) -> Document:
    """Write out the joining models, and the lists as @hasMany of them."""
    lists: dict[int, FieldDefinitionNode] = {}
    joins: list[ObjectTypeDefinitionNode] = []
    for name, sides in _relations(document).items():
        joins.append(_join(document, options, name, sides))
        for side in sides:
            if side.field is not None:
                lists[id(side.field)] = _list(document, side, side.field, name)
    if not joins:
        return document
    definitions = (_with_lists(node, lists) for node in document.definitions)
    node = DocumentNode(definitions=(*definitions, *joins), loc=document.node.loc)
    return Document(node, document.places)


def _with_lists(
    node: DefinitionNode, lists: dict[int, FieldDefinitionNode]
) -> DefinitionNode:
    if not isinstance(node, ObjectTypeDefinitionNode):
        return node
    fields = tuple(lists.get(id(field), field) for field in fields_of(node))
    return replace(node, fields=fields)


def _list(
    document: Document, side: DirectiveUse, field: FieldDefinitionNode, join: str
) -> FieldDefinitionNode:
    loc = side.node.loc
    key = primary_key_v2(document, document.objects[side.type_name])
    arguments: dict[str, ConstValueNode] = {
        "indexName": StringValueNode(value=_index(side), loc=loc),
        "fields": _texts(key, loc),
    }
    for argument in side.node.arguments or ():
        if argument.name.value == "limit":
            arguments["limit"] = argument.value
    directives = tuple(
        _directive("hasMany", loc, arguments) if node is side.node else node
        for node in field.directives or ()
    )
    held = ListTypeNode(type=_named(join, loc), loc=loc)
    return replace(field, type=held, directives=directives)


def _join(
    document: Document,
    options: CompileOptions,
    name: str,
    sides: Sequence[DirectiveUse],
) -> ObjectTypeDefinitionNode:
    loc = sides[0].node.loc
    id_type = NonNullTypeNode(type=_named("ID", loc), loc=loc)
    fields = [_field("id", id_type, loc)]
    held = []
    for side in sides:
        place = side.node.loc
        (first, type_name), *rest = _key(document, options, side)
        others = tuple(other for other, _ in rest)
        index: dict[str, ConstValueNode] = {
            "name": StringValueNode(value=_index(side), loc=place),
            "sortKeyFields": _texts(others, place),
        }
        key_type_node = _required(type_name, place)
        indexed = _directive("index", place, index)
        fields.append(_field(first, key_type_node, place, indexed))
        fields += (
            _field(other, _required(other_type, place), place)
            for other, other_type in rest
        )
        leads = _directive("hasOne", place, {"fields": _texts((first, *others), place)})
        target = _required(side.type_name, place)
        held.append(_field(lower_first(side.type_name), target, place, leads))
    directives = [_directive("model", loc, {})]
    rules = tuple(rule for side in sides for rule in _rules(side))
    if rules:
        listed = ConstListValueNode(values=rules, loc=loc)
        directives.append(_directive("auth", loc, {"rules": listed}))
    return ObjectTypeDefinitionNode(
        name=NameNode(value=name, loc=loc),
        fields=(*fields, *held),
        directives=tuple(directives),
        interfaces=(),
        loc=loc,
    )


def _index(side: DirectiveUse) -> str:
    return f"by{side.type_name}"


def _key(
    document: Document, options: CompileOptions, side: DirectiveUse
) -> list[tuple[str, str]]:
    """Return the fields of a pair that hold one side's key, with their types.

    Only the partition key's name is capitalised: ``postTenant``, ``postslug``.
    """
    node = document.objects[side.type_name]
    key = primary_key_v2(document, node)
    begin = lower_first(side.type_name)
    whole = options.flag("respectPrimaryKeyAttributesOnConnectionField")
    names = [
        begin + (upper_first(key[0]) if whole else "ID"),
        *(begin + part for part in key[1:]),
    ]
    types = [key_type(node, part).name for part in key]
    return list(zip(names, types, strict=True))


def _rules(side: DirectiveUse) -> tuple[ConstValueNode, ...]:
    """Return the rules of one side's model; one without a list is overlooked."""
    directive = (
        find_directive(side.type, "auth")
        if isinstance(side.type, ObjectTypeDefinitionNode)
        else None
    )
    for argument in (directive.arguments or ()) if directive else ():
        if argument.name.value == "rules" and isinstance(argument.value, ListValueNode):
            return tuple(argument.value.values or ())
    return ()


def _texts(names: tuple[str, ...], loc: Location | None) -> ConstListValueNode:
    values = tuple(StringValueNode(value=name, loc=loc) for name in names)
    return ConstListValueNode(values=values, loc=loc)


def _named(name: str, loc: Location | None) -> NamedTypeNode:
    return NamedTypeNode(name=NameNode(value=name, loc=loc), loc=loc)


def _required(name: str, loc: Location | None) -> NonNullTypeNode:
    return NonNullTypeNode(type=_named(name, loc), loc=loc)


def _directive(
    name: str, loc: Location | None, arguments: dict[str, ConstValueNode]
) -> ConstDirectiveNode:
    return ConstDirectiveNode(
        name=NameNode(value=name, loc=loc),
        arguments=tuple(
            ConstArgumentNode(name=NameNode(value=key, loc=loc), value=value, loc=loc)
            for key, value in arguments.items()
        ),
        loc=loc,
    )


def _field(
    name: str,
    type_node: NonNullTypeNode,
    loc: Location | None,
    *directives: ConstDirectiveNode,
) -> FieldDefinitionNode:
    return FieldDefinitionNode(
        name=NameNode(value=name, loc=loc),
        arguments=(),
        type=type_node,
        directives=directives,
        loc=loc,
    )


def apply(_use: DirectiveUse, draft: Draft) -> Draft:
    """Change nothing: what ``expand`` wrote is applied by the other directives."""
    return draft


MANY_TO_MANY = Directive("manyToMany", SDL, check, apply, expand)
