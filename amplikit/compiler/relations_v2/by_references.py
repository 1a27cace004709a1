"""Relations whose keys are ``references``: fields of the model that belongs.

Source: amplify-graphql-relational-transformer, the DynamoDB ``references``
transformers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import ListTypeNode, NonNullTypeNode

from amplikit.compiler.document import fields_of, find_field
from amplikit.compiler.keys import is_key_scalar, primary_key_v2
from amplikit.compiler.rejection import rejection
from amplikit.compiler.relations_v2.target import (
    identity_type,
    index_fields,
    key_type,
)
from amplikit.compiler.type_nodes import base_name, is_required
from amplikit.compiler.use import DirectiveUse
from amplikit.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import ObjectTypeDefinitionNode

    from amplikit.errors import Problem

__all__ = ["implicit_index", "reference_problems"]

_ANSWERED_BY = {
    "hasMany": ("belongsTo",),
    "hasOne": ("belongsTo",),
    "belongsTo": ("hasOne", "hasMany"),
}
_STRING_LIKE = frozenset({"ID", "String"})


def reference_problems(
    use: DirectiveUse, related: ObjectTypeDefinitionNode
) -> Iterator[Problem]:
    """Yield what is wrong with ``references``; ``related`` is what the field holds."""
    source = use.document.objects[use.type_name]
    belongs = use.name == "belongsTo"
    primary, child = (related, source) if belongs else (source, related)
    references = use.texts("references") or ()
    if use.text("indexName"):
        yield rejection(
            "index-name-with-references",
            message=f"'{use.place}' has both indexName and references.",
            hint="Remove indexName; @belongsTo(overrideIndexName:) names the index.",
            where=use.where_of("indexName"),
            amplify=f"Invalid @hasMany directive on {use.place} - indexName is not "
            "supported with DynamoDB references.",
            kind="Error",
        )
    if not references:
        yield _no_references(use)
        return
    key = primary_key_v2(use.document, primary)
    if len(key) != len(references):
        yield rejection(
            "references-incomplete",
            message=f"'{use.place}' has {len(references)} references, but the key of "
            f"'{primary.name.value}' has {len(key)} fields.",
            hint=f"Name one reference for each of {', '.join(key)}.",
            where=use.where_of("references"),
            amplify=f"The number of references provided to @{use.name} must match the "
            f"number of primary keys on {primary.name.value}.",
        )
        return
    found = list(_name_problems(use, child, references))
    yield from found
    yield from _nullability(use)
    if found:
        return
    if not belongs:
        yield from _same_nullability(use, child, references)
    yield from _answer(use, related, primary, references)
    yield from _types(use, primary, child, list(zip(key, references, strict=True)))
    if not belongs:
        yield from _index_clash(use, related)


def _no_references(use: DirectiveUse) -> Problem:
    field = "" if use.field is None else use.field.name.value
    return rejection(
        "relation-without-fields",
        message=f"@{use.name} on '{use.place}' names no reference.",
        hint="Name the fields that hold the key, or remove the argument.",
        where=use.where_of("references"),
        amplify=f"Invalid @{use.name} directive on {field} - empty references list",
        kind="InvalidDirectiveError" if use.name == "hasMany" else "Error",
    )


def _name_problems(
    use: DirectiveUse, child: ObjectTypeDefinitionNode, references: tuple[str, ...]
) -> Iterator[Problem]:
    known = [node.name.value for node in fields_of(child)]
    for number, name in enumerate(references):
        where = use.where_of_item("references", number)
        node = find_field(child, name)
        if node is None:
            yield rejection(
                "unknown-field",
                message=f"'{child.name.value}' has no field '{name}'.",
                hint=did_you_mean(name, known).strip() or "Declare the field first.",
                where=where,
                amplify=f"{name} is not a field in {child.name.value}",
            )
        elif not is_key_scalar(use.document, node):
            yield rejection(
                "key-field-not-scalar",
                message=f"'{child.name.value}.{name}' is no scalar.",
                hint="Name fields that are scalars or enums.",
                where=where,
                amplify=f"All reference fields provided to @{use.name} must be scalar "
                "or enum fields.",
            )


def _nullability(use: DirectiveUse) -> Iterator[Problem]:
    """Yield a problem if the relation's field, or its items, are required."""
    if use.field is None:
        return
    node = use.field.type
    name = base_name(node)
    inner = node.type if isinstance(node, ListTypeNode) else None
    if is_required(node):
        wanted = f"{use.place}: {f'[{name}]' if use.name == 'hasMany' else name}"
        change = f"'{wanted}!' to '{wanted}'"
    elif isinstance(inner, NonNullTypeNode):
        many = use.name == "hasMany"
        now, wanted = (f"[{name}!]", f"[{name}]") if many else (f"{name}!", name)
        change = f"'{use.place}: {now}' to '{use.place}: {wanted}'"
    else:
        return
    yield rejection(
        "relation-required",
        message=f"'{use.place}' is required, which a relation by references cannot be.",
        hint=f"Change {change}.",
        where=use.document.places.of(node),
        amplify=f"@{use.name} fields must not be required. Change {change}",
    )


def _same_nullability(
    use: DirectiveUse, child: ObjectTypeDefinitionNode, references: tuple[str, ...]
) -> Iterator[Problem]:
    nodes = [node for name in references if (node := find_field(child, name))]
    needed = [f"'{node.name.value}'" for node in nodes if is_required(node.type)]
    free = [f"'{node.name.value}'" for node in nodes if not is_required(node.type)]
    if not needed or not free:
        return
    name = child.name.value
    quoted = ", ".join(f"'{reference}'" for reference in references)
    yield rejection(
        "references-nullability",
        message=f"Of the references of '{use.place}', some are required and some not.",
        hint="Make all of them required, or none.",
        where=use.where_of("references"),
        amplify=f"Reference fields defined on related type: '{name}' for @{use.name}"
        f"(references: [{quoted}]) {use.place} relationship have inconsistent "
        f"nullability.\nRequired fields: {', '.join(needed)}"
        f"\nNullable fields: {', '.join(free)}"
        f"\nUpdate reference fields on type '{name}' to have consistent nullability -- "
        "either all required or all nullable.",
    )


def _answers(
    use: DirectiveUse, related: ObjectTypeDefinitionNode
) -> Iterator[DirectiveUse]:
    """Yield the directives of the related model that lead back to the source."""
    for field in fields_of(related):
        if base_name(field.type) != use.type_name:
            continue
        for node in field.directives or ():
            if node.name.value in _ANSWERED_BY[use.name]:
                where = use.document.places.of(node)
                yield DirectiveUse(node, related, field, where, use.document)
                break


def _answer(
    use: DirectiveUse,
    related: ObjectTypeDefinitionNode,
    primary: ObjectTypeDefinitionNode,
    references: tuple[str, ...],
) -> Iterator[Problem]:
    answers = list(_answers(use, related))
    bare = next((other for other in answers if not other.value("references")), None)
    if bare is not None:
        quoted = ", ".join(f'"{name}"' for name in references)
        yield rejection(
            "relation-one-sided",
            message=f"'{bare.place}' answers '{use.place}' without its references.",
            hint=f"Write @{bare.name}(references: [{quoted}]).",
            where=bare.where,
            amplify="Cannot read properties of undefined (reading 'kind')",
            kind="TypeError",
        )
        return
    if any(answer.texts("references") == references for answer in answers):
        return
    wanted = " or ".join(f"@{name}" for name in _ANSWERED_BY[use.name])
    name = related.name.value
    yield rejection(
        "relation-one-sided",
        message=f"Nothing in '{name}' answers '{use.place}'.",
        hint=f"Add a {wanted} field with the same references to '{name}'.",
        where=use.where,
        amplify="Uni-directional relationships are not supported. Add a "
        f"{wanted} field in {name} to match the @{use.name} field {use.place}, and "
        "ensure the number and type of reference fields match the number and type of "
        f"primary key fields in {primary.name.value}.",
    )


def _types(
    use: DirectiveUse,
    primary: ObjectTypeDefinitionNode,
    child: ObjectTypeDefinitionNode,
    pairs: list[tuple[str, str]],
) -> Iterator[Problem]:
    for key_field, reference in pairs:
        one = identity_type(primary, key_field).name
        other = key_type(child, reference).name
        if one == other or _STRING_LIKE.issuperset({one, other}):
            continue
        left, right = primary.name.value, child.name.value
        yield rejection(
            "references-type",
            message=f"'{right}.{reference}' is not of type {one}, as "
            f"'{left}.{key_field}' is.",
            hint=f"Make '{reference}' a {one}.",
            where=use.where_of("references"),
            amplify=f"Type mismatch between primary key field(s) of {left} and "
            f"reference fields of {right}. Type of {left}.{key_field} does not match "
            f"type of {right}.{reference}",
        )
        return


def implicit_index(use: DirectiveUse, related: ObjectTypeDefinitionNode) -> str:
    """Return the index that a relation by references creates on the related model.

    Unlike that of a made-up key, it does not keep the old name of a renamed model.
    """
    references = use.texts("references") or ()
    for answer in _answers(use, related):
        if answer.texts("references") == references:
            return answer.text("overrideIndexName") or f"gsi-{use.place}"
    return f"gsi-{use.place}"


def _index_clash(
    use: DirectiveUse, related: ObjectTypeDefinitionNode
) -> Iterator[Problem]:
    name = implicit_index(use, related)
    if index_fields(use.document, related, name) is None:
        return
    yield rejection(
        "duplicate-index",
        message=f"'{related.name.value}' has an index called '{name}', which "
        f"'{use.place}' creates.",
        hint="Rename the @index.",
        where=use.where,
        amplify=f"Global secondary index {name} defined on {related.name.value} "
        "conflicts with the naming convention used to create implicit GSIs for "
        "querying relationships. Please rename your @index",
    )
