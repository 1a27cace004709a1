"""The access matrix says of the corpus what the emulator does.

Each cell is compared with runs of the very operation: what it allows must be allowed on
every item that the column is about, what it denies on none, and what depends must be
allowed for one item or input and refused for another.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from decision_cases import SKIPPED, case_names, enums_of
from matrix_trials import NotComparable, Trial, Trials
from velocity_resolvers import CORPUS

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config, RoleConfig
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.resources import PolicyStatement
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.inspect.matrix import Cell, Verdict, columns_of, matrix
from amplikit.planner import plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.inspect.matrix import Identity, Row, Section

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}"),
]

CASES = [
    (version, name)
    for version in ("v1", "v2")
    for name in (case_names(version) if CORPUS.is_dir() else ())
]
EVERYTHING = PolicyStatement("Allow", ("appsync:GraphQL",), ("*",))
NO_DELETE = PolicyStatement("Deny", ("appsync:*",), ("types/Mutation/fields/delete*",))
FEWEST = 6_000


@pytest.fixture(scope="module")
def tally(request: pytest.FixtureRequest) -> Iterator[Counter[str]]:
    counted: Counter[str] = Counter()
    yield counted
    reporter = request.config.pluginmanager.get_plugin("terminalreporter")
    capture = request.config.pluginmanager.get_plugin("capturemanager")
    if capture is not None and reporter is not None:
        with capture.global_and_fixture_disabled():
            reporter.ensure_newline()
            for name, count in sorted(counted.items()):
                reporter.write_line(f"{name}: {count}")


@pytest.mark.parametrize(
    ("version", "name"), CASES, ids=[f"{version}-{name}" for version, name in CASES]
)
def test_no_cell_contradicts_the_emulator(
    version: str, name: str, tally: Counter[str]
) -> None:
    text = (CORPUS / "cases" / f"{name}.graphql").read_text(encoding="utf-8")
    expected = json.loads(
        (CORPUS / "expected" / version / f"{name}.json").read_text(encoding="utf-8")
    )
    given, flags = expected["auth"], expected["flags"]
    auth = AuthConfig(
        AuthMode(given["default"]), tuple(map(AuthMode, given["additional"]))
    )
    switches = tuple((k, v) for k, v in flags.items() if isinstance(v, bool))
    admins = tuple(flags.get("adminRoles", ()))
    compiled = compile_schema(
        (Source(f"{name}.graphql", text),),
        CompileOptions(Transformer(version), auth, switches, admins),
    )
    if compiled.api is None or (version, name) in SKIPPED:
        tally["cases skipped"] += 1
        pytest.skip("not compiled here, or wanted otherwise")
    config = Config(
        name="oracle",
        transformer=Transformer(version),
        auth=auth,
        flags=switches,
        groups=("Staff",),
        roles=(
            RoleConfig("tool", (EVERYTHING,)),
            RoleConfig("careful", (EVERYTHING, NO_DELETE)),
            RoleConfig("powerless", ()),
        ),
        admin_role_names=admins,
        iam_access=bool(flags.get("enableIamAccess")),
    )
    blueprint = plan(compiled.api, config)
    found = matrix(compiled.api, blueprint, config, columns_of(blueprint, config))
    trials = Trials(compiled.api, blueprint, config, enums_of(text))
    wrong = []
    for section in found.sections:
        for row in section.rows:
            for identity, cell in zip(found.identities, row.cells, strict=True):
                runs = _runs(trials, section, row, identity)
                if runs is None:
                    tally["cells not run here"] += 1
                    continue
                tally[f"{cell.verdict} cells compared"] += 1
                tally["cells compared"] += 1
                tally["runs"] += len(runs)
                if not _agrees(cell, runs):
                    wrong.append(
                        f"{row.coordinate} {row.operation} {row.fields} "
                        f"{identity.id}: {cell.text}\n  {runs}"
                    )
    assert not wrong, f"{len(wrong)} cells are wrong, among them:\n" + "\n".join(
        wrong[:5]
    )


def test_there_were_enough_cells(
    tally: Counter[str], request: pytest.FixtureRequest
) -> None:
    selected = sum(
        item.name.startswith("test_no_cell_contradicts")
        for item in request.session.items
    )
    if selected < len(CASES):
        pytest.skip("only a part of the cases was selected")
    assert tally["cells compared"] >= FEWEST


def _runs(
    trials: Trials, section: Section, row: Row, identity: Identity
) -> list[Trial] | None:
    try:
        if row.fields and row.operation == "read":
            return [
                one
                for name in row.fields
                for one in trials.reads(section, row, name, identity)
            ] or None
        return list(trials.of(section, row, identity)) or None
    except NotComparable:
        return None


def _agrees(cell: Cell, runs: list[Trial]) -> bool:
    outcomes = {one.allowed for one in runs}
    match cell.verdict:
        case Verdict.ALLOW:
            return outcomes == {True}
        case Verdict.DENY:
            return outcomes == {False}
        case Verdict.DEPENDS:
            return outcomes == {True, False}
