"""``@validate`` (v2): what a field must be in the input of a create or update.

Source: amplify-graphql-validate-transformer.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.blueprint.api import OperationKind, Validation, ValidationKind
from amplikit.blueprint.patterns import java_pattern
from amplikit.compiler.default_texts import is_number
from amplikit.compiler.rejection import rejection
from amplikit.compiler.renamed import renamed_mutations
from amplikit.compiler.type_nodes import base_name, is_list
from amplikit.compiler.use import Directive, DirectiveUse
from amplikit.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import FieldDefinitionNode

    from amplikit.compiler.draft import Draft

__all__ = ["VALIDATE"]

SDL = """
directive @validate(type: ValidationType!, value: String!, errorMessage: String)
  repeatable on FIELD_DEFINITION
enum ValidationType {
  gt
  lt
  gte
  lte
  minLength
  maxLength
  startsWith
  endsWith
  matches
}
"""

_NUMERIC = ("gt", "lt", "gte", "lte")
_NUMERIC_TYPES = frozenset({"Int", "Float"})
_LENGTHS = ("minLength", "maxLength")
_WHOLE_BEGIN = re.compile(r"\s*([+-]?)0*([0-9]*)")
_NUMBER_BEGIN = re.compile(r"\s*[+-]?(?:\.?[0-9]|Infinity)")
_DEMANDS = {
    ValidationKind.GT: "must be greater than",
    ValidationKind.LT: "must be less than",
    ValidationKind.GTE: "must be greater than or equal to",
    ValidationKind.LTE: "must be less than or equal to",
    ValidationKind.MIN_LENGTH: "must have a minimum length of",
    ValidationKind.MAX_LENGTH: "must have a maximum length of",
    ValidationKind.STARTS_WITH: "must start with",
    ValidationKind.ENDS_WITH: "must end with",
    ValidationKind.MATCHES: "must match",
}


def check(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with a use of @validate."""
    field = use.field
    if field is None:
        return
    if use.type_name not in draft.document.models:
        yield rejection(
            "needs-model",
            message=f"'{use.place}' has @validate, but '{use.type_name}' is no model.",
            hint=f"Add @model to '{use.type_name}', or remove @validate.",
            where=use.where,
            amplify="@validate directive can only be used on fields within @model "
            "types.",
        )
    if is_list(field.type):
        yield rejection(
            "validation-on-list",
            message=f"'{use.place}' has @validate, but is a list.",
            hint="Remove @validate, or make the field a single value.",
            where=use.where,
            amplify="@validate directive cannot be used on list field "
            f"'{field.name.value}'",
        )
    yield from _order_problems(use, field)
    kind = use.text("type") or ""
    yield from _type_problems(use, field, kind)
    yield from _value_problems(use, field, kind)


def _order_problems(use: DirectiveUse, field: FieldDefinitionNode) -> Iterator[Problem]:
    nodes = list(field.directives or ())
    number = next(i for i, node in enumerate(nodes) if node is use.node)
    if any(node.name.value == "default" for node in nodes[number:]):
        yield rejection(
            "validation-before-default",
            message=f"@validate stands before @default on '{use.place}'.",
            hint="Write @default first.",
            where=use.where,
            amplify="@validate directive must be specified after @default directive",
        )
    kind = use.text("type")
    for node in nodes[:number]:
        other = DirectiveUse(node, use.type, field, use.where, use.document)
        if node.name.value == use.name and other.text("type") == kind:
            yield rejection(
                "repeated-validation",
                message=f"'{use.place}' has two validations of type '{kind}'.",
                hint="Keep one.",
                where=use.where,
                amplify=f"Duplicate @validate directive with type '{kind}' on field "
                f"'{field.name.value}'. Each validation type can only be used once per "
                "field.",
            )
            break


def _type_problems(
    use: DirectiveUse, field: FieldDefinitionNode, kind: str
) -> Iterator[Problem]:
    name = base_name(field.type)
    numeric = kind in _NUMERIC
    allowed = _NUMERIC_TYPES if numeric else frozenset({"String"})
    wanted = "numeric fields (Int, Float)" if numeric else "'String' fields"
    if name not in allowed:
        yield rejection(
            "validation-type",
            message=f"'{kind}' cannot check '{use.place}', which is of type '{name}'.",
            hint=f"Use it on fields of type {' or '.join(sorted(allowed))}.",
            where=use.where_of("type"),
            amplify=f"Validation type '{kind}' can only be used with {wanted}. Field "
            f"'{field.name.value}' is of type '{name}'",
        )


def _value_problems(
    use: DirectiveUse, field: FieldDefinitionNode, kind: str
) -> Iterator[Problem]:
    value = use.text("value") or ""
    message = f"'{value}' is no value for '{kind}' on '{use.place}'."
    where = use.where_of("value")
    end = f"Received '{value}' for field '{field.name.value}'"
    if kind in _LENGTHS:
        hint, wanted = "Write a whole number from 0 on.", "a non-negative integer"
        found = _WHOLE_BEGIN.match(value)
        sign, digits = found.groups() if found else ("", "")
        some = found is not None and found[0].strip(" \t\n+-") != ""
        right = some and not (sign == "-" and digits)
    elif kind in _NUMERIC:
        hint, wanted = "Write a number.", "a number"
        right = _NUMBER_BEGIN.match(value) is not None
    else:
        return
    if not right:
        yield rejection(
            "validation-value",
            message=message,
            hint=hint,
            where=where,
            amplify=f"{kind} value must be {wanted}. {end}",
        )
    elif not is_number(value):
        yield Problem(
            "validation-value",
            message,
            f"{hint[:-1]} and nothing else: the resolver fails on this.",
            where,
        )


def apply(use: DirectiveUse, draft: Draft) -> Draft:
    """Give the field one more validation."""
    name = "" if use.field is None else use.field.name.value
    field = draft.model(use.type_name).field(name)
    if field is None:
        return draft
    kind, value = ValidationKind(use.text("type") or ""), use.text("value") or ""
    made = f"Field {name} of type {use.type_name} {_DEMANDS[kind]} {value}"
    validation = Validation(kind, value, use.text("errorMessage") or made)
    field = replace(field, validations=(*field.validations, validation))
    draft = draft.with_field(use.type_name, field)
    looked_for = {
        OperationKind.CREATE: f"create{use.type_name}",
        OperationKind.UPDATE: f"update{use.type_name}",
    }
    draft = draft.with_warnings(renamed_mutations(use, draft, looked_for))
    return draft.with_warnings(_not_run(use, kind, value))


def _not_run(use: DirectiveUse, kind: ValidationKind, value: str) -> Iterator[Problem]:
    if kind is ValidationKind.MATCHES and java_pattern(value) is None:
        yield Problem(
            "not-run-locally",
            f"The pattern '{value}' of '{use.place}' is Java's, and Python cannot "
            "read it: mutations that set the field answer an error here.",
            "Write it without Java's own constructs.",
            use.where_of("value"),
            "warning",
        )


VALIDATE = Directive("validate", SDL, check, apply)
