"""The access matrix as one HTML page that needs nothing else."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["matrix_page"]

_PLACE = "/*MATRIX*/null"


def matrix_page(document: Mapping[str, object]) -> str:
    """Return the page that shows the document of ``matrix --json``."""
    template = files("amplikit.cli").joinpath("matrix.html").read_text("utf-8")
    # Inside of a script element nothing may look like its end, or like a comment.
    data = json.dumps(document).replace("<", "\\u003c")
    before, _, after = template.partition(_PLACE)
    return f"{before}{data}{after}"
