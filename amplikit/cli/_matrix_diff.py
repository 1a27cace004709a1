"""The other side of ``matrix --diff``: another transformer, or another commit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Transformer
from amplikit.cli._changes import access_lines
from amplikit.cli._compile import Compiled, compile_loaded, compile_options
from amplikit.cli._git import project_schema_at, schema_paths_at
from amplikit.compiler import Source, compile_schema
from amplikit.compiler.rewrite.schema import rewrite
from amplikit.errors import ConfigInvalid, Problem, SchemaInvalid
from amplikit.inspect.matrix import Matrix, columns_of, compare, joined, matrix
from amplikit.planner import plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.cli._options import Inputs
    from amplikit.errors import Problem as Found
    from amplikit.inspect.matrix import CellChange
    from amplikit.project import Loaded

__all__ = ["Difference", "difference", "difference_lines"]

_TRANSFORMER = "transformer="


@dataclass(frozen=True, slots=True)
class Difference:
    """Two matrices with the same columns, their names, and the cells that differ."""

    sides: tuple[tuple[str, Matrix], tuple[str, Matrix]]
    changes: tuple[CellChange, ...]
    problems: tuple[Found, ...]


def difference(inputs: Inputs, loaded: Loaded, text: str) -> Difference:
    """Compare what is loaded with what ``--diff`` names.

    A commit is what was before; another transformer is what would be after. Raises
    ``ConfigInvalid`` or ``SchemaInvalid``.
    """
    present = compile_loaded(loaded)
    if text.startswith(_TRANSFORMER):
        wanted = _transformer(text.removeprefix(_TRANSFORMER))
        other = _under(loaded, wanted)
        return _compared(
            (f"transformer {present.blueprint.transformer}", present),
            (f"transformer {wanted}", other),
        )
    sources = (
        schema_paths_at(text, inputs.schema)
        if inputs.schema
        else project_schema_at(text, inputs.base())
    )
    earlier = compile_loaded(replace(loaded, sources=sources, problems=()))
    return _compared((text, earlier), ("the files as they are", present))


def difference_lines(found: Difference) -> Iterator[str]:
    """Yield what a person reads."""
    (before, _), (after, shown) = found.sides
    yield f"{shown.name}: who may do what, {before} -> {after}"
    labels = {one.id: one.label for one in shown.identities}
    yield from access_lines(
        (change, labels[change.identity]) for change in found.changes
    )


def _compared(before: tuple[str, Compiled], after: tuple[str, Compiled]) -> Difference:
    old, new = before[1], after[1]
    columns = joined(
        columns_of(new.blueprint, new.config), columns_of(old.blueprint, old.config)
    )
    first, second = (
        matrix(one.api, one.blueprint, one.config, columns) for one in (old, new)
    )
    return Difference(
        ((before[0], first), (after[0], second)),
        tuple(compare(first, second)),
        tuple(dict.fromkeys((*old.problems, *new.problems))),
    )


def _transformer(name: str) -> Transformer:
    if name in set(Transformer):
        return Transformer(name)
    raise ConfigInvalid(
        Problem(
            code="option-invalid",
            message=f"--diff: '{name}' is not v1 or v2.",
            hint="Write transformer=v1 or transformer=v2.",
        )
    )


def _under(loaded: Loaded, wanted: Transformer) -> Compiled:
    """Compile the same schema under a transformer, rewritten if only v1 has its words.

    Raises ``SchemaInvalid`` with what a person has to decide first.
    """
    config = replace(loaded.config, transformer=wanted)
    sources = tuple(Source(source.file, source.text) for source in loaded.sources)
    direct = compile_schema(sources, compile_options(config))
    api, problems = direct.api, direct.problems
    if api is None and wanted is Transformer.V2:
        rewritten = rewrite(sources, compile_options(loaded.config))
        api, problems = rewritten.after, rewritten.problems
        if rewritten.before is None:
            problems = direct.problems
    if api is None:
        raise SchemaInvalid(*problems)
    return Compiled(api, plan(api, config), config, problems)
