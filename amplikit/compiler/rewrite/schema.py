"""A v1 schema as v2 writes it, by the smallest edits of its files.

What v1 made up is written out under the name that it has in the tables, so that items
stay where they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Transformer
from amplikit.compiler.compile import compile_schema
from amplikit.compiler.document import Document, find_field
from amplikit.compiler.options import Source
from amplikit.compiler.read import Unreadable, read
from amplikit.compiler.rewrite.edits import (
    after,
    edited,
    new_fields,
    of_files,
    original,
    replacing,
    without,
)
from amplikit.compiler.rewrite.keys import key_line
from amplikit.compiler.rewrite.models import model_edits
from amplikit.compiler.rewrite.relations import replaced
from amplikit.compiler.rewrite.rules import rule_edits
from amplikit.compiler.rules import written_rules
from amplikit.compiler.use import uses
from amplikit.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from amplikit.blueprint.api import Api
    from amplikit.compiler.options import CompileOptions
    from amplikit.compiler.rewrite.edits import Edit, FileEdit
    from amplikit.compiler.rewrite.relations import Held

__all__ = ["Rewritten", "as_it_was", "rewrite"]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Both apis and the edits between them, or why a person must decide first.

    ``after`` is None if and only if some problem is an error; nothing is then to be
    written. Places are those of the files as they are.
    """

    before: Api | None
    after: Api | None
    edits: tuple[FileEdit, ...] = ()
    problems: tuple[Problem, ...] = ()


def rewrite(sources: Sequence[Source], options: CompileOptions) -> Rewritten:
    """Return the edits that make v2 of a schema that compiles under v1.

    ``options`` are those of v1; modes and flags stay as they are.
    """
    old = compile_schema(sources, replace(options, transformer=Transformer.V1))
    found = read(sources)
    if old.api is None or isinstance(found, Unreadable):
        return Rewritten(None, None, problems=old.problems)
    document = Document(*found)
    problems = tuple(_undecided(document))
    if problems:
        return Rewritten(old.api, None, problems=problems)
    options = replace(options, transformer=Transformer.V2)
    edits = of_files(_edits(document, old.api, options), document.places)
    texts = {source.file: source.text for source in sources}
    changed = [
        Source(file, edited(text, [edit for edit in edits if edit.file == file]))
        for file, text in texts.items()
    ]
    new = compile_schema(changed, options)
    problems = tuple(
        as_it_was(problem, sources, changed, edits) for problem in new.problems
    )
    if new.api is None:
        problems = tuple(p for p in problems if p.severity == "error")
        return Rewritten(old.api, None, problems=(_refused(), *problems))
    return Rewritten(old.api, new.api, edits, problems)


def _undecided(document: Document) -> Iterator[Problem]:
    """Yield the directives that v2 has nothing for."""
    for use in uses(document, "versioned"):
        yield Problem(
            "rewrite-undecided",
            f"'@versioned' on '{use.place}' cannot be rewritten: v2 counts versions "
            "by conflict detection of the whole API, under other names.",
            "Remove @versioned, or switch conflict detection on and send _version.",
            use.where,
        )


def _refused() -> Problem:
    return Problem(
        "rewrite-refused",
        "Nothing is written: rewritten to v2, the schema would not compile.",
        "Decide what follows in the v1 schema, then run it again.",
    )


def as_it_was(
    problem: Problem,
    sources: Sequence[Source],
    changed: Sequence[Source],
    edits: tuple[FileEdit, ...],
) -> Problem:
    """Return a problem of the changed text with its place in the old one."""
    texts = {source.file: source.text for source in sources}
    for source in changed:
        if problem.where is not None and problem.where.file == source.file:
            mine = [edit for edit in edits if edit.file == source.file]
            old = texts[source.file]
            where = original(problem.where, old, source.text, mine)
            return replace(problem, where=where)
    return problem


def _edits(document: Document, api: Api, options: CompileOptions) -> Iterator[Edit]:
    text = document.node.loc.source.body if document.node.loc else ""
    yield from _keys(document, options, text)
    held: dict[tuple[str, str], list[Held]] = {}
    for use in uses(document, "connection"):
        if use.field is None:
            continue
        found = replaced(use, use.field, api, options)
        if found is None:
            continue
        yield replacing(use.node, found.line)
        if found.held is not None:
            place = (found.held.model, found.held.name)
            held.setdefault(place, []).append(found.held)
    yield from _held_fields(document, held, text)
    for use in uses(document, "auth"):
        for rule in written_rules(use.node, document):
            yield from rule_edits(rule, options)
    for use in uses(document, "model"):
        yield from model_edits(use, options)


def _keys(document: Document, options: CompileOptions, text: str) -> Iterator[Edit]:
    gone = []
    for use in uses(document, "key"):
        line = key_line(use, options)
        field = find_field(use.type, line[0]) if line else None
        if line and field is not None:
            gone.append(use.node)
            yield after(field.type, line[1])
    yield from without(gone, text)


def _held_fields(
    document: Document, held: dict[tuple[str, str], list[Held]], text: str
) -> Iterator[Edit]:
    """Yield the fields that hold keys, declared where they are not, with indexes."""
    lines: dict[str, list[str]] = {}
    for (model, name), wanted in held.items():
        indexes = dict.fromkeys(one.index for one in wanted if one.index)
        field = find_field(document.models[model], name)
        if field is None:
            line = " ".join([f"{name}: {wanted[0].type}", *indexes])
            lines.setdefault(model, []).append(line)
            continue
        for index in indexes:
            yield after(field.type, index)
    for model, added in lines.items():
        edit = new_fields(document.models[model], added, text)
        if edit is not None:
            yield edit
