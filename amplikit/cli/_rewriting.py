"""Writes edited schema files: all of them or none, and nothing but the edits."""

from __future__ import annotations

import difflib
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from amplikit.compiler.rewrite.edits import FileEdit, edited
from amplikit.errors import ConfigInvalid, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["FileChange", "diff_of", "file_changes", "replace_all", "write_changes"]

_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file as the user named it, where it is, and its bytes before and after."""

    name: str
    path: Path
    before: bytes
    after: bytes


def file_changes(edits: Sequence[FileEdit], base: Path) -> tuple[FileChange, ...]:
    """Return the files that edits change.

    Edits count characters of a text without a byte order mark whose lines end with
    ``LF`` alone; in the file both stay as they are.
    """
    changes = []
    for name in dict.fromkeys(edit.file for edit in edits):
        path = Path(os.path.realpath(base / name))
        before = path.read_bytes()
        text = before.decode()
        mine = [edit for edit in edits if edit.file == name]
        after = edited(text, _as_stored(mine, text)).encode()
        changes.append(FileChange(name, path, before, after))
    return tuple(changes)


def _as_stored(edits: Iterable[FileEdit], text: str) -> list[FileEdit]:
    """Return the edits by positions of a text with any line ends and perhaps a mark."""
    start = len(_MARK) if text.startswith(_MARK) else 0
    # A line end is where its first character is.
    positions = [
        number
        for number in range(start, len(text))
        if text[max(0, number - 1) : number + 1] != "\r\n"
    ]
    positions.append(len(text))
    ending = "\r\n" if "\r\n" in text else "\n"
    return [
        FileEdit(
            edit.file,
            positions[edit.start],
            positions[edit.end],
            edit.text.replace("\n", ending),
        )
        for edit in edits
    ]


def diff_of(changes: Iterable[FileChange]) -> str:
    """Return the changes as a unified diff."""
    parts: list[str] = []
    for change in changes:
        old, new = change.before.decode(), change.after.decode()
        lines = difflib.unified_diff(
            old.splitlines(keepends=True),
            new.splitlines(keepends=True),
            f"a/{change.name.lstrip('/')}",
            f"b/{change.name.lstrip('/')}",
        )
        for line in lines:
            ended = line.endswith("\n")
            parts.append(line if ended else f"{line}\n\\ No newline at end of file\n")
    return "".join(parts)


def write_changes(changes: Sequence[FileChange]) -> None:
    """Replace every file by its new text, or leave all as they were.

    Each is written beside the old one first; then they change places, one after the
    other, and go back if one cannot. Raises ``ConfigInvalid``.
    """
    ready: list[tuple[Path, FileChange]] = []
    change = None
    try:
        for change in changes:
            if change.path.read_bytes() != change.before:
                raise _refused(change, "it has changed meanwhile")
            ready.append((_beside(change.path, change.after), change))
        replace_all(ready)
    except OSError as error:
        raise _refused(change, str(error.strerror)) from error
    finally:
        for path, _ in ready:
            path.unlink(missing_ok=True)


def replace_all(ready: Sequence[tuple[Path, FileChange]]) -> None:
    """Put the new files in the place of the old ones; undo it if one cannot.

    Raises ``OSError``.
    """
    done: list[FileChange] = []
    try:
        for path, change in ready:
            path.replace(change.path)
            done.append(change)
    except OSError:
        for change in done:
            _beside(change.path, change.before).replace(change.path)
        raise


def _beside(path: Path, content: bytes) -> Path:
    """Return a new file in the same folder with this content and the same mode."""
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    made = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(path, made)
    except OSError:
        with suppress(OSError):
            made.unlink()
        raise
    return made


def _refused(change: FileChange | None, reason: str) -> ConfigInvalid:
    name = change.name if change else ""
    return ConfigInvalid(
        Problem(
            code="file-not-writable",
            message=f"'{name}' cannot be written: {reason}. Nothing is changed.",
            hint="Make the file and its folder writable, then run it again.",
        )
    )
