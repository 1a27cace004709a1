import json
from pathlib import Path

import pytest

from amplikit.cli._output import (
    not_yet,
    printable,
    problem_json,
    write_json,
    write_problems,
    write_table,
)
from amplikit.errors import AmplifyError, Problem, Where

Capture = pytest.CaptureFixture[str]


def problem(where: Where | None, message: str = "What is.") -> Problem:
    return Problem("code", message, "What to do.", where)


def rendered(base: Path, found: Problem, capsys: Capture) -> list[str]:
    write_problems((found,), base=base)
    out, err = capsys.readouterr()
    assert out == ""
    return err.splitlines()


CARETS = [
    pytest.param("a = 1\n", 1, ["  1 | a = 1", "    | ^"], id="first column"),
    pytest.param("a = 1\n", 5, ["  1 | a = 1", "    |     ^"], id="in the line"),
    pytest.param("a = 1\n", 6, ["  1 | a = 1", "    |      ^"], id="behind the line"),
    pytest.param("\ta\n", 2, ["  1 |     a", "    |     ^"], id="after a tab"),
    pytest.param("日本 x\n", 4, ["  1 | 日本 x", "    |      ^"], id="wide letters"),
    pytest.param(
        "\x1b[31mx\n", 6, ["  1 | \\x1b[31mx", "    |         ^"], id="escape sequence"
    ),
    pytest.param("[red]x\n", 6, ["  1 | [red]x", "    |      ^"], id="rich's markup"),
    pytest.param("", 1, ["  1 | ", "    | ^"], id="empty file"),
    pytest.param("\ufeffa\n", 1, ["  1 | a", "    | ^"], id="byte order mark"),
    pytest.param(
        "." * 500 + "x" + "." * 500,
        501,
        ["  1 | " + "." * 60 + "x" + "." * 39, "    | " + " " * 60 + "^"],
        id="a line too long to show",
    ),
]


@pytest.mark.parametrize(("text", "column", "lines"), CARETS)
def test_the_caret_stands_under_the_place(
    tmp_path: Path, capsys: Capture, text: str, column: int, lines: list[str]
) -> None:
    (tmp_path / "f").write_text(text)
    found = rendered(tmp_path, problem(Where("f", 1, column)), capsys)
    assert found == [
        f"f:1:{column}: error: What is. [code]",
        *lines,
        "  What to do.",
    ]


WITHOUT_EXCERPT = [
    pytest.param(None, "", id="no place"),
    pytest.param(Where("missing", 1), "missing:1:1: ", id="no such file"),
    pytest.param(Where("f", 9), "f:9:1: ", id="no such line"),
    pytest.param(Where("latin", 1), "latin:1:1: ", id="not UTF-8"),
    pytest.param(Where("\0", 1), "\\x00:1:1: ", id="no file name at all"),
]


@pytest.mark.parametrize(("where", "place"), WITHOUT_EXCERPT)
def test_a_problem_is_told_without_its_line_too(
    tmp_path: Path, capsys: Capture, where: Where | None, place: str
) -> None:
    (tmp_path / "f").write_text("one line\n")
    (tmp_path / "latin").write_bytes(b"\xff\n")
    found = rendered(tmp_path, problem(where), capsys)
    assert found == [f"{place}error: What is. [code]", "  What to do."]


def test_names_of_the_user_are_no_markup_and_no_control_sequence(
    tmp_path: Path, capsys: Capture
) -> None:
    found = rendered(tmp_path, problem(None, "[bold]'\x1b[2J\n'[/]"), capsys)
    assert found[0] == "error: [bold]'\\x1b[2J\\n'[/] [code]"


def test_what_amplify_says_is_told(tmp_path: Path, capsys: Capture) -> None:
    amplify = AmplifyError("InvalidDirectiveError", "No.")
    found = rendered(tmp_path, Problem("c", "M.", "H.", amplify=amplify), capsys)
    assert found[-1] == "  Amplify says: InvalidDirectiveError: No."


def test_a_long_message_is_not_wrapped_in_a_pipe(
    tmp_path: Path, capsys: Capture
) -> None:
    message = "word " * 60
    assert rendered(tmp_path, problem(None, message), capsys)[0].count("word") == 60


def test_a_problem_in_json_has_the_contracts_shape() -> None:
    found = Problem(
        "code", "M.", "H.", Where("f", 2, 3), "warning", AmplifyError("T", "A.")
    )
    assert problem_json(found) == {
        "code": "code",
        "severity": "warning",
        "message": "M.",
        "hint": "H.",
        "where": {"file": "f", "line": 2, "column": 3},
        "amplify": {"type": "T", "message": "A."},
    }
    bare = problem_json(Problem("code", "M.", "H."))
    assert (bare["where"], bare["amplify"]) == (None, None)


def test_json_is_ascii_whatever_it_holds(capsys: Capture) -> None:
    document = {"é": "\ud800\x1b\N{SNOWMAN}"}
    write_json(document)
    out = capsys.readouterr().out
    assert out.isascii()
    assert json.loads(out) == document


def test_a_table_is_as_wide_as_its_cells(capsys: Capture) -> None:
    write_table(("A", "B"), [("日本", "x"), ("longer", "\x1b"), ("", "")])
    assert capsys.readouterr().out == ("A       B\n日本    x\nlonger  \\x1b\n\n")


def test_printable_text_stays_as_it_is() -> None:
    assert printable("Ünï '日本'") == "Ünï '日本'"


def test_an_option_of_a_later_version_says_so() -> None:
    (found,) = not_yet("compile --out").problems
    assert found.message == "'compile --out' is not in this version."
