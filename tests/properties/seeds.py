"""The schemas that the compiler's property tests start from."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from amplikit.blueprint.api import Transformer

__all__ = ["Seed", "corpus", "documented", "written"]

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("AMPLIKIT_CORPUS", ROOT.parent / "shared" / "corpus"))
_EXAMPLE = re.compile(
    r"^```graphql \w+ (v[12])[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Seed:
    """A schema, and the transformer that it is written for."""

    name: str
    transformer: Transformer
    text: str


def written() -> list[Seed]:
    """Return the schemas of this repository that compile."""
    here = ROOT / "tests" / "properties" / "schemas"
    seeds = [
        Seed(path.stem, Transformer(path.stem), path.read_text())
        for path in sorted(here.glob("*.graphql"))
    ]
    for folder, transformer in (
        (ROOT / "schema", Transformer.V1),
        (ROOT / "tests" / "community_v2", Transformer.V2),
    ):
        files = sorted(folder.glob("*.graphql"))
        text = "\n".join(path.read_text() for path in files)
        seeds.append(Seed(folder.name, transformer, text))
    return seeds


def documented() -> list[Seed]:
    """Return the examples of docs/errors.md, most of which do not compile."""
    page = (ROOT / "docs" / "errors.md").read_text()
    return [
        Seed(f"errors.md {number}", Transformer(found[1]), found[2])
        for number, found in enumerate(_EXAMPLE.finditer(page))
    ]


def corpus() -> list[Seed]:
    """Return the cases of the shared corpus, if it is there."""
    return [
        Seed(
            path.stem,
            transformer,
            (CORPUS / "cases" / f"{path.stem}.graphql").read_text(),
        )
        for transformer in Transformer
        for path in sorted((CORPUS / "expected" / transformer.value).glob("*.json"))
    ]
