"""Where a rule would have to stand to decide about a field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation
from amplikit.inspect.written import is_join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, AuthRule, Model
    from amplikit.blueprint.config import Config
    from amplikit.blueprint.resources import Blueprint

__all__ = ["Situation", "Target", "field_target", "model_targets", "targets_of"]


@dataclass(frozen=True, slots=True)
class Situation:
    """A schema and its configuration, as they are when somebody is refused."""

    api: Api
    config: Config
    blueprint: Blueprint


@dataclass(frozen=True, slots=True)
class Target:
    """A type, or a field of one, and the operation that its rules have to name.

    ``operation`` None: a field of a root type, whose rules name none. ``model`` is None
    then, too.
    """

    type_name: str
    field: str | None
    operation: RuleOperation | None
    rules: tuple[AuthRule, ...]
    model: Model | None = None


def model_targets(api: Api, name: str, operation: RuleOperation) -> Iterator[Target]:
    """Yield where a model's rules stand: a join has those of the models it joins."""
    model = api.model(name)
    if model is None:
        return
    if not is_join(model):
        yield Target(name, None, operation, model.rules or (), model)
        return
    for end in dict.fromkeys(f.relation.target for f in model.fields if f.relation):
        joined = api.model(end)
        if joined is not None:
            yield Target(end, None, operation, joined.rules or (), joined)


def field_target(api: Api, name: str, field: str, operation: RuleOperation) -> Target:
    """Return the place of a field's own rules."""
    model = api.model(name)
    known = model.field(field) if model else None
    rules = (known.rules if known else None) or ()
    return Target(name, field, operation, rules, model)


def targets_of(coordinate: str, situation: Situation) -> Iterator[Target]:
    """Yield the places whose rules decide which modes a field admits."""
    api = situation.api
    parent, _, name = coordinate.partition(".")
    written = {one.coordinate: one for one in situation.blueprint.field_rules}
    if coordinate in written:
        found = written[coordinate]
        if found.operation == "call":
            yield Target(parent, name, None, found.rules)
        else:
            yield from model_targets(api, found.model, RuleOperation(found.operation))
        return
    if parent in {"Query", "Mutation", "Subscription"}:
        yield Target(parent, name, None, ())
        return
    model = api.model(parent)
    if model is not None:
        known = model.field(name)
        if known is not None and known.relation is not None:
            many = RuleOperation.LIST if known.relation.many else RuleOperation.GET
            yield from model_targets(api, known.relation.target, many)
        if known is not None and known.rules is not None:
            yield field_target(api, parent, name, RuleOperation.GET)
        yield from model_targets(api, parent, RuleOperation.GET)
        return
    paged = parent.removeprefix("Model").removesuffix("Connection")
    if api.model(paged) is not None and paged != parent:
        yield from model_targets(api, paged, RuleOperation.LIST)
        return
    for each in api.models:
        yield from model_targets(api, each.name, RuleOperation.GET)
