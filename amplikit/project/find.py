"""Where the project is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.errors import ConfigInvalid, Problem

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CONFIG_FOLDER", "Project", "find_project", "open_project"]

CONFIG_FOLDER = "amplify-config"


@dataclass(frozen=True, slots=True)
class Project:
    """A folder that holds ``amplify-config/``; ``root`` is absolute."""

    root: Path

    @property
    def config_folder(self) -> Path:
        """Where the TOML files are."""
        return self.root / CONFIG_FOLDER

    @property
    def data_folder(self) -> Path:
        """Where the local server keeps its data unless told otherwise."""
        return self.root / ".amplikit"


def find_project(start: Path) -> Project | None:
    """Return the project of the nearest folder upward that holds one.

    Raises ``ConfigInvalid`` when that folder has only ``amplify/backend/``.
    """
    folder = start.absolute()
    for candidate in (folder, *folder.parents):
        project = _project_in(candidate)
        if project is not None:
            return project
    return None


def open_project(folder: Path) -> Project:
    """Return the project in exactly this folder.

    Raises ``ConfigInvalid`` when there is none.
    """
    project = _project_in(folder.absolute())
    if project is not None:
        return project
    missing = "is not a folder" if not folder.is_dir() else f"has no {CONFIG_FOLDER}/"
    raise ConfigInvalid(
        Problem(
            code="project-not-found",
            message=f"'{folder}' {missing}.",
            hint=f"Name the folder that holds {CONFIG_FOLDER}/, or use --schema.",
        )
    )


def _project_in(folder: Path) -> Project | None:
    if (folder / CONFIG_FOLDER).is_dir():
        return Project(folder)
    if (folder / "amplify" / "backend").is_dir():
        raise ConfigInvalid(
            Problem(
                code="amplify-backend-unsupported",
                message=f"'{folder}' is an Amplify project, and amplify/backend/ is "
                "not read by this version.",
                hint=f"Add {CONFIG_FOLDER}/api.toml beside amplify/, or name the "
                "schema with --schema, --transformer and --auth.",
            )
        )
    return None
