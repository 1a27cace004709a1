"""What v1 has in place of a directive that only v2 knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.compiler.document import fields_of, find_directive
from amplikit.compiler.keys import primary_key_v2
from amplikit.compiler.naming import lower_first, upper_first
from amplikit.compiler.rewrite.words import directive, names, quoted
from amplikit.compiler.type_nodes import base_name
from amplikit.compiler.use import DirectiveUse

if TYPE_CHECKING:
    from graphql import FieldDefinitionNode

__all__ = ["in_v1"]

_NOTHING = {
    "default": "Remove it and let the client send the value",
    "validate": "Remove it and check the value in the client or in a function",
    "mapsTo": "Remove it: v1 calls the table as the type is called",
    "refersTo": "Remove it: v1 calls the table as the type is called",
    "conversation": "Remove it, or call a function with @function",
    "generation": "Remove it, or call a function with @function",
    "sql": "Remove it, or call a function with @function",
}
_HAS = ("hasMany", "hasOne")


def in_v1(use: DirectiveUse) -> str | None:
    """Return what to write instead of a use of a v2 directive, as a sentence's end."""
    if use.name in _NOTHING:
        return _NOTHING[use.name]
    field = use.field
    if field is None:
        return None
    match use.name:
        case "primaryKey" | "index":
            return f"Write {_key(use, field)} on the type '{use.type_name}'"
        case "manyToMany":
            return _pairs(use, field)
        case "belongsTo":
            return f"Write {_belongs(use, field)}"
        case "hasMany" | "hasOne":
            return f"Write {_has(use, field)}"
        case _:
            return None


def _key(use: DirectiveUse, field: FieldDefinitionNode) -> str:
    name = field.name.value
    title = use.text("name") or f"by{upper_first(name)}"
    return directive(
        "key",
        ("name", quoted(title) if use.name == "index" else None),
        ("fields", names((name, *(use.texts("sortKeyFields") or ())))),
        ("queryField", quoted(use.text("queryField"))),
    )


def _has(use: DirectiveUse, field: FieldDefinitionNode) -> str:
    limit = use.number("limit")
    limited = ("limit", None if limit is None else str(limit))
    references = use.texts("references")
    source = use.document.objects.get(use.type_name)
    if references and source is not None:
        index = f"by{upper_first(use.type_name)}"
        key = directive("key", ("name", quoted(index)), ("fields", names(references)))
        own = names(primary_key_v2(use.document, source))
        line = directive(
            "connection", ("keyName", quoted(index)), ("fields", own), limited
        )
        return f"{line}, and {key} on the type '{base_name(field.type)}'"
    fields = use.texts("fields")
    if fields:
        index_name = ("keyName", quoted(use.text("indexName")))
        return directive("connection", index_name, ("fields", names(fields)), limited)
    named = _pair_name(use.type_name, field) if _is_answered(use, field) else None
    return directive("connection", ("name", quoted(named)), limited)


def _belongs(use: DirectiveUse, field: FieldDefinitionNode) -> str:
    fields = use.texts("fields") or use.texts("references")
    if fields:
        return directive("connection", ("fields", names(fields)))
    related = use.document.objects.get(base_name(field.type))
    for node in fields_of(related) if related else ():
        if base_name(node.type) == use.type_name and find_directive(node, *_HAS):
            name = _pair_name(base_name(field.type), node)
            return directive("connection", ("name", quoted(name)))
    return directive("connection")


def _is_answered(use: DirectiveUse, field: FieldDefinitionNode) -> bool:
    """Whether a field leads back whose key is made up as well."""
    related = use.document.objects.get(base_name(field.type))
    for node in fields_of(related) if related else ():
        back = find_directive(node, "belongsTo")
        if back is None or base_name(node.type) != use.type_name or related is None:
            continue
        where = use.document.places.of(back)
        other = DirectiveUse(back, related, node, where, use.document)
        if not other.texts("fields"):
            return True
    return False


def _pair_name(type_name: str, field: FieldDefinitionNode) -> str:
    return f"{upper_first(type_name)}{upper_first(field.name.value)}"


def _pairs(use: DirectiveUse, field: FieldDefinitionNode) -> str:
    """Return the model of the pairs, and how this side reads it."""
    ends = sorted((use.type_name, base_name(field.type)))
    name = upper_first(use.text("relationName") or "".join(ends))
    words = ends if ends[0] != ends[1] else [ends[0], f"other{upper_first(ends[1])}"]
    ids = [f"{lower_first(word)}ID" for word in words]
    indexes = [f"by{upper_first(word)}" for word in words]
    keys = [
        directive("key", ("name", quoted(index)), ("fields", names(fields)))
        for index, fields in zip(indexes, (ids, ids[::-1]), strict=True)
    ]
    sides = [
        f"{lower_first(word)}: {end}! @connection(fields: {names((one,))})"
        for end, word, one in zip(ends, words, ids, strict=True)
    ]
    own = directive(
        "connection",
        ("keyName", quoted(f"by{upper_first(use.type_name)}")),
        ("fields", '["id"]'),
    )
    declared = " ".join(["id: ID!", *(f"{one}: ID!" for one in ids), *sides])
    model = f"type {name} @model {' '.join(keys)} {{ {declared} }}"
    return f"Write '{field.name.value}: [{name}] {own}' and '{model}'"
