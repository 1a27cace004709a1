"""Changes of a text by position: all else stays as it was, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate
from typing import TYPE_CHECKING

from amplikit.errors import Where

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphql import (
        ConstDirectiveNode,
        FieldDefinitionNode,
        Node,
        ObjectTypeDefinitionNode,
    )

    from amplikit.compiler.read import Places

__all__ = [
    "Edit",
    "FileEdit",
    "after",
    "between",
    "edited",
    "new_fields",
    "of_files",
    "original",
    "replacing",
    "without",
]

_BLANK = " \t"


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters of the joined text that become another text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class FileEdit:
    """The same in one file, counted in characters of that file."""

    file: str
    start: int
    end: int
    text: str


def replacing(node: Node, text: str) -> Edit:
    """Return the edit that writes something else in a node's place."""
    start, end = _span(node)
    return Edit(start, end, text)


def after(node: Node, text: str) -> Edit:
    """Return the edit that writes something after a node, with a space between."""
    _, end = _span(node)
    return Edit(end, end, f" {text}")


def without(nodes: Iterable[ConstDirectiveNode], text: str) -> Iterable[Edit]:
    """Yield the edits that take directives out, with the blanks that they leave.

    Those that stand side by side go together; a line that held nothing else goes, too.
    """
    runs: list[tuple[int, int]] = []
    for start, end in sorted(map(_span, nodes)):
        if runs and not text[runs[-1][1] : start].strip():
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    for start, end in runs:
        line_start, line_end = _line(text, start, end)
        rest = text[end:line_end].lstrip(_BLANK)
        if text[line_start:start].strip(_BLANK):
            yield Edit(len(text[:start].rstrip(_BLANK)), end, "")
        elif not rest:
            yield Edit(line_start, min(line_end + 1, len(text)), "")
        elif rest.startswith("{") and not _ends_in_comment(text[:line_start]):
            yield Edit(len(text[:line_start].rstrip()), end, "")
        else:
            yield Edit(start, line_end - len(rest), "")


def new_fields(
    node: ObjectTypeDefinitionNode, lines: Sequence[str], text: str
) -> Edit | None:
    """Return the edit that adds fields at the end of a type, written as its last."""
    last: FieldDefinitionNode | None = node.fields[-1] if node.fields else None
    if last is None:
        return None
    start, end = _span(last)
    line_start, line_end = _line(text, start, end)
    indent = text[line_start:start]
    rest = text[end:line_end].strip(_BLANK)
    if indent.strip(_BLANK) or (rest and not rest.startswith("#")):
        return Edit(end, end, "".join(f" {line}" for line in lines))
    return Edit(line_end, line_end, "".join(f"\n{indent}{line}" for line in lines))


def _ends_in_comment(text: str) -> bool:
    """Whether a brace after the text would be part of a comment."""
    written = text.rstrip()
    return "#" in written[written.rfind("\n") + 1 :]


def _line(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the line of a start begins, and that of an end ends."""
    line_end = text.find("\n", end)
    return text.rfind("\n", 0, start) + 1, len(text) if line_end < 0 else line_end


def _span(node: Node) -> tuple[int, int]:
    return (node.loc.start, node.loc.end) if node.loc else (0, 0)


def of_files(edits: Iterable[Edit], places: Places) -> tuple[FileEdit, ...]:
    """Return the edits file by file, those of one place in the order given."""
    found = []
    for edit in sorted(edits, key=lambda edit: edit.start):
        number = places.file_at(edit.start)
        begin = places.starts[number]
        file = places.files[number].file
        found.append(FileEdit(file, edit.start - begin, edit.end - begin, edit.text))
    return tuple(found)


def edited(text: str, edits: Iterable[FileEdit]) -> str:
    """Return a file's text after the edits of it, which are in order."""
    parts, done = [], 0
    for edit in edits:
        parts += [text[done : edit.start], edit.text]
        done = edit.end
    return "".join([*parts, text[done:]])


def between(file: str, old: str, new: str) -> tuple[FileEdit, ...]:
    """Return edits that make one text of another, line by line."""
    before, lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    starts = (0, *accumulate(map(len, before)))
    matcher = SequenceMatcher(None, before, lines, autojunk=False)
    return tuple(
        FileEdit(file, starts[first], starts[last], "".join(lines[begin:end]))
        for kind, first, last, begin, end in matcher.get_opcodes()
        if kind != "equal"
    )


def original(where: Where, old: str, new: str, edits: Iterable[FileEdit]) -> Where:
    """Return where a place of the new text was in the old one."""
    lines = new.split("\n")[: where.line - 1]
    position = sum(len(line) + 1 for line in lines) + where.column - 1
    moved = 0
    for edit in edits:
        if edit.start + moved >= position:
            break
        if edit.start + moved + len(edit.text) > position:
            position = edit.start + moved
            break
        moved += len(edit.text) - (edit.end - edit.start)
    before = old[: max(0, position - moved)]
    return Where(where.file, before.count("\n") + 1, len(before) - before.rfind("\n"))
