import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KINDS = {"added", "changed", "fixed", "removed"}


def test_make_installs_the_locked_uv() -> None:
    locked = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    (version,) = [each["version"] for each in locked if each["name"] == "uv"]
    assert (ROOT / ".ci" / "uv.txt").read_text() == f"uv=={version}\n"


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(
        r"\]\((\d{4}-[a-z0-9-]+\.md)\)", (folder / "README.md").read_text()
    )
    assert listed == sorted(path.name for path in folder.glob("[0-9]*.md"))


def test_every_news_fragment_has_a_kind() -> None:
    names = [path.name for path in (ROOT / "changelog.d").glob("*.md")]
    kinds = {name.split(".")[1] for name in names if name != "README.md"}
    assert kinds <= KINDS


TARGETS = re.findall(
    r"^([a-z-]+):.*  ## ", (ROOT / "Makefile").read_text(), re.MULTILINE
)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", ".ci/run"])
def test_every_make_target_that_a_page_names_exists(page: str) -> None:
    text = (ROOT / page).read_text()
    named = set(re.findall(r"(?:`|step |^|\()make ([a-z-]+)", text, re.MULTILINE))
    assert named
    assert named <= set(TARGETS)


@pytest.mark.parametrize(
    "page",
    sorted(
        path.relative_to(ROOT).as_posix()
        for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    ),
)
def test_every_link_of_a_page_leads_to_a_file(page: str) -> None:
    path = ROOT / page
    links = re.findall(r"\]\(([^)#:]+)\)", path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []
