"""``amplikit check --fix``: v1 becomes v2, and what v2 is warned of is mended.

Either says what it changes for whom, from the grants before and after.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import typer

from amplikit.blueprint.api import Transformer
from amplikit.cli._changes import access_lines, section_lines
from amplikit.cli._compile import compile_options
from amplikit.cli._mending import Applied, mend_all, only_repeats
from amplikit.cli._output import (
    printable,
    problem_json,
    where_json,
    write_json,
    write_problems,
)
from amplikit.cli._rewriting import FileChange, diff_of, file_changes, write_changes
from amplikit.compiler import Source, compile_schema
from amplikit.compiler.rewrite.edits import between
from amplikit.compiler.rewrite.schema import as_it_was, rewrite
from amplikit.errors import SchemaInvalid
from amplikit.inspect.changes import Changes, changes
from amplikit.planner import plan

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from amplikit.errors import Problem
    from amplikit.project import Loaded

__all__ = ["Fixed", "fix", "write_fixed"]

_FOREIGN = "directive-of-other-transformer"


@dataclass(frozen=True, slots=True)
class Fixed:
    """What was or would be written, and what it changes.

    ``applied`` is None if the schema was rewritten, or would have been.
    """

    files: tuple[FileChange, ...]
    changes: Changes
    problems: tuple[Problem, ...]
    written: bool
    configured: Transformer
    applied: tuple[Applied, ...] | None = None


def fix(loaded: Loaded, base: Path, *, dry_run: bool) -> Fixed:
    """Rewrite a v1 schema to v2 in its files, or mend a v2 schema, or only say how.

    Raises ``SchemaInvalid`` when a person has to decide something first; nothing is
    then written.
    """
    config = loaded.config
    options = compile_options(config)
    sources = tuple(Source(source.file, source.text) for source in loaded.sources)
    known = compile_schema(sources, replace(options, transformer=Transformer.V2))
    foreign = any(problem.code == _FOREIGN for problem in known.problems)
    second = config.transformer is Transformer.V2
    if second and (known.api is not None or only_repeats(known.problems)):
        return _mend(loaded, sources, base, dry_run=dry_run)
    if second and not foreign:
        raise SchemaInvalid(*loaded.problems, *known.problems)
    rewritten = rewrite(sources, options)
    if known.api is not None and rewritten.before is None:
        return Fixed(
            (),
            Changes((), (), ()),
            (*loaded.problems, *known.problems),
            written=False,
            configured=config.transformer,
        )
    if rewritten.before is None or rewritten.after is None:
        raise SchemaInvalid(*loaded.problems, *rewritten.problems)
    files = file_changes(rewritten.edits, base)
    if not dry_run:
        write_changes(files)
    before = plan(rewritten.before, replace(config, transformer=Transformer.V1))
    after = plan(rewritten.after, replace(config, transformer=Transformer.V2))
    return Fixed(
        files,
        changes(before, after),
        (*loaded.problems, *rewritten.problems),
        written=bool(files) and not dry_run,
        configured=config.transformer,
    )


def _mend(
    loaded: Loaded, sources: tuple[Source, ...], base: Path, *, dry_run: bool
) -> Fixed:
    mended = mend_all(sources, loaded.config, compile_options(loaded.config))
    edits = tuple(
        edit
        for old, new in zip(sources, mended.sources, strict=True)
        for edit in between(old.file, old.text, new.text)
    )
    files = file_changes(edits, base)
    if not dry_run:
        write_changes(files)
    left = mended.findings
    if dry_run:
        left = tuple(as_it_was(one, sources, mended.sources, edits) for one in left)
    return Fixed(
        files,
        changes(mended.before, mended.after),
        (*loaded.problems, *mended.refused, *left),
        written=bool(files) and not dry_run,
        configured=Transformer.V2,
        applied=mended.applied,
    )


def write_fixed(fixed: Fixed, *, base: Path, dry_run: bool, as_json: bool) -> None:
    """Print what was done and what it changes."""
    found = fixed.changes
    if as_json:
        write_json(
            {
                "ok": True,
                "transformer": Transformer.V2.value,
                "written": fixed.written,
                "files": [change.name for change in fixed.files],
                "diff": diff_of(fixed.files),
                "access": [asdict(change) for change in found.access],
                "schema": [asdict(change) for change in found.schema],
                "tables": [asdict(change) for change in found.tables],
                "fixes": [
                    {
                        "code": one.code,
                        "where": one.where and where_json(one.where),
                        "says": one.says,
                    }
                    for one in fixed.applied or ()
                ],
                "problems": [problem_json(problem) for problem in fixed.problems],
            }
        )
        return
    if dry_run:
        typer.echo(diff_of(fixed.files), nl=False)
    done = "rewritten to v2" if fixed.applied is None else "mended"
    for change in fixed.files if fixed.written else ():
        typer.echo(f"{change.name}: {done}.")
    for one in fixed.applied or ():
        place = f"{printable(str(one.where))}: " if one.where else ""
        typer.echo(f"{place}{printable(one.says)} [{one.code}]")
    if not fixed.files:
        typer.echo(
            "There is nothing to rewrite: the schema is good v2 as it is."
            if fixed.applied is None
            else "There is nothing to mend."
        )
    for line in access_lines((one, one.mode) for one in found.access):
        typer.echo(line)
    _section(
        "Schema",
        (_arrow(one.coordinate, one.before, one.after) for one in found.schema),
    )
    _section(
        "Tables",
        (
            _arrow(
                f"{one.table}.{one.index}" if one.index else one.table,
                one.before,
                one.after,
            )
            + (" (a new table: the items have to be moved)" if one.replaces else "")
            for one in found.tables
        ),
    )
    write_problems(fixed.problems, base=base)
    if fixed.configured is Transformer.V1:
        typer.echo('Now compile it with transformer = "v2".')


def _section(title: str, lines: Iterable[str]) -> None:
    for line in section_lines(title, lines):
        typer.echo(line)


def _arrow(name: str, before: str | None, after: str | None) -> str:
    if before is None:
        return f"+ {name}: {after}"
    if after is None:
        return f"- {name}: {before}"
    return f"  {name}: {before} -> {after}"
