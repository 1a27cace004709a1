"""``matrix``: the sample app word for word, the document, the page, the diff."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Ran

Amplikit = Callable[..., Ran]
ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent
AUTH = '{"default": "AMAZON_COGNITO_USER_POOLS", "additional": ["API_KEY"]}'
POST = "type Post @model @auth(rules: [%s]) { id: ID! title: String! }"
OWNER = "{ allow: owner }"
PUBLIC = "{ allow: public, operations: [read] }"


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ("git", "-c", "user.name=t", "-c", "user.email=t@t", *arguments),
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "schema" / "post.graphql"
    path.parent.mkdir()
    path.write_text(POST % OWNER)
    return path


def options(schema: Path, transformer: str = "v2") -> tuple[str, ...]:
    named = ("--schema", str(schema.parent), "--transformer", transformer)
    return ("matrix", *named, "--auth", AUTH)


@pytest.mark.parametrize(
    ("arguments", "golden"),
    [
        ((), "matrix_community.txt"),
        (("--diff", "transformer=v2"), "matrix_community_v2.txt"),
    ],
)
def test_the_sample_app_reads_like_this(
    amplikit: Amplikit, arguments: tuple[str, ...], golden: str
) -> None:
    ran = amplikit("matrix", "--project", str(ROOT), *arguments)
    assert ran.status == 0
    assert ran.out == (HERE / golden).read_text()
    assert max(map(len, ran.out.splitlines())) <= 100


def test_the_document_has_a_cell_for_every_row_and_identity(
    amplikit: Amplikit, schema: Path
) -> None:
    document = amplikit(*options(schema), "--json").document()
    assert list(document) == [
        "ok",
        "name",
        "transformer",
        "identities",
        "sections",
        "problems",
    ]
    names = [one["id"] for one in document["identities"]]  # type: ignore[attr-defined] # JSON
    assert names == ["user", "owner:owner", "api-key"]
    (section,) = document["sections"]  # type: ignore[misc] # JSON
    assert {tuple(row["cells"]) for row in section["rows"]} == {tuple(names)}
    get = section["rows"][0]
    assert (get["coordinate"], get["operation"]) == ("Query.getPost", "get")
    assert get["cells"]["user"] == {
        "verdict": "depends",
        "condition": "owner named in 'owner'",
        "layer": "rule",
        "rules": [
            {
                "text": "{ allow: owner }",
                "where": {"file": str(schema), "line": 1, "column": 32},
            }
        ],
        "reason": "",
    }


def test_one_model_alone(amplikit: Amplikit) -> None:
    ran = amplikit("matrix", "--project", str(ROOT), "--model", "Domain", "--json")
    (section,) = ran.document()["sections"]  # type: ignore[misc] # JSON
    assert section["name"] == "Domain"
    wrong = amplikit("matrix", "--project", str(ROOT), "--model", "Domian", "--json")
    assert (wrong.status, wrong.codes()) == (1, ["option-invalid"])
    assert "Did you mean 'Domain'?" in wrong.problems()[0]["message"]


def test_the_page_is_one_file_and_no_schema_can_break_out(
    amplikit: Amplikit, schema: Path, tmp_path: Path
) -> None:
    text = '"</script><script>alert(1)</script>"\n' + POST % OWNER
    (schema.parent / "</script><b>.graphql").parent.mkdir(parents=True, exist_ok=True)
    (schema.parent / "<b>.graphql").write_text(text.replace("Post", "Other"))
    page = tmp_path / "matrix.html"
    ran = amplikit(*options(schema), "--html", str(page))
    assert (ran.status, ran.out) == (0, f"{page}: written.\n")
    html = page.read_text()
    assert html.count("<script") == html.count("</script>") == 1
    before, _, rest = html.partition("const matrix = ")
    data, _, after = rest.partition(";\n")
    assert json.loads(data)["ok"] is True
    assert "://" not in before + after


def test_a_page_that_cannot_be_written_says_so(
    amplikit: Amplikit, schema: Path, tmp_path: Path
) -> None:
    nowhere = tmp_path / "none" / "matrix.html"
    ran = amplikit(*options(schema), "--html", str(nowhere), "--json")
    assert (ran.status, ran.codes()) == (1, ["file-not-writable"])


def test_a_commit_is_what_was_before(amplikit: Amplikit, schema: Path) -> None:
    git(schema.parent, "init", "-q")
    git(schema.parent, "add", ".")
    git(schema.parent, "commit", "-q", "-m", "first")
    same = amplikit(*options(schema), "--diff", "HEAD")
    assert same.out.endswith("Who may use what: nothing changes.\n")
    schema.write_text(POST % f"{OWNER}, {PUBLIC}")
    ran = amplikit(*options(schema), "--diff", "HEAD", "--json")
    assert ran.status == 0
    document = ran.document()
    assert document["access"][0] == {  # type: ignore[index] # JSON
        "coordinate": "Query.getPost",
        "model": "Post",
        "operation": "get",
        "mode": "API_KEY",
        "before": ["deny"],
        "after": ["allow"],
        "identity": "api-key",
    }
    assert {one["identity"] for one in document["access"]} == {"api-key"}  # type: ignore[attr-defined] # JSON


@pytest.mark.parametrize(
    ("in_git", "revision", "code"),
    [
        (False, "HEAD", "git-unavailable"),
        (True, "no-such-branch", "unknown-revision"),
        (True, "--help", "unknown-revision"),
        (True, "transformer=v3", "option-invalid"),
    ],
)
def test_what_cannot_be_compared_says_why(
    amplikit: Amplikit, schema: Path, code: str, revision: str, *, in_git: bool
) -> None:
    if in_git:
        git(schema.parent, "init", "-q")
        git(schema.parent, "add", ".")
        git(schema.parent, "commit", "-q", "-m", "first")
    ran = amplikit(*options(schema), f"--diff={revision}", "--json")
    assert (ran.status, ran.codes()) == (1, [code])


def test_v1_is_compared_as_check_fix_would_rewrite_it(
    amplikit: Amplikit, schema: Path
) -> None:
    text = POST.replace("@model", '@model @key(name: "byTitle", fields: ["title"])')
    schema.write_text(text % "{ allow: owner, operations: [create] }")
    ran = amplikit(*options(schema, "v1"), "--diff", "transformer=v2")
    assert ran.status == 0
    assert "Mutation.deletePost (user): allow -> deny" in ran.out
