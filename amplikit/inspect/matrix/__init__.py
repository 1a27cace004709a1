"""Who may do what: identities by operations and fields, read off the blueprint.

The item is unknown. No rule is written here: the blueprint's own operations are asked,
by the functions that the emulator asks, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.inspect.matrix.cells import Cell, Layer, Rule, Verdict
from amplikit.inspect.matrix.differences import CellChange, differences
from amplikit.inspect.matrix.identities import Identity, identities, joined
from amplikit.inspect.matrix.layers import Layers
from amplikit.inspect.matrix.rows import Row, Section, sections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, Transformer
    from amplikit.blueprint.config import Config
    from amplikit.blueprint.resources import Blueprint

__all__ = [
    "Cell",
    "CellChange",
    "Identity",
    "Layer",
    "Matrix",
    "Row",
    "Rule",
    "Section",
    "Verdict",
    "columns_of",
    "compare",
    "joined",
    "matrix",
]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The cells of every row stand in the identities' order."""

    name: str
    transformer: Transformer
    identities: tuple[Identity, ...]
    sections: tuple[Section, ...]


def columns_of(blueprint: Blueprint, config: Config) -> tuple[Identity, ...]:
    """Return who there is to ask about."""
    return identities(blueprint, config.groups, config.account_id)


def matrix(
    api: Api, blueprint: Blueprint, config: Config, columns: tuple[Identity, ...]
) -> Matrix:
    """Return who may do what in an API."""
    # Its id is not known: a policy that names an API by its id means another one.
    arn = f"arn:aws:appsync:{config.region}:{config.account_id}:apis/this"
    layers = Layers(blueprint, arn)
    return Matrix(
        blueprint.name,
        blueprint.transformer,
        columns,
        tuple(sections(api, layers, columns)),
    )


def compare(before: Matrix, after: Matrix) -> Iterator[CellChange]:
    """Yield the cells that differ; both matrices have the same columns."""
    columns = tuple((one.id, one.mode.value) for one in before.identities)
    yield from differences(before.sections, after.sections, columns)
