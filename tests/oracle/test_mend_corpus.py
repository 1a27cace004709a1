"""``check --fix`` over the corpus: every v2 case stays what it is but for its words."""

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
from amplikit.cli._mending import mend_all
from amplikit.compiler import CompileOptions, Source, compile_schema

pytestmark = pytest.mark.oracle

PATHS = expectations("v2")
# What a person must do, by case: it would change an input, too.
REFUSED = {"rel2_has_one_required": "relation-required"}


@pytest.mark.skipif(not PATHS, reason=f"there is no corpus at {CORPUS}")
@pytest.mark.parametrize("path", PATHS, ids=[path.stem for path in PATHS])
def test_a_case_is_mended_once_and_for_all(path: Path) -> None:
    expected = json.loads(path.read_text())
    schema = (CORPUS / "cases" / f"{path.stem}.graphql").read_text()
    auth = AuthConfig(
        AuthMode(expected["auth"]["default"]),
        tuple(AuthMode(mode) for mode in expected["auth"].get("additional", ())),
    )
    flags = tuple((name, bool(value)) for name, value in expected["flags"].items())
    options = CompileOptions(Transformer.V2, auth, flags)
    config = Config(name="corpus", transformer=Transformer.V2, auth=auth, flags=flags)
    sources = (Source(f"{path.stem}.graphql", schema),)
    if compile_schema(sources, options).api is None:
        pytest.skip("it does not compile")
    mended = mend_all(sources, config, options)
    again = mend_all(mended.sources, config, options)
    assert again.sources == mended.sources
    assert again.applied == ()
    told = {problem.message.split("'")[1] for problem in mended.refused}
    assert told == ({REFUSED[path.stem]} if path.stem in REFUSED else set())
