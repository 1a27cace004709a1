"""Edits that let somebody in: one more operation of a rule, or one more rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from graphql import FieldDefinitionNode, ListValueNode

from amplikit.blueprint.fixes import AddRule, SetOperations
from amplikit.compiler.document import find_directive
from amplikit.compiler.mend.mend import rule_at
from amplikit.compiler.rewrite.edits import Edit, after, replacing
from amplikit.compiler.rewrite.rules import without_old

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphql import (
        ConstDirectiveNode,
        ConstValueNode,
        Node,
        ObjectTypeDefinitionNode,
    )

    from amplikit.blueprint.fixes import SchemaEdit
    from amplikit.compiler.document import Document

__all__ = ["access_edits"]


def access_edits(
    wanted: Iterable[SchemaEdit], document: Document
) -> tuple[Edit, ...] | None:
    """Return the edits of the text, or None where the schema has no such place."""
    edits: list[Edit] = []
    added: dict[tuple[str, str | None], list[str]] = {}
    for one in wanted:
        match one:
            case SetOperations():
                found = tuple(_operations(one, document))
                if not found:
                    return None
                edits += found
            case AddRule():
                added.setdefault((one.type_name, one.field), []).append(one.rule)
            case _:
                assert_never(one)
    for (type_name, field), rules in added.items():
        edit = _rules(type_name, field, rules, document)
        if edit is None:
            return None
        edits.append(edit)
    return tuple(edits)


def _operations(wanted: SetOperations, document: Document) -> Iterator[Edit]:
    found = rule_at(document, wanted.where)
    if found is None:
        return
    rule = found[1]
    nodes = {node.name.value: node for node in rule.node.fields or ()}
    if "operations" in nodes:
        yield replacing(nodes["operations"].value, wanted.operations)
        return
    allow = nodes.get("allow")
    end = allow.value.loc.end if allow and allow.value.loc else 0
    if end:
        yield Edit(end, end, f", operations: {wanted.operations}")
        # What v1 wrote before there were operations.
        yield from without_old(rule)


def _rules(
    type_name: str, field: str | None, rules: list[str], document: Document
) -> Edit | None:
    node: ObjectTypeDefinitionNode | FieldDefinitionNode | None
    node = document.objects.get(type_name)
    if field is not None:
        fields = document.all_fields(type_name)
        node = next((one for one in fields if one.name.value == field), None)
    if node is None:
        return None
    directive = find_directive(node, "auth")
    if directive is None:
        return after(_head(node), f"@auth(rules: [{', '.join(rules)}])")
    value = _rules_value(directive)
    if value is None or value.loc is None:
        return None
    if not isinstance(value, ListValueNode):
        written = _text(value, document)
        return replacing(value, f"[{', '.join([written, *rules])}]")
    if not value.values:
        return replacing(value, f"[{', '.join(rules)}]")
    return _appended(value.values[-1], rules, document)


def _rules_value(directive: ConstDirectiveNode) -> ConstValueNode | None:
    arguments = directive.arguments or ()
    return next((one.value for one in arguments if one.name.value == "rules"), None)


def _head(node: ObjectTypeDefinitionNode | FieldDefinitionNode) -> Node:
    """Return what of a definition a directive is written behind."""
    if node.directives:
        return node.directives[-1]
    if isinstance(node, FieldDefinitionNode):
        return node.type
    return node.interfaces[-1] if node.interfaces else node.name


def _appended(last: ConstValueNode, rules: list[str], document: Document) -> Edit:
    """Write rules after the last one: on lines of their own, if that one has its."""
    text = _whole(document)
    loc = last.loc
    start, end = (loc.start, loc.end) if loc else (0, 0)
    before = text[text.rfind("\n", 0, start) + 1 : start]
    between = ", " if before.strip() else f"\n{before}"
    return Edit(end, end, "".join(f"{between}{rule}" for rule in rules))


def _text(node: Node, document: Document) -> str:
    return _whole(document)[node.loc.start : node.loc.end] if node.loc else ""


def _whole(document: Document) -> str:
    return document.node.loc.source.body if document.node.loc else ""
