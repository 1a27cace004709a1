"""The identity pool's grants, and the warnings, against the real transformers'."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from test_compiler_corpus import CASES, CORPUS, compiled

from amplikit.blueprint.config import Config
from amplikit.planner import plan

if TYPE_CHECKING:
    from amplikit.blueprint.resources import Role

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(not CASES, reason=f"there is no corpus at {CORPUS}"),
]


def granted(role: Role) -> set[str]:
    return {resource for one in role.policy for resource in one.resources}


def expected_of(policy: str, expected: dict[str, Any]) -> set[str]:
    """Return what a policy opens, relative to the API; long ones are several."""
    return {
        "types/" + arn.partition("/types/")[2]
        for name, statements in expected["iam"].items()
        if name.startswith(policy)
        for statement in statements
        for arn in statement["Resource"]
    }


@pytest.mark.parametrize("path", CASES)
def test_the_roles_are_granted_what_the_transformer_grants(path: Path) -> None:
    expected = json.loads(path.read_text())
    api = compiled(path, expected).api
    if api is None:
        pytest.skip("there are no roles")
    signed_in, guest, *_ = plan(
        api, Config("oracle", api.transformer, api.auth, flags=api.flags)
    ).roles
    assert granted(signed_in) == expected_of("AuthRolePolicy", expected)
    assert granted(guest) == expected_of("UnauthRolePolicy", expected)


@pytest.mark.parametrize("path", CASES)
def test_the_warnings_are_the_transformers(path: Path) -> None:
    expected = json.loads(path.read_text())
    result = compiled(path, expected)
    if result.api is None:
        pytest.skip("there are no warnings beside errors")
    ours = {problem.amplify.message for problem in result.problems if problem.amplify}
    assert ours == {warning["message"] for warning in expected["warnings"]}
