"""Tables and indexes of the models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.resources import (
    Attribute,
    AttributeType,
    Table,
    TableIndex,
)
from amplikit.planner.keys import attribute, sort_attribute

if TYPE_CHECKING:
    from amplikit.blueprint.api import Index, Model

__all__ = ["change_log", "table"]

_TTL = "_ttl"


def table(model: Model) -> Table:
    """Return the table that holds the items of a model."""
    return Table(
        name=model.table,
        partition_key=attribute(model, model.key[0]),
        sort_key=sort_attribute(model, model.key[1:]),
        indexes=tuple(_index(model, index) for index in model.indexes),
        ttl=_TTL if model.synced else None,
    )


def change_log() -> Table:
    """Return the table in which conflict detection keeps what has changed."""
    return Table(
        name="DataStore",
        partition_key=Attribute("ds_pk", AttributeType.STRING),
        sort_key=Attribute("ds_sk", AttributeType.STRING),
        ttl=_TTL,
    )


def _index(model: Model, index: Index) -> TableIndex:
    return TableIndex(
        name=index.name,
        partition_key=attribute(model, index.fields[0]),
        sort_key=sort_attribute(model, index.fields[1:]),
        local=index.local,
        projection=index.projection,
        include=index.include,
    )
