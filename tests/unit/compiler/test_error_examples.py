"""Every code in docs/errors.md is got by its bad example and not by its good one."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import ApiKeyConfig, Config, FunctionConfig
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.inspect import lint

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "errors.md").read_text()
SECTION = re.compile(
    r"^### `([a-z0-9-]+)`\n(.*?)(?=^###? |\Z)", re.MULTILINE | re.DOTALL
)
EXAMPLE = re.compile(
    r"^```graphql (bad|good) (v[12])([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL
)
CODE = re.compile(r"[a-z]+(-[a-z]+)+")


class Example(NamedTuple):
    code: str
    verdict: str
    transformer: str
    options: str
    schema: str


EXAMPLES = [
    Example(code, *found.groups())
    for code, text in SECTION.findall(PAGE)
    for found in EXAMPLE.finditer(text)
]


def codes(example: Example, *, errors_alone: bool = False) -> set[str]:
    options = dict(part.split("=") for part in example.options.split())
    words = {name: tuple(text.split(",")) for name, text in options.items()}
    auth = AuthConfig(
        AuthMode(options.get("auth", "API_KEY")),
        tuple(AuthMode(mode) for mode in words.get("additional", ())),
    )
    flags = tuple(
        (name.removeprefix("!"), not name.startswith("!"))
        for name in words.get("flags", ())
    )
    transformer = Transformer(example.transformer)
    compiled = compile_schema(
        [Source("schema.graphql", example.schema)],
        CompileOptions(transformer, auth, flags),
    )
    config = Config(
        name="example",
        transformer=transformer,
        auth=auth,
        flags=flags,
        groups=words.get("groups", ()),
        admin_role_names=words.get("admins", ()),
        api_keys=(ApiKeyConfig("default", int(options.get("expires_days", "7"))),),
        functions=tuple(
            FunctionConfig(role, Path("lambdas") / role, role)
            for role in words.get("functions", ())
        ),
    )
    warnings = lint(compiled.api, config) if compiled.api else ()
    return {
        problem.code
        for problem in (*compiled.problems, *warnings)
        if problem.severity == "error" or not errors_alone
    }


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=[f"{one.code}-{one.verdict}" for one in EXAMPLES]
)
def test_an_example_does_what_the_page_says(example: Example) -> None:
    assert (example.code in codes(example)) is (example.verdict == "bad")


def test_every_good_example_compiles_without_an_error() -> None:
    assert {
        example.code: found
        for example in EXAMPLES
        if example.verdict == "good" and (found := codes(example, errors_alone=True))
    } == {}


def test_every_code_of_the_compiler_is_explained() -> None:
    written = {
        node.value
        for path in (ROOT / "amplikit" / "compiler").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in {"Problem", "rejection"}
        for first in call.args[:1]
        for node in ast.walk(first)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CODE.fullmatch(node.value)
    }
    explained = {code for code, _ in SECTION.findall(PAGE)}
    assert written - explained == set()
    assert len(written) > 70
