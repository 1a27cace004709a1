"""Fields that functions, HTTP endpoints and AI services answer.

Source: the templates of both transformers; protectField (v1) and protectFieldResolver
(v2) of the auth transformers for what stands before the first call.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Strategy, Transformer
from amplikit.blueprint.operations import (
    Authorize,
    Const,
    Function,
    Local,
    Outcome,
    Remote,
    Resolver,
    When,
    Who,
    Written,
)
from amplikit.blueprint.resources import DataSource
from amplikit.planner.access import beside_rules
from amplikit.planner.rules import rule_grants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, CustomField
    from amplikit.blueprint.config import Config
    from amplikit.blueprint.operations import Operation
    from amplikit.blueprint.remote import RemoteCall

__all__ = ["custom_resolver", "data_sources", "remote_resolver"]


def data_sources(api: Api) -> Iterator[DataSource]:
    """Yield what the calls of an API need, each once; a later one of a name is lost."""
    of_models = (field.calls for model in api.models for field in model.fields)
    of_others = (field.calls for field in api.custom_fields)
    found: dict[str, RemoteCall] = {}
    for calls in chain(of_models, of_others):
        for call in calls:
            found.setdefault(call.data_source, call)
    for name, call in found.items():
        yield DataSource(name, call.kind, call)


def remote_resolver(
    api: Api,
    coordinate: str,
    calls: tuple[RemoteCall, ...],
    check: tuple[Operation, ...],
) -> Resolver:
    """Return the resolver of a field: the check of its rules, then call after call.

    What v2 answers to the first function as ``prev`` is its check's empty object.
    """
    parent, _, name = coordinate.partition(".")
    functions = [Function(call.function, (), Remote(call)) for call in calls]
    if check:
        first = api.transformer is Transformer.V1
        made = f"{parent[:1].upper()}{parent[1:]}{name[:1].upper()}{name[1:]}AuthFN"
        answer = Local(Const(None if first else {}))
        functions.insert(0, Function(made, check, answer))
    return Resolver(coordinate, tuple(functions))


def custom_resolver(api: Api, config: Config, field: CustomField) -> Resolver:
    """Return the resolver of a field of a type that is no model."""
    check = _check(api, config, field)
    return remote_resolver(api, field.coordinate, field.calls, check)


def _check(api: Api, config: Config, field: CustomField) -> tuple[Operation, ...]:
    """Return the check of a field's rules; there is no item that could decide.

    v1 checks static groups alone; v2 lets nobody in by an owner or a group field.
    """
    if field.rules is None:
        return ()
    first = api.transformer is Transformer.V1
    grants = tuple(
        grant
        for rule in field.rules
        if not first or rule.allow is Strategy.GROUPS
        for grant in rule_grants(rule, None, api)
        if grant.who is not Who.ITEM
    )
    if first and not grants:
        return ()
    return (
        Authorize(
            model=field.type_name,
            operation=f"call {field.name}",
            grants=(*beside_rules(api, config), *grants),
            when=When.SOURCE,
            unmatched=Outcome.ALLOW if first else Outcome.DENY,
            written=tuple(Written(rule, field.name) for rule in field.rules),
        ),
    )
