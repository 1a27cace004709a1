"""Compiles and plans what the options name; the document of ``compile --json``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.cli._output import problem_json
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.errors import SchemaInvalid
from amplikit.planner import plan

if TYPE_CHECKING:
    from amplikit.blueprint.api import Api
    from amplikit.blueprint.config import Config
    from amplikit.blueprint.resources import Attribute, Blueprint, Table, TableIndex
    from amplikit.errors import Problem
    from amplikit.project import Loaded

__all__ = [
    "Compiled",
    "compile_loaded",
    "compile_options",
    "compiled_json",
    "table_json",
]


@dataclass(frozen=True, slots=True)
class Compiled:
    """What was meant, what must exist, and the warnings on the way there."""

    api: Api
    blueprint: Blueprint
    config: Config
    problems: tuple[Problem, ...]


def compile_loaded(loaded: Loaded) -> Compiled:
    """Return the blueprint of a project, or of a schema with its options.

    Raises ``SchemaInvalid`` with every problem.
    """
    config = loaded.config
    options = compile_options(config)
    sources = tuple(Source(source.file, source.text) for source in loaded.sources)
    compilation = compile_schema(sources, options)
    problems = (*loaded.problems, *compilation.problems)
    if compilation.api is None:
        raise SchemaInvalid(*problems)
    blueprint = plan(compilation.api, config)
    return Compiled(compilation.api, blueprint, config, problems)


def compile_options(config: Config) -> CompileOptions:
    """Return what of a configuration decides the compiler's result."""
    return CompileOptions(
        config.transformer, config.auth, config.flags, config.admin_role_names
    )


def compiled_json(compiled: Compiled) -> dict[str, object]:
    """Return the document of ``compile --json``."""
    return {
        "ok": True,
        "transformer": compiled.blueprint.transformer.value,
        "schema": compiled.blueprint.sdl,
        "tables": [table_json(table) for table in compiled.blueprint.tables],
        "problems": [problem_json(problem) for problem in compiled.problems],
    }


def table_json(table: Table) -> dict[str, object]:
    """Return a table in the contract's shape."""
    keys = [(table.partition_key, table.sort_key)]
    keys += [(index.partition_key, index.sort_key) for index in table.indexes]
    attributes = {
        attribute.name: attribute.type.value
        for key in keys
        for attribute in key
        if attribute is not None
    }
    return {
        "name": table.name,
        "keySchema": _key_json(table.partition_key, table.sort_key),
        "attributes": [
            {"name": name, "type": kind} for name, kind in attributes.items()
        ],
        "gsis": [_index_json(index) for index in table.indexes if not index.local],
        "lsis": [_index_json(index) for index in table.indexes if index.local],
        "ttl": table.ttl and {"AttributeName": table.ttl, "Enabled": True},
    }


def _key_json(partition: Attribute, sort: Attribute | None) -> list[dict[str, str]]:
    key = [{"name": partition.name, "type": "HASH"}]
    return [*key, {"name": sort.name, "type": "RANGE"}] if sort else key


def _index_json(index: TableIndex) -> dict[str, object]:
    shape: dict[str, object] = {
        "name": index.name,
        "keys": _key_json(index.partition_key, index.sort_key),
        "projection": index.projection,
    }
    if index.include:
        shape["nonKeyAttributes"] = list(index.include)
    return shape
