"""Collects ``*.md`` scenario files; each heading is a test, for each transformer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from reading import Scenario, ScenarioFile, read
from running import Mismatch, run

if TYPE_CHECKING:
    from collections.abc import Iterator


def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> pytest.Collector | None:
    """Read Markdown files as scenarios, except the folder's own explanation."""
    if file_path.suffix != ".md" or file_path.name == "README.md":
        return None
    return Markdown.from_parent(parent, path=file_path)


class Markdown(pytest.File):
    """One scenario file."""

    def collect(self) -> Iterator[pytest.Item]:
        """Return one test a scenario and transformer."""
        file = read(self.path)
        asked = file.schema.options.get("transformer", "v1,v2")
        for scenario in file.scenarios:
            for transformer in asked.split(","):
                yield Played.from_parent(
                    self,
                    name=f"{scenario.title} [{transformer}]",
                    file=file,
                    scenario=scenario,
                    transformer=transformer,
                )


class Played(pytest.Item):
    """One scenario under one transformer."""

    def __init__(
        self,
        *,
        file: ScenarioFile,
        scenario: Scenario,
        transformer: str,
        **keywords: object,
    ) -> None:
        super().__init__(**keywords)  # type: ignore[arg-type]  # pytest's own keywords
        self.file = file
        self.scenario = scenario
        self.transformer = transformer

    def runtest(self) -> None:
        """Play it."""
        run(self.file, self.scenario, self.transformer)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: None = None
    ) -> str:
        """Show what differs, without our own stack."""
        if isinstance(excinfo.value, Mismatch):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the heading's place."""
        return self.path, self.scenario.line, self.name
