import json
from collections.abc import Callable
from pathlib import Path

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
