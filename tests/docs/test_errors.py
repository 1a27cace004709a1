import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+|usage|refused")
MAKERS = {"Problem", "problem", "_invalid"}


def codes_of(package: str) -> set[str]:
    """Return the codes that a package writes down where it makes a problem."""
    calls = (
        node
        for path in (ROOT / "amplikit" / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and _name(node.func) in MAKERS
    )
    values = (
        value
        for call in calls
        for value in (*call.args[:2], *(word.value for word in call.keywords))
    )
    texts = (value.value for value in values if isinstance(value, ast.Constant))
    return {text for text in texts if isinstance(text, str) and CODE.fullmatch(text)}


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


PACKAGES = sorted(
    path.name
    for path in (ROOT / "amplikit").iterdir()
    if (path / "__init__.py").exists()
)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_code_is_explained(package: str) -> None:
    page = (ROOT / "docs" / "errors.md").read_text()
    explained = set(re.findall(r"^(?:\| |### )`([a-z0-9-]+)`", page, re.MULTILINE))
    assert codes_of(package) - explained == set()


def test_codes_are_found_where_they_are_made() -> None:
    assert {"usage", "unknown-user"} <= codes_of("cli")
    assert "port-in-use" in codes_of("emulator")
