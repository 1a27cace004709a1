"""Schema files as a commit has them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from amplikit.errors import ConfigInvalid, Problem
from amplikit.project import Source, source_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["project_schema_at", "schema_paths_at"]

_SUFFIX = ".graphql"


def project_schema_at(revision: str, root: Path) -> tuple[Source, ...]:
    """Return the schema that a project had.

    Raises ``ConfigInvalid`` when there is no git, no such commit, or no schema in it.
    """
    commit = _commit(revision, root)
    names = sorted(_files(commit, root, ("schema", "schema.graphql")))
    if not names:
        raise _no_schema(revision, str(root))
    return tuple(source_of(_content(commit, root, name), name) for name in names)


def schema_paths_at(revision: str, paths: Iterable[Path]) -> tuple[Source, ...]:
    """Return what the named files and folders held; each lies in a git repository.

    Raises ``ConfigInvalid`` as above.
    """
    sources: dict[str, Source] = {}
    for path in paths:
        folder, wanted = (path, ".") if path.is_dir() else (path.parent, path.name)
        commit = _commit(revision, folder)
        named = path.is_dir()
        names = sorted(_files(commit, folder, (wanted,), every=not named))
        if not names:
            raise _no_schema(revision, str(path))
        for name in names:
            file = str(folder / name)
            content = _content(commit, folder, name)
            sources.setdefault(file, source_of(content, file))
    return tuple(sources.values())


def _commit(revision: str, folder: Path) -> str:
    found = _git(
        folder,
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        f"{revision}^{{commit}}",
    )
    if found.returncode == 0:
        return found.stdout.decode().strip()
    inside = _git(folder, "rev-parse", "--is-inside-work-tree")
    if inside.returncode != 0:
        raise ConfigInvalid(
            Problem(
                code="git-unavailable",
                message=f"--diff: '{folder}' is in no git repository.",
                hint="Write transformer=v1 or transformer=v2, or go to a repository.",
            )
        )
    raise ConfigInvalid(
        Problem(
            code="unknown-revision",
            message=f"--diff: git knows no commit '{revision}'.",
            hint="Name a commit, branch or tag, or transformer=v1 or transformer=v2.",
        )
    )


def _files(
    commit: str, folder: Path, wanted: tuple[str, ...], *, every: bool = False
) -> Iterator[str]:
    """Yield names relative to the folder; ``every``: whatever they end in."""
    listed = _git(folder, "ls-tree", "-r", "-z", "--name-only", commit, "--", *wanted)
    for name in listed.stdout.decode().split("\0"):
        if name and (every or name.endswith(_SUFFIX)):
            yield name


def _content(commit: str, folder: Path, name: str) -> bytes:
    return _git(folder, "show", f"{commit}:./{name}").stdout


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        # Which git it is, is the reader's own affair: theirs is on the PATH.
        return subprocess.run(
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - see above
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise ConfigInvalid(
            Problem(
                code="git-unavailable",
                message=f"--diff: git cannot be run: {error.strerror}.",
                hint="Install git, or write transformer=v1 or transformer=v2.",
            )
        ) from error


def _no_schema(revision: str, place: str) -> ConfigInvalid:
    return ConfigInvalid(
        Problem(
            code="schema-not-found",
            message=f"--diff: '{revision}' has no schema in '{place}'.",
            hint="Name a commit in which there is one.",
        )
    )
