"""Applies one mend after the other, and keeps those that change what they say."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amplikit.compiler import Source, compile_schema
from amplikit.compiler.document import Document
from amplikit.compiler.mend import MENDS, merged
from amplikit.compiler.read import Unreadable, read
from amplikit.compiler.rewrite.edits import edited, of_files
from amplikit.errors import Problem, SchemaInvalid
from amplikit.inspect import lint
from amplikit.inspect.changes import changes
from amplikit.planner import plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from amplikit.blueprint.api import Api
    from amplikit.blueprint.config import Config
    from amplikit.blueprint.resources import Blueprint
    from amplikit.compiler import CompileOptions
    from amplikit.compiler.mend import Mend
    from amplikit.compiler.rewrite.edits import Edit
    from amplikit.errors import Where

__all__ = ["Applied", "Mended", "mend_all", "only_repeats"]

_REPEATED = "repeated-rule"


@dataclass(frozen=True, slots=True)
class Applied:
    """One mend: the finding that it is for, and what it does."""

    code: str
    where: Where | None
    says: str


@dataclass(frozen=True, slots=True)
class Mended:
    """The files' new texts, what was done and refused, and what is still found."""

    sources: tuple[Source, ...]
    before: Blueprint
    after: Blueprint
    applied: tuple[Applied, ...]
    refused: tuple[Problem, ...]
    findings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _State:
    """A schema that compiles, and what is found in it."""

    sources: tuple[Source, ...]
    document: Document
    api: Api
    blueprint: Blueprint
    findings: tuple[Problem, ...]


@dataclass(slots=True)
class _Log:
    """What happened so far, with the places of the files as they were."""

    places: dict[tuple[str, str], Where | None] = field(default_factory=dict)
    applied: list[Applied] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    tried: set[tuple[str, str]] = field(default_factory=set)


def only_repeats(problems: Sequence[Problem]) -> bool:
    """Whether all that stands against a schema are rules that can be joined."""
    codes = {problem.code for problem in problems if problem.severity == "error"}
    return codes == {_REPEATED}


def mend_all(
    sources: tuple[Source, ...], config: Config, options: CompileOptions
) -> Mended:
    """Return the schema with every mend that holds what it promises.

    Raises ``SchemaInvalid`` if it does not compile, and joining rules does not help.
    """
    log = _Log()
    joined, begin = _joined(sources, config, options, log)
    now = _compiled(joined, config, options)
    log.places |= {_key(finding): finding.where for finding in now.findings}
    while (finding := _next(now, log)) is not None:
        log.tried.add(_key(finding))
        mend = MENDS[finding.code](finding, now.document, now.api)
        if mend is None:
            continue
        changed = _changed(now.sources, now.document, mend.edits)
        where = log.places.get(_key(finding), finding.where)
        try:
            then = _compiled(changed, config, options)
        except SchemaInvalid as invalid:
            reason = invalid.problems[0].message
            log.refused.append(_refused(finding, where, f"it would not do: {reason}"))
            continue
        reason = next(_objections(now, then, finding, mend), "")
        if reason:
            log.refused.append(_refused(finding, where, reason))
            continue
        log.applied.append(Applied(finding.code, where, mend.says))
        now = then
    return Mended(
        now.sources,
        begin,
        now.blueprint,
        tuple(log.applied),
        tuple(log.refused),
        now.findings,
    )


def _next(state: _State, log: _Log) -> Problem | None:
    return next(
        (
            finding
            for finding in state.findings
            if finding.code in MENDS and _key(finding) not in log.tried
        ),
        None,
    )


def _key(finding: Problem) -> tuple[str, str]:
    return finding.code, finding.message


def _compiled(
    sources: tuple[Source, ...], config: Config, options: CompileOptions
) -> _State:
    compilation = compile_schema(sources, options)
    api = compilation.api
    if api is None:
        raise SchemaInvalid(*compilation.problems)
    findings = (*compilation.problems, *lint(api, config))
    return _State(sources, _document(sources), api, plan(api, config), findings)


def _document(sources: tuple[Source, ...]) -> Document:
    found = read(sources)
    if isinstance(found, Unreadable):
        raise SchemaInvalid(*found.problems)
    return Document(*found)


def _changed(
    sources: tuple[Source, ...], document: Document, edits: Sequence[Edit]
) -> tuple[Source, ...]:
    in_files = of_files(edits, document.places)
    return tuple(
        Source(
            source.file,
            edited(source.text, [one for one in in_files if one.file == source.file]),
        )
        for source in sources
    )


def _joined(
    sources: tuple[Source, ...], config: Config, options: CompileOptions, log: _Log
) -> tuple[tuple[Source, ...], Blueprint]:
    """Return the schema with repeated rules joined, and what to compare it with.

    That is the schema as it is, or else, since it does not compile, the same without
    each second rule.
    """
    without = sources
    while True:
        compilation = compile_schema(sources, options)
        if compilation.api is not None:
            known = compile_schema(without, options)
            break
        document = _document(sources)
        merges = (
            (problem, merged(problem, document, options))
            for problem in compilation.problems
            if problem.code == _REPEATED
        )
        problem, merge = next(merges, (None, None))
        if problem is None or merge is None:
            raise SchemaInvalid(*compilation.problems)
        log.applied.append(Applied(problem.code, problem.where, merge.says))
        # Without the second rule both texts have the same rules in the same order.
        alone = next(
            merged(other, _document(without), options)
            for other in compile_schema(without, options).problems
            if other.code == _REPEATED
        )
        if alone is None:
            raise SchemaInvalid(*compilation.problems)
        without = _changed(without, _document(without), [alone.without])
        sources = _changed(sources, document, [merge.without, *merge.joined])
    if known.api is None:
        raise SchemaInvalid(*known.problems)
    return sources, plan(known.api, config)


def _objections(
    now: _State, then: _State, finding: Problem, mend: Mend
) -> Iterator[str]:
    """Yield what a mend would do beyond its words."""
    old, new = (Counter(one.code for one in each.findings) for each in (now, then))
    if _key(finding) in map(_key, then.findings):
        yield "it would not mend it."
    for code in new:
        if new[code] > old[code]:
            yield f"it would bring '{code}'."
    found = changes(now.blueprint, then.blueprint)
    for access in found.access:
        if access.coordinate not in mend.access:
            yield f"it would change who may use '{access.coordinate}', too."
    for part in found.schema:
        if part.coordinate not in mend.schema:
            yield f"it would change '{part.coordinate}' in the schema, too."
    for table in found.tables:
        yield f"it would change the table '{table.table}', too."


def _refused(finding: Problem, where: Where | None, reason: str) -> Problem:
    return Problem(
        "fix-refused",
        f"'{finding.code}' is not mended: {reason}",
        f"Do it by hand, if it is meant. {finding.hint}",
        where,
        "warning",
    )
