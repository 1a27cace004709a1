import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import Ran

Amplikit = Callable[..., Ran]


def explain(amplikit: Amplikit, project: Path, query: str, *more: str) -> Ran:
    caller = ("--as", "key:default", "--project", str(project))
    return amplikit("explain", query, *caller, *more)


def test_a_request_is_explained_and_undone(amplikit: Amplikit, project: Path) -> None:
    mutation = 'mutation { createNote(input: { text: "x" }) { text } }'
    document = explain(amplikit, project, mutation, "--json").document()
    assert document["response"] == {"data": {"createNote": {"text": "x"}}}
    query = "{ listNotes { items { text } } }"
    document = explain(amplikit, project, query, "--json").document()
    assert document["response"] == {"data": {"listNotes": {"items": []}}}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("{ listNotes { items { text } } }", 0),
        ("{ listNotes { nope } }", 1),
        ("{", 1),
        ("", 1),
        ("query A { __typename } query B { __typename }", 1),
    ],
)
def test_what_nobody_could_have_answered_is_status_1(
    amplikit: Amplikit, project: Path, query: str, status: int
) -> None:
    assert explain(amplikit, project, query).status == status
    assert explain(amplikit, project, query, "--json").status == status


@pytest.mark.parametrize("option", ["--data", "--project", "--schema"])
def test_an_empty_path_is_not_the_current_folder(
    amplikit: Amplikit, option: str
) -> None:
    ran = amplikit("explain", "{ __typename }", "--as", "guest", option, "")
    assert (ran.status, ran.out) == (1, "")
    assert "the path is empty" in ran.err


NOTES = """\
type Note @model @auth(rules: [
  { allow: groups, groups: ["Editors"], operations: [read] }
  { allow: private, provider: iam, operations: [read] }
]) {
  id: ID!
  text: String
}
type Query {
  ping: String @function(name: "ping") @auth(rules: [{ allow: private }])
}
"""
AUTH = 'default = "AMAZON_COGNITO_USER_POOLS"\nadditional = ["AWS_IAM", "API_KEY"]'
IDENTITIES = """\
groups = ["Editors"]

[[roles.tools.statements]]
actions = ["appsync:GraphQL"]
resources = ["types/Mutation/fields/createNote"]

[[roles.barred.statements]]
actions = ["appsync:GraphQL"]
resources = ["*"]

[[roles.barred.statements]]
effect = "Deny"
actions = ["appsync:GraphQL"]
resources = ["types/Query/fields/listNotes"]
"""
CREATE = 'mutation { createNote(input: { text: "x" }) { id } }'
LIST = "{ listNotes { items { id } } }"


OPEN_IN_V1 = [("user:ann", CREATE), ("user:bob", LIST)]
"""No rule protects the one; the other is a page without items."""


@pytest.fixture(params=["v1", "v2"])
def notes(request: pytest.FixtureRequest, project: Path, amplikit: Amplikit) -> Path:
    """Return a project with users, groups and roles."""
    config = project / "amplify-config"
    api = (config / "api.toml").read_text().replace("v2", request.param)
    (config / "api.toml").write_text(api.replace('default = "API_KEY"', AUTH))
    (config / "identities.toml").write_text(IDENTITIES)
    (project / "schema" / "note.graphql").write_text(NOTES)
    place = ("--project", str(project))
    for name, group in (("ann", "Editors"), ("bob", "")):
        groups = ("--group", group) if group else ()
        assert amplikit("users", "create", name, *groups, *place).status == 0
    return project


def told(amplikit: Amplikit, project: Path, caller: str, query: str) -> dict[str, Any]:
    place = ("--project", str(project))
    ran = amplikit("explain", query, "--as", caller, *place, "--json")
    return ran.document()


@pytest.mark.parametrize(
    ("caller", "query"),
    [
        ("user:ann", CREATE),
        ("user:bob", LIST),
        ("user:bob", "subscription { onCreateNote { id } }"),
        ("key:default", LIST),
        ("key:default", CREATE),
        ("key:default", "subscription { onDeleteNote { id } }"),
        ("key:default", "{ ping }"),
        ("guest", LIST),
        ("guest", "{ ping }"),
        ("role:tools", LIST),
        ("role:tools", CREATE),
        ("role:barred", LIST),
    ],
)
def test_a_patch_that_is_applied_lets_the_caller_in(
    amplikit: Amplikit, notes: Path, caller: str, query: str
) -> None:
    before = told(amplikit, notes, caller, query)
    denied = [one for one in before["decisions"] if one["verdict"] == "deny"]
    first = before["other_transformer"]["transformer"] == "v2"
    assert bool(denied) != (first and (caller, query) in OPEN_IN_V1)
    if not denied:
        assert before["remedies"] == []
        return
    (remedy,) = before["remedies"]
    subprocess.run(
        ["git", "apply", "-"],
        cwd=notes,
        input=remedy["patch"]["diff"],
        text=True,
        check=True,
    )

    after = told(amplikit, notes, caller, query)

    assert [one for one in after["decisions"] if one["verdict"] == "deny"] == []
    assert "Unauthorized" not in str(after["response"])


def test_what_the_other_transformer_answers_is_told(
    amplikit: Amplikit, notes: Path
) -> None:
    document = told(amplikit, notes, "user:ann", CREATE)

    other = document["other_transformer"]
    (difference,) = other["differences"]
    verdicts = [difference[side]["verdict"] for side in ("here", "there")]
    expected = ["deny", "allow"] if other["transformer"] == "v1" else ["allow", "deny"]
    assert (difference["path"], verdicts) == (["createNote"], expected)
    assert other["why_not"] is None


OPTIONS = ("--auth", '{"default": "API_KEY", "additional": ["AWS_IAM"]}')
FOR_V2 = """\
type Blog @model { id: ID! notes: [Note] @hasMany }
type Note @model @auth(rules: [{ allow: public }]) { id: ID! text: String }
"""


def alone(
    amplikit: Amplikit, folder: Path, schema: str, *more: str, version: str = "v2"
) -> Ran:
    """Run explain on a schema without a project."""
    path = folder / "alone.graphql"
    path.write_text(schema)
    place = ("--schema", str(path), "--data", str(folder / "data"))
    return amplikit("explain", *place, "--transformer", version, *OPTIONS, *more)


def test_a_schema_alone_is_enough(amplikit: Amplikit, tmp_path: Path) -> None:
    asked = ("--as", "role:local-admin", "{ listNotes { items { id } } }")

    ran = alone(amplikit, tmp_path, FOR_V2, *asked)

    assert ran.status == 0
    assert "listNotes: deny by AppSync directive" in ran.out
    assert """Write --flags '{"adminRoles": ["local-admin"]}'.""" in ran.out
    assert "Under transformer v1: not compared. The schema does not compile" in ran.out


def test_a_schema_of_v1_is_compared_as_v2_writes_it(
    amplikit: Amplikit, tmp_path: Path
) -> None:
    schema = 'type Note @model @key(fields: ["id", "at"]) { id: ID! at: Int! }'
    query = "{ getNote(id: 1, at: 2) { id } }"

    ran = alone(amplikit, tmp_path, schema, "--as", "key:default", query, version="v1")

    assert ran.status == 0
    first = "Under transformer v2 (rewritten by `amplikit check --fix`):"
    assert f"{first}\n  getNote: deny, here allow" in ran.out


@pytest.mark.parametrize(
    ("schema", "more", "code"),
    [
        (FOR_V2, ("--as", "user:ann", "{ x }"), "unknown-user"),
        (FOR_V2, ("--as", "role:nobody", "{ x }"), "unknown-role"),
        (FOR_V2, ("--as", "somebody", "{ x }"), "option-invalid"),
        ("type Note @model {", ("--as", "guest", "{ x }"), "syntax-error"),
        (FOR_V2, ("--as", "guest", "{ x }", "--variables", "1"), "option-invalid"),
    ],
)
def test_what_is_wrong_without_a_project_is_told(
    amplikit: Amplikit, tmp_path: Path, schema: str, more: tuple[str, ...], code: str
) -> None:
    ran = alone(amplikit, tmp_path, schema, *more, "--json")

    assert ran.status == 1
    assert ran.codes() == [code]


def test_a_rehearsal_runs_no_function(amplikit: Amplikit, project: Path) -> None:
    (project / "schema" / "fn.graphql").write_text(
        'type Query { touch: String @function(name: "touch") }\n'
    )
    touched = project / "touched"
    folder = project / "lambdas" / "touch"
    folder.mkdir(parents=True)
    (folder / "handler.py").write_text(
        f"import pathlib\ndef handler(e, c): pathlib.Path({str(touched)!r}).touch()\n"
    )
    document = explain(amplikit, project, "{ touch }", "--json").document()
    assert '"NotRunLocally"' in json.dumps(document["response"])
    assert not touched.exists()
