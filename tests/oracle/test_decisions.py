"""Who may do what: decided by Amplify's own templates, and by the interpreter.

Every resolver of every corpus case is asked by every kind of caller, about items of
every kind of owner and group. What is allowed, refused, returned, stored and filtered
must be the same.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from decision_cases import case_names, open_case
from velocity_resolvers import CORPUS

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}"),
]

CASES = [
    (version, name)
    for version in ("v1", "v2")
    for name in (case_names(version) if CORPUS.is_dir() else ())
]
FEWEST = {"v1": 83_000, "v2": 106_000}
"""How many verdicts each transformer must at least be compared in."""
SHOWN = 5


@pytest.fixture(scope="module")
def tally(request: pytest.FixtureRequest) -> Iterator[Counter[str]]:
    counted: Counter[str] = Counter()
    yield counted
    plugins = request.config.pluginmanager
    capture = plugins.get_plugin("capturemanager")
    reporter = plugins.get_plugin("terminalreporter")
    if capture is not None and reporter is not None:
        with capture.global_and_fixture_disabled():
            reporter.ensure_newline()
            for name, count in sorted(counted.items()):
                reporter.write_line(f"{name}: {count}")


@pytest.mark.parametrize(
    ("version", "name"), CASES, ids=[f"{version}-{name}" for version, name in CASES]
)
def test_every_verdict_is_amplifys(
    version: str, name: str, tally: Counter[str]
) -> None:
    case = open_case(version, name)
    if isinstance(case, str):
        tally[f"{version} cases skipped"] += 1
        pytest.skip(case)
    found = []
    for asked, persona in case.asked():
        tally[f"{version} verdicts compared"] += 1
        different = case.difference(asked, persona)
        if different is not None:
            found.append(different)
    tally[f"{version} cases covered"] += 1
    shown = "\n".join(map(str, found[:SHOWN]))
    assert not found, f"{len(found)} verdicts differ, among them:\n{shown}"


@pytest.mark.parametrize("version", FEWEST)
def test_there_were_enough_verdicts(
    version: str, tally: Counter[str], request: pytest.FixtureRequest
) -> None:
    selected = sum(
        item.name.startswith(f"test_every_verdict_is_amplifys[{version}-")
        for item in request.session.items
    )
    if selected < len(case_names(version)):
        pytest.skip("only a part of the cases was selected")
    assert tally[f"{version} verdicts compared"] >= FEWEST[version]
