"""A small change of a schema that mends one finding, and what it may change at most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.blueprint.operation_kinds import ROOT_OF
from amplikit.compiler.document import fields_of
from amplikit.compiler.rules import written_rules
from amplikit.compiler.use import uses

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphql import FieldDefinitionNode, ObjectTypeDefinitionNode

    from amplikit.blueprint.api import Model, OperationKind
    from amplikit.compiler.document import Document
    from amplikit.compiler.rewrite.edits import Edit
    from amplikit.compiler.rules import WrittenRule
    from amplikit.compiler.use import DirectiveUse
    from amplikit.errors import Where

__all__ = ["Mend", "field_at", "operation_fields", "rule_at"]


@dataclass(frozen=True, slots=True)
class Mend:
    """Edits, what they do in a sentence, and the coordinates that may change by it.

    ``access`` are the fields that other callers may use afterwards, ``schema`` the
    fields, arguments and inputs that may have another type. Tables stay as they are.
    """

    edits: tuple[Edit, ...]
    says: str
    access: frozenset[str] = frozenset()
    schema: frozenset[str] = frozenset()


def rule_at(
    document: Document, where: Where | None
) -> tuple[DirectiveUse, WrittenRule] | None:
    """Return the rule that is written at a place."""
    for use in uses(document, "auth"):
        for rule in written_rules(use.node, document):
            if rule.where == where:
                return use, rule
    return None


def field_at(
    document: Document, where: Where | None
) -> tuple[ObjectTypeDefinitionNode, FieldDefinitionNode] | None:
    """Return the model's field that is declared at a place."""
    for model in document.models.values():
        for field in fields_of(model):
            if document.places.of(field) == where:
                return model, field
    return None


def operation_fields(model: Model, kinds: Iterable[OperationKind]) -> frozenset[str]:
    """Return the coordinates of a model's root fields of some kinds."""
    wanted = frozenset(kinds)
    return frozenset(
        f"{ROOT_OF[one.kind]}.{one.field}"
        for one in model.operations
        if one.kind in wanted
    )
