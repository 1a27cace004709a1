"""The api while directive after directive is applied to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amplikit.blueprint.api import CustomField, Field, Index, Model, RuledField
    from amplikit.compiler.document import Document
    from amplikit.compiler.options import CompileOptions
    from amplikit.compiler.sdl import Definition, OutputField
    from amplikit.errors import Problem

__all__ = ["Draft"]


@dataclass(frozen=True, eq=False)
class Draft:
    """What is known so far; every directive makes a new one.

    ``sort_arguments`` holds, by coordinate, the argument that a relation's field takes
    for a sort key, with its type. ``added_fields`` are fields that rules add to types
    which are no models. ``filter_keys`` and ``subscription_keys`` are the
    made-up keys with their types that a model's filters have; ``paged`` are the models
    that some relation has listed so far. By coordinate, ``custom_fields`` are those of
    plain types that something outside answers, and ``remade_fields`` those that are
    printed with other arguments or another type; ``inputs`` is what these need.
    """

    document: Document
    options: CompileOptions
    models: Mapping[str, Model] = field(default_factory=dict)
    sort_arguments: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    added_fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    filter_keys: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    paged: frozenset[str] = frozenset()
    subscription_keys: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    custom_fields: Mapping[str, CustomField] = field(default_factory=dict)
    remade_fields: Mapping[str, OutputField] = field(default_factory=dict)
    inputs: tuple[Definition, ...] = ()
    ruled_fields: tuple[RuledField, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @cached_property
    def listed(self) -> frozenset[str]:
        """The models that a relation of some model lists."""
        return frozenset(
            known.relation.target
            for model in self.models.values()
            for known in model.fields
            if known.relation is not None and known.relation.many
        )

    def model(self, name: str) -> Model:
        """Return a model; @model has been applied before all others."""
        return self.models[name]

    def with_model(self, model: Model) -> Draft:
        """Return a draft with this model added or replaced."""
        return replace(self, models={**self.models, model.name: model})

    def with_field(self, model: str, new: Field) -> Draft:
        """Return a draft where the model has this field, added last or replaced."""
        old = self.models[model]
        if old.field(new.name) is None:
            return self.with_model(replace(old, fields=(*old.fields, new)))
        fields = (new if kept.name == new.name else kept for kept in old.fields)
        return self.with_model(replace(old, fields=tuple(fields)))

    def with_made_index(self, model: str, index: Index) -> Draft:
        """Return a draft where a relation has created an index, once for its name."""
        old = self.models[model]
        if any(known.name == index.name for known in old.indexes):
            return self
        made = replace(index, made=True)
        return self.with_model(replace(old, indexes=(*old.indexes, made)))

    def with_sort_argument(self, place: str, name: str, type_name: str) -> Draft:
        """Return a draft where a relation's field takes an argument for a sort key."""
        return replace(
            self, sort_arguments={**self.sort_arguments, place: (name, type_name)}
        )

    def with_added_field(self, type_name: str, name: str) -> Draft:
        """Return a draft where a type that is no model has another String field."""
        known = self.added_fields.get(type_name, ())
        if name in known:
            return self
        return replace(
            self, added_fields={**self.added_fields, type_name: (*known, name)}
        )

    def with_filter_keys(self, model: str, keys: tuple[tuple[str, str], ...]) -> Draft:
        """Return a draft where a model's list filter has more keys."""
        known = {**dict(keys), **self.filter_keys.get(model, {})}
        return replace(self, filter_keys={**self.filter_keys, model: known})

    def with_subscription_keys(
        self, model: str, keys: tuple[tuple[str, str], ...]
    ) -> Draft:
        """Return a draft where a model's subscription filter has more keys."""
        known = {**dict(keys), **self.subscription_keys.get(model, {})}
        return replace(self, subscription_keys={**self.subscription_keys, model: known})

    def with_custom_field(self, custom: CustomField) -> Draft:
        """Return a draft with this field of a plain type added or replaced."""
        known = {**self.custom_fields, custom.coordinate: custom}
        return replace(self, custom_fields=known)

    def with_remade_field(
        self, place: str, remade: OutputField, inputs: tuple[Definition, ...]
    ) -> Draft:
        """Return a draft where a field is printed differently, with its inputs."""
        return replace(
            self,
            remade_fields={**self.remade_fields, place: remade},
            inputs=(*self.inputs, *inputs),
        )

    def with_warning(self, problem: Problem) -> Draft:
        """Return a draft with one more warning."""
        return self.with_warnings((problem,))

    def with_warnings(self, problems: Iterable[Problem]) -> Draft:
        """Return a draft with more warnings."""
        return replace(self, warnings=(*self.warnings, *problems))
