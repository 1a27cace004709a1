"""Findings that an argument of one ``@auth`` rule mends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import ListValueNode

from amplikit.blueprint.access_matrix import role_names
from amplikit.blueprint.api import (
    OperationKind,
    Provider,
    RuleOperation,
    Transformer,
)
from amplikit.blueprint.operation_kinds import MUTATION_OF
from amplikit.blueprint.reads import without_listening
from amplikit.compiler.mend.mend import Mend, operation_fields, rule_at
from amplikit.compiler.rewrite.edits import Edit, replacing
from amplikit.compiler.rules import meant, written_rules
from amplikit.compiler.use import uses

if TYPE_CHECKING:
    from graphql import ConstValueNode

    from amplikit.blueprint.api import Api, AuthRule, Field
    from amplikit.compiler.document import Document
    from amplikit.compiler.rules import WrittenRule
    from amplikit.errors import Problem

__all__ = ["deleting", "named_provider", "new_provider", "not_listening"]


def not_listening(problem: Problem, document: Document, api: Api) -> Mend | None:
    """Return the mend that writes the queries instead of ``read``."""
    found = rule_at(document, problem.where)
    model = api.model(found[0].type_name) if found else None
    value = _value(found[1], "operations") if found else None
    if found is None or model is None or value is None:
        return None
    rule = meant(found[1], Transformer.V2)
    if any(_listens_by(rule, field) for field in model.fields):
        return None  # a field's rule has no word for the queries alone
    operations = without_listening(rule, model)
    # A joining model has the rules of both sides.
    ruled = [
        other
        for other in api.models
        if any(rule.where == problem.where for rule in other.rules or ())
    ]
    names = ", ".join(f"'{other.name}'" for other in ruled)
    return Mend(
        (replacing(value, operations),),
        f"A rule of {names} allows {operations}: its callers no longer subscribe.",
        frozenset().union(*(operation_fields(one, MUTATION_OF) for one in ruled)),
    )


def _listens_by(rule: AuthRule, field: Field) -> bool:
    """Whether a rule of the field lets the same callers listen, or is this one."""
    who = set(role_names(rule, sub_owners=True))
    return any(
        own.where == rule.where
        or (
            RuleOperation.LISTEN in own.operations
            and not who.isdisjoint(role_names(own, sub_owners=True))
        )
        for own in field.rules or ()
    )


def deleting(problem: Problem, document: Document, api: Api) -> Mend | None:
    """Return the mend that adds ``delete`` to the rule of a field."""
    found = rule_at(document, problem.where)
    model = api.model(found[0].type_name) if found else None
    value = _value(found[1], "operations") if found else None
    if found is None or model is None or not isinstance(value, ListValueNode):
        return None
    words = [*(found[1].texts("operations") or ()), "delete"]
    return Mend(
        (replacing(value, f"[{', '.join(words)}]"),),
        f"A rule of '{found[0].place}' allows 'delete': its callers may delete items "
        "as the type's rules say, and set the field to null.",
        operation_fields(model, (OperationKind.DELETE, OperationKind.UPDATE)),
    )


def named_provider(problem: Problem, document: Document, _api: Api) -> Mend | None:
    """Return the mend that writes down the provider that a rule has."""
    found = rule_at(document, problem.where)
    value = _value(found[1], "allow") if found else None
    if found is None or value is None or value.loc is None:
        return None
    provider = found[1].provider
    return Mend(
        (Edit(value.loc.end, value.loc.end, f", provider: {provider}"),),
        f"A rule of '{found[0].place}' names its provider, '{provider}'.",
    )


def new_provider(_problem: Problem, document: Document, _api: Api) -> Mend | None:
    """Return the mend that writes ``identityPool`` for every old ``iam``."""
    edits = []
    for use in uses(document, "auth"):
        for rule in written_rules(use.node, document):
            value = _value(rule, "provider")
            if value is not None and rule.text("provider") == Provider.IAM:
                edits.append(replacing(value, Provider.IDENTITY_POOL))
    if not edits:
        return None
    return Mend(tuple(edits), "The provider 'iam' is called 'identityPool'.")


def _value(rule: WrittenRule, name: str) -> ConstValueNode | None:
    fields = rule.node.fields or ()
    return next((one.value for one in fields if one.name.value == name), None)
