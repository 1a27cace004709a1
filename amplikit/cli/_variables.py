"""``--variables``: those of a GraphQL request, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from amplikit.errors import ConfigInvalid, Problem
from amplikit.project import parse_json

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["VariablesOption", "variables_of"]

VariablesOption = Annotated[
    str, typer.Option(metavar="JSON", help="The variables, as an object.")
]


def variables_of(text: str) -> Mapping[str, object]:
    """Return the variables.

    Raises ``ConfigInvalid``.
    """
    variables = parse_json(text, "--variables")
    if isinstance(variables, dict):
        return variables
    raise ConfigInvalid(
        Problem(
            code="option-invalid",
            message="--variables: it is not an object.",
            hint='Write it like {"id": "1"}.',
        )
    )
