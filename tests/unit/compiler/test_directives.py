"""The list of directives and the folder say the same."""

from __future__ import annotations

from pathlib import Path

import amplikit.compiler.directives as package
from amplikit.compiler.directives import DIRECTIVES


def test_every_file_is_in_a_list() -> None:
    folder = Path(package.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    listed = {
        directive.check.__module__.rpartition(".")[2]
        for directives in DIRECTIVES.values()
        for directive in directives
    }
    assert files == listed
