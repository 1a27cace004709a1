"""``check --fix`` over the corpus: v1 cases become v2, or say what to decide."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from test_compiler_corpus import CORPUS, expectations

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.compiler import CompileOptions, Source
from amplikit.compiler.rewrite.schema import Rewritten, rewrite
from amplikit.inspect.changes import changes
from amplikit.planner import plan

pytestmark = pytest.mark.oracle

# What a person must decide, by case.
UNDECIDED = {
    "auth_field_groups_ops": "required-field-with-rules",
    "auth_field_multi_provider": "required-field-with-rules",
    "auth_field_only": "required-field-with-rules",
    "auth_field_required_v1_ok": "required-field-with-rules",
    "key1_list_field": "key-field-not-scalar",
    "model_custom_scalar": "field-without-input",
    "reject_auth_rules_empty": "auth-without-rules",
    "versioned_auth": "rewrite-undecided",
    "versioned_custom": "rewrite-undecided",
    "versioned_plain": "rewrite-undecided",
}
PATHS = expectations("v1")


def of_case(path: Path) -> Rewritten:
    expected = json.loads(path.read_text())
    schema = (CORPUS / "cases" / f"{path.stem}.graphql").read_text()
    auth = expected["auth"]
    modes = tuple(AuthMode(mode) for mode in auth.get("additional", ()))
    options = CompileOptions(
        Transformer.V1,
        AuthConfig(AuthMode(auth["default"]), modes),
        tuple((name, bool(value)) for name, value in expected["flags"].items()),
    )
    return rewrite([Source(f"{path.stem}.graphql", schema)], options)


@pytest.mark.skipif(not PATHS, reason=f"there is no corpus at {CORPUS}")
@pytest.mark.parametrize("path", PATHS, ids=[path.stem for path in PATHS])
def test_a_case_becomes_v2_with_the_same_tables_or_is_refused(path: Path) -> None:
    found = of_case(path)
    if found.before is None:
        pytest.skip("it does not compile under v1")
    codes = [problem.code for problem in found.problems if problem.severity == "error"]
    assert codes[-1:] == [UNDECIDED[path.stem]] if path.stem in UNDECIDED else not codes
    if found.after is not None:
        before, after = (
            plan(api, Config("oracle", api.transformer, api.auth, flags=api.flags))
            for api in (found.before, found.after)
        )
        assert changes(before, after).tables == ()


@pytest.mark.skipif(not PATHS, reason=f"there is no corpus at {CORPUS}")
def test_the_rewritten_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    found = [one for one in map(of_case, PATHS) if one.before is not None]
    done = sum(one.after is not None for one in found)
    with capsys.disabled():
        print(f"\nrewritten to v2: {done} of {len(found)} v1 cases")  # noqa: T201 - this test reports
    assert len(found) - done == len(UNDECIDED)
