"""What a compilation and a real transformer's answer say differently.

An answer of ``run_v1.js`` or ``run_v2.js``, or an expectation of the corpus:
``{"ok", "schema", "tables"}``, or ``{"ok": false, "error": {"name", "message"}}``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, build_schema, validate_schema

sys.path.insert(0, str(Path(__file__).parents[2] / "oracle"))

from printed_schema import SERVICE, as_sets, by_name

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.cli._compile import table_json
from amplikit.compiler import Compilation, CompileOptions, Source, compile_schema
from amplikit.planner import plan

if TYPE_CHECKING:
    from amplikit.blueprint.api import Api

# Refused although AppSync would take what is printed: docs/differences.md, "Told
# differently", says why.
REFUSED_ON_PURPOSE = frozenset(
    {
        "automatic-field-is-a-list",
        "directive-on-extension",
        "directive-on-interface",
        "function-without-name",
        "key-fields-not-a-list",
        "resolved-twice",
        "subscriptions-not-a-list",
        "version-not-a-number",
    }
)


def compiled(transformer: str, request: dict[str, Any]) -> Compilation:
    """Compile what a runner was asked to: ``{schema, flags, auth}``."""
    auth = request["auth"]
    options = CompileOptions(
        Transformer(transformer),
        AuthConfig(
            AuthMode(auth["default"]),
            tuple(AuthMode(mode) for mode in auth.get("additional", ())),
        ),
        tuple((name, bool(value)) for name, value in request["flags"].items()),
    )
    return compile_schema([Source("schema.graphql", request["schema"])], options)


def compare(expected: dict[str, Any], result: Compilation) -> list[str]:
    """Return the differences; those of docs/differences.md are none."""
    if not expected["ok"]:
        return _compare_rejection(expected["error"], result)
    if result.api is None:
        return [] if refused_on_purpose(expected, result) else _refused(result)
    return [
        *_compare_schema(result.api.sdl, expected["schema"]),
        *_compare_tables(tables_of(result.api), expected["tables"]),
        *(
            f"we print what is invalid: {error.message}"
            for error in sdl_errors(result.api.sdl)
        ),
    ]


def refused_on_purpose(expected: dict[str, Any], result: Compilation) -> bool:
    """Whether we refuse what the transformer takes, for a reason that is told."""
    if not expected["ok"] or result.api is not None:
        return False
    errors = [one for one in result.problems if one.severity == "error"]
    if any(problem.amplify or not problem.hint for problem in errors):
        return False
    told = all(problem.code in REFUSED_ON_PURPOSE for problem in errors)
    return told or bool(sdl_errors(expected["schema"]))


def sdl_errors(sdl: str) -> list[GraphQLError]:
    """Return why AppSync refuses a printed schema."""
    try:
        return validate_schema(build_schema(SERVICE + sdl))
    except (GraphQLError, TypeError) as error:
        return [GraphQLError(str(error))]


def _refused(result: Compilation) -> list[str]:
    return [
        f"we refuse: {problem.code}: {problem}"
        for problem in result.problems
        if problem.severity == "error"
    ]


def _compare_rejection(error: dict[str, str], result: Compilation) -> list[str]:
    texts = [
        (problem.amplify.type, problem.amplify.message)
        for problem in result.problems
        if problem.amplify
    ]
    wanted = (error["name"], error["message"])
    if texts[:1] == [wanted]:
        return []
    if wanted in texts:
        return [f"told in another order: {texts[0]} before {wanted}"]
    if result.api is not None:
        return [f"we accept, it says: {wanted}"]
    codes = [problem.code for problem in result.problems]
    return [f"told as {texts or codes}, it says: {wanted}"]


def _compare_schema(ours: str, theirs: str) -> list[str]:
    here, there = as_sets(ours), as_sets(theirs)
    found = [f"we do not print {name}" for name in sorted(there.keys() - here.keys())]
    found += [f"only we print {name}" for name in sorted(here.keys() - there.keys())]
    for name in sorted(here.keys() & there.keys()):
        for one, other in zip(here[name], there[name], strict=True):
            if one == other:
                continue
            if isinstance(one, frozenset) and isinstance(other, frozenset):
                found.append(
                    f"{name}: we print {_listed(one - other)}, "
                    f"not {_listed(other - one)}"
                )
            else:
                found.append(f"{name}: we print {one}, not {other}")
    return found


def _listed(parts: frozenset[object]) -> list[str]:
    return sorted(map(str, parts))


def tables_of(api: Api) -> list[dict[str, Any]]:
    """Return the tables in the contract's shape."""
    config = Config("peers", api.transformer, api.auth, flags=api.flags)
    return [table_json(table) for table in plan(api, config).tables]


def _compare_tables(
    ours: list[dict[str, Any]], theirs: list[dict[str, Any]]
) -> list[str]:
    here, there = by_name(ours), by_name(theirs)
    for name, table in there.items():
        if name in here and not _whole(table):
            here[name]["attributes"] = table["attributes"]
    return [
        f"table {name}: {_shown(here.get(name))}, not {_shown(there.get(name))}"
        for name in sorted({*here, *there})
        if here.get(name) != there.get(name)
    ]


def _whole(table: dict[str, Any]) -> bool:
    """Whether the attributes are those of the keys; CloudFormation insists on it."""
    keys = [table["keySchema"], *(one["keys"] for one in table["gsis"] + table["lsis"])]
    named = {part["name"] for key in keys for part in key}
    return named == {attribute["name"] for attribute in table["attributes"]}


def _shown(table: dict[str, Any] | None) -> str:
    return json.dumps(table)
