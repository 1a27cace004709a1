"""A schema compiles to the same API, however it is cut, ordered and laid out."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from graphql import build_schema, parse, print_ast, validate_schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from seeds import Seed, corpus, documented, written

from amplikit.blueprint.config import Config
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.compiler.vocabulary import AWS_SCALARS, SERVICE_SDL
from amplikit.errors import Where
from amplikit.planner import plan

if TYPE_CHECKING:
    from amplikit.blueprint.api import Api
    from amplikit.blueprint.resources import Table

AUTH = AuthConfig(AuthMode.USER_POOLS, (AuthMode.API_KEY, AuthMode.IAM, AuthMode.OIDC))
SERVICE = "".join(f"scalar {name}\n" for name in AWS_SCALARS) + "".join(
    f"{print_ast(node)}\n"
    for node in parse(SERVICE_SDL).definitions
    if node.name.value != "deprecated"
)
HASHED = """
import sys
sys.path[:0] = sys.argv[1:]
from test_compiler_order import compiled, tables
from seeds import written
for seed in written():
    api = compiled(seed, seed.text)
    print(api.sdl, tables(seed, api))
"""
# What the transformers make of these depends on the order in which they stand.
ORDERED = {
    "auth_two_models_mixed": "the first model decides about a type that two share",
}


def compiled(seed: Seed, *texts: str) -> Api | None:
    sources = [Source(f"{at}.graphql", text) for at, text in enumerate(texts)]
    options = CompileOptions(seed.transformer, AUTH)
    return compile_schema(sources, options).api


def accepted(seeds: list[Seed]) -> list[Seed]:
    return [seed for seed in seeds if compiled(seed, seed.text)]


WRITTEN = written()
EXAMPLES = accepted(documented())
CORPUS = [
    pytest.param(seed, id=f"{seed.transformer.value}-{seed.name}")
    for seed in accepted(corpus())
]


def parts(text: str) -> list[str]:
    return [print_ast(node) for node in parse(text).definitions]


def as_sets(sdl: str) -> dict[str, frozenset[str]]:
    """Return the lines of each definition; one line is one field here."""
    return {
        node.name.value: frozenset(" ".join(sorted(line.split())) for line in lines)
        for node in parse(sdl).definitions
        for lines in [print_ast(node).replace("|", " ").split("\n")]
    }


def tables(seed: Seed, api: Api) -> dict[str, tuple[object, ...]]:
    planned = plan(api, Config("test", seed.transformer, AUTH)).tables
    return {table.name: _table(table) for table in planned}


def _table(table: Table) -> tuple[object, ...]:
    indexes = sorted(table.indexes, key=lambda index: index.name)
    return table.partition_key, table.sort_key, *indexes, table.ttl


def without_places(value: object) -> object:
    """Return a value as plain tuples, the places in files left out."""
    if isinstance(value, Where):
        return None
    if is_dataclass(value) and not isinstance(value, type):
        return (
            type(value).__name__,
            *(without_places(getattr(value, one.name)) for one in fields(value)),
        )
    if isinstance(value, tuple):
        return tuple(map(without_places, value))
    return value


@pytest.mark.parametrize("seed", WRITTEN, ids=lambda seed: seed.name)
def test_the_seeds_compile(seed: Seed) -> None:
    assert compiled(seed, seed.text) is not None


def test_neither_time_nor_hashes_matter() -> None:
    printed = {
        subprocess.run(
            [sys.executable, "-c", HASHED, str(Path(__file__).parent)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(printed) == 1


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_the_order_of_definitions_and_files_does_not_matter(
    data: st.DataObject,
) -> None:
    seed = data.draw(st.sampled_from([*WRITTEN, *EXAMPLES]))
    _check_order(seed, data.draw(st.permutations(parts(seed.text))))


@pytest.mark.oracle
@pytest.mark.parametrize("seed", CORPUS)
@settings(
    deadline=None,
    max_examples=5,
    suppress_health_check=[HealthCheck.differing_executors],
)
@given(data=st.data())
def test_the_order_of_a_case_does_not_matter(seed: Seed, data: st.DataObject) -> None:
    if seed.name in ORDERED:
        pytest.skip(ORDERED[seed.name])
    _check_order(seed, data.draw(st.permutations(parts(seed.text))))


def _check_order(seed: Seed, shuffled: list[str]) -> None:
    straight = compiled(seed, seed.text)
    half = len(shuffled) // 2
    files = ("\n".join(shuffled[:half]), "\n".join(shuffled[half:]))
    other = compiled(seed, *files)
    assert straight is not None
    assert other is not None
    assert as_sets(other.sdl) == as_sets(straight.sdl)
    assert tables(seed, other) == tables(seed, straight)
    sources = [Source("x.graphql", files[0]), Source("y.graphql", files[1])]
    options = CompileOptions(seed.transformer, AUTH)
    assert compile_schema(sources, options) == compile_schema(sources[::-1], options)


@pytest.mark.parametrize(
    "seed", [*WRITTEN, *EXAMPLES], ids=lambda seed: seed.name.replace(" ", "-")
)
def test_printed_and_parsed_again_it_is_the_same_api(seed: Seed) -> None:
    _check_printed(seed)


@pytest.mark.oracle
@pytest.mark.parametrize("seed", CORPUS)
def test_a_case_printed_and_parsed_again_is_the_same_api(seed: Seed) -> None:
    _check_printed(seed)


def _check_printed(seed: Seed) -> None:
    api = compiled(seed, seed.text)
    again = compiled(seed, print_ast(parse(seed.text)))
    assert api is not None
    assert without_places(again) == without_places(api)
    assert as_sets(print_ast(parse(api.sdl))) == as_sets(api.sdl)
    assert validate_schema(build_schema(SERVICE + api.sdl)) == []
