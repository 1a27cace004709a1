"""Whether the oracle would notice a wrong grant: a sample of the mutation check.

``make test-mutation`` runs all of it.
"""

from __future__ import annotations

import random
import sys
from dataclasses import fields
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from decision_cases import case_names, open_case
from graphql import ObjectValueNode, Visitor, parse, print_ast, visit
from mutants_unread import why_equivalent
from mutation_trials import MutationTrials
from velocity_resolvers import CORPUS

from amplikit.blueprint.operations import Authorize, Grant, GroupIs, OwnerIs

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}"),
]

CASES = [
    (version, name)
    for version in ("v1", "v2")
    for name in (case_names(version) if CORPUS.is_dir() else ())
]
SAMPLED = random.Random(5).sample([one for one in CASES if "auth" in one[1]], 20)
MUTANTS = 30
NOTICED = 0.97
"""The least share, so that a hole in the generated callers and items shows."""


def test_nearly_every_wrong_grant_is_noticed() -> None:
    choice = random.Random(5)
    killed, survivors = 0, []
    for version, name in SAMPLED:
        case = open_case(version, name)
        if isinstance(case, str):
            continue
        trials = MutationTrials(case)
        telling = [one for one in trials.mutants() if why_equivalent(one) is None]
        for mutant in choice.sample(telling, min(MUTANTS, len(telling))):
            if trials.is_killed(mutant):
                killed += 1
            else:
                survivors.append(f"{version} {name} {mutant}")
    assert killed > 300
    share = killed / (killed + len(survivors))
    assert share >= NOTICED, "\n".join(survivors)


TOLD = {"model", "operation", "partial", "written"}
"""What decides nothing: it is told in explanations."""
PLACED = {"grant.where", "grant.text"}
"""What the next test compares with the schema."""


def test_every_field_of_a_grant_is_changed() -> None:
    wanted = {one.name for one in fields(Authorize)} - {"grants"} - TOLD
    wanted |= {f"grant.{one.name}" for one in fields(Grant)} - {"grant.item"} - PLACED
    for kind in (OwnerIs, GroupIs):
        wanted |= {f"grant.item.{one.name}" for one in fields(kind)}
    changed = set()
    for name in ("auth_owner_and_groups", "auth_groups_static"):
        case = open_case("v2", name)
        assert not isinstance(case, str)
        changed |= {one.field for one in MutationTrials(case).mutants()}
    assert wanted <= changed


class _Written(Visitor):
    """The objects of a schema, by where they begin."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[tuple[int, int], str] = {}

    def enter_object_value(self, node: ObjectValueNode, *_: object) -> None:
        assert node.loc is not None
        token = node.loc.start_token
        self.texts[token.line, token.column] = " ".join(print_ast(node).split())


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_every_grant_names_its_rule_where_it_stands(version: str) -> None:
    seen = 0
    for name in case_names(version):
        case = open_case(version, name)
        if isinstance(case, str):
            continue
        path = CORPUS / "cases" / f"{name}.graphql"
        written = _Written()
        visit(parse(path.read_text(encoding="utf-8")), written)
        for resolver in case.blueprint.resolvers:
            for function in resolver.functions:
                for one in (*function.before, *function.after):
                    for grant in one.grants if isinstance(one, Authorize) else ():
                        if grant.where is None:
                            assert grant.text in {"admin_role_names", "iam_access"}
                            continue
                        seen += 1
                        place = (grant.where.line, grant.where.column)
                        assert written.texts[place] == grant.text, (name, grant)
    assert seen > 500
