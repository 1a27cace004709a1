"""What can go wrong, and how it is told.

``ToolkitError`` is raised when the user must change something; a refused caller or a
failed condition is a value, and a bug of ours is a plain Python error.

    ToolkitError
    ├── SchemaInvalid        the schema has problems, all of them are in ``.problems``
    ├── ConfigInvalid        amplify-config/ or an option has problems
    ├── DataFolderUnusable   the data folder is unreadable, foreign or of another schema
    └── FunctionFailed       a local Lambda raised, timed out or answered nonsense
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "AmplifyError",
    "ConfigInvalid",
    "DataFolderUnusable",
    "FunctionFailed",
    "Problem",
    "SchemaInvalid",
    "ToolkitError",
    "Where",
    "did_you_mean",
]


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """A place in a file the user wrote; line and column count from 1."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class AmplifyError:
    """What the real transformer says when it rejects the same input, or warns."""

    type: str
    message: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: a stable code, what is, what to do, and where."""

    code: str
    message: str
    hint: str
    where: Where | None = None
    severity: Literal["error", "warning"] = "error"
    amplify: AmplifyError | None = None

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.severity}: {self.message} [{self.code}]"


class ToolkitError(Exception):
    """The user must change something; ``problems`` says what, where and how."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class SchemaInvalid(ToolkitError):
    """The schema does not compile."""


class ConfigInvalid(ToolkitError):
    """The configuration, or an option on the command line, does not hold."""


class DataFolderUnusable(ToolkitError):
    """The data folder cannot be used as it is."""


class FunctionFailed(ToolkitError):
    """A local Lambda function did not return a result."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for the nearest known name, or ``""``."""
    by_case = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(name.lower(), by_case, n=1, cutoff=0.6)
    return f" Did you mean '{by_case[near[0]]}'?" if near else ""
