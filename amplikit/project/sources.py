"""Reads text files, and names them as the user would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.errors import ConfigInvalid, Problem, Where

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = [
    "Source",
    "read_project_schema",
    "read_schema_paths",
    "read_source",
    "source_of",
]


@dataclass(frozen=True, slots=True)
class Source:
    """A file's name, relative to the project or as it was given, and its text."""

    file: str
    text: str


def read_source(path: Path, name: str) -> Source:
    """Return the file's text with Unix line ends and without a byte order mark.

    Raises ``ConfigInvalid`` when it cannot be read or is not UTF-8.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigInvalid(
            Problem(
                code="file-unreadable",
                message=f"'{name}' cannot be read: {error.strerror}.",
                hint="Check the name and its permissions.",
            )
        ) from error
    return source_of(content, name)


def source_of(content: bytes, name: str) -> Source:
    """Return a file's text as ``read_source`` does.

    Raises ``ConfigInvalid`` when it is not UTF-8.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigInvalid(
            Problem(
                code="file-not-utf8",
                message=f"'{name}' is not UTF-8 text.",
                hint="Save the file as UTF-8.",
                where=Where(name, line),
            )
        ) from error
    return Source(name, text.replace("\r\n", "\n"))


def read_project_schema(root: Path) -> tuple[Source, ...]:
    """Return ``schema.graphql`` and ``schema/**/*.graphql``, sorted by name.

    Raises ``ConfigInvalid`` when there is neither.
    """
    found = sorted({*_graphql_files(root / "schema"), *root.glob("schema.graphql")})
    if not found:
        raise ConfigInvalid(
            Problem(
                code="schema-not-found",
                message="The project has no schema.",
                hint="Write it to schema/*.graphql or schema.graphql.",
            )
        )
    return tuple(read_source(path, path.relative_to(root).as_posix()) for path in found)


def read_schema_paths(paths: Iterable[Path]) -> tuple[Source, ...]:
    """Return the named files, and every ``*.graphql`` below the named folders.

    Raises ``ConfigInvalid`` with all the paths that hold none.
    """
    sources: dict[Path, Source] = {}
    problems: list[Problem] = []
    for path in paths:
        files = _graphql_files(path) if path.is_dir() else [path]
        if not files:
            problems.append(_no_schema_in(path))
        for file in files:
            try:
                sources.setdefault(file, read_source(file, str(file)))
            except ConfigInvalid as invalid:
                problems.extend(invalid.problems)
    if problems:
        raise ConfigInvalid(*problems)
    return tuple(sources.values())


def _graphql_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.graphql") if path.is_file())


def _no_schema_in(folder: Path) -> Problem:
    return Problem(
        code="schema-not-found",
        message=f"The folder '{folder}' has no *.graphql file.",
        hint="Name a schema file, or a folder that holds some.",
    )
