"""The compiler against what the real transformers made of the same schemas."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, validate_schema

sys.path.insert(0, str(Path(__file__).parent))

from printed_schema import SERVICE, as_sets, by_name

from amplikit.blueprint.api import Api, Transformer
from amplikit.blueprint.config import Config
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.operations import Rename
from amplikit.blueprint.remote import DataSourceKind
from amplikit.cli._compile import table_json
from amplikit.compiler import Compilation, CompileOptions, Source, compile_schema
from amplikit.planner import plan

pytestmark = pytest.mark.oracle

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("AMPLIKIT_CORPUS", ROOT.parent / "shared" / "corpus"))
NOT_YET = "not-supported-yet"
# The function by which v2 keeps old names in storage; here an operation does it.
RENAMING = "MapsToFieldMappingLambdaDataSource"


def expectations(version: str) -> list[Path]:
    return sorted((CORPUS / "expected" / version).glob("*.json"))


CASES = [
    pytest.param(path, id=f"{version}-{path.stem}")
    for version in ("v1", "v2")
    for path in expectations(version)
]


def compiled(path: Path, expected: dict[str, Any]) -> Compilation:
    schema = (CORPUS / "cases" / f"{path.stem}.graphql").read_text()
    auth = expected["auth"]
    options = CompileOptions(
        Transformer(expected["transformer"]),
        AuthConfig(
            AuthMode(auth["default"]),
            tuple(AuthMode(mode) for mode in auth.get("additional", ())),
        ),
        tuple(
            (name, bool(value))
            for name, value in expected["flags"].items()
            if name != "adminRoles"
        ),
        tuple(expected["flags"].get("adminRoles", ())),
    )
    return compile_schema([Source(f"{path.stem}.graphql", schema)], options)


def lambdas(api: Api) -> list[str]:
    config = Config("oracle", api.transformer, api.auth, flags=api.flags)
    blueprint = plan(api, config)
    found = {
        source.name
        for source in blueprint.data_sources
        if source.kind is DataSourceKind.LAMBDA
    }
    renames = any(
        isinstance(operation, Rename)
        for resolver in blueprint.resolvers
        for function in resolver.functions
        for operation in (*function.before, *function.after)
    )
    return sorted(found | {RENAMING} if renames else found)


def waits(compilation: Compilation) -> list[str]:
    return [
        problem.message
        for problem in compilation.problems
        if problem.code.endswith(NOT_YET)
    ]


@pytest.mark.skipif(not CASES, reason=f"there is no corpus at {CORPUS}")
def test_the_corpus_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    """Say how much of the corpus is compared, and what the rest waits for."""
    for version in ("v1", "v2"):
        found = [
            (path.stem, waits(compiled(path, json.loads(path.read_text()))))
            for path in expectations(version)
        ]
        reasons = Counter(
            message[0].split("' on '")[0].strip("'") for _, message in found if message
        )
        compared = sum(not message for _, message in found)
        with capsys.disabled():
            print(f"\n{version}: {compared} of {len(found)} cases compared")  # noqa: T201 - this test reports
            for reason, number in reasons.most_common():
                print(f"  {number} waiting: {reason}")  # noqa: T201 - this test reports
        assert compared > len(found) * 3 / 4


@pytest.mark.skipif(not CASES, reason=f"there is no corpus at {CORPUS}")
@pytest.mark.parametrize("path", CASES)
def test_the_result_is_the_transformers(path: Path) -> None:
    expected = json.loads(path.read_text())
    result = compiled(path, expected)
    if waits(result):
        pytest.skip(f"waiting: {waits(result)[0]}")
    if not expected["ok"]:
        error = expected["error"]
        texts = [
            (problem.amplify.type, problem.amplify.message)
            for problem in result.problems
            if problem.amplify
        ]
        assert result.api is None
        assert texts[0] == (error["name"], error["message"])
    elif result.api is None:
        # Refused with a remedy, where AppSync refuses what the transformer prints.
        assert expected["sdlErrors"], [str(problem) for problem in result.problems]
        assert all(problem.hint for problem in result.problems)
    else:
        assert as_sets(result.api.sdl) == as_sets(expected["schema"])
        assert validate_schema(build_schema(SERVICE + result.api.sdl)) == []
        assert lambdas(result.api) == expected["functionDataSources"]


@pytest.mark.skipif(not CASES, reason=f"there is no corpus at {CORPUS}")
@pytest.mark.parametrize("path", CASES)
def test_the_tables_are_the_transformers(path: Path) -> None:
    expected = json.loads(path.read_text())
    result = compiled(path, expected)
    if result.api is None:
        pytest.skip("there are no tables")
    config = Config("oracle", result.api.transformer, result.api.auth)
    blueprint = plan(result.api, config)
    ours = [table_json(table) for table in blueprint.tables]
    assert by_name(ours) == by_name(expected["tables"])
