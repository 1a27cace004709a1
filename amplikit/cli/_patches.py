"""The nearest patch that turns a refusal, proven before anybody is shown it.

Every candidate is compiled and planned; the same request is then asked again of what
came out. A patch that shuts somebody else out is none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, assert_never

from amplikit.blueprint.denials import ByField, ByRule
from amplikit.blueprint.fixes import (
    AddRule,
    AdminRole,
    AllowField,
    IamAccess,
    SetOperations,
    StopDenying,
)
from amplikit.blueprint.resources import GRAPHQL_ACTION, PolicyStatement
from amplikit.cli._compile import compile_options
from amplikit.compiler import Source, compile_schema
from amplikit.compiler.document import Document
from amplikit.compiler.mend.access import access_edits
from amplikit.compiler.read import Unreadable, read
from amplikit.compiler.rewrite.edits import edited, of_files
from amplikit.inspect.fixes import fixes, takes_away
from amplikit.inspect.fixes.targets import Situation
from amplikit.planner import plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from amplikit.blueprint.config import Config, RoleConfig
    from amplikit.blueprint.denials import Denial
    from amplikit.blueprint.fixes import ConfigEdit, Fix, SchemaEdit

__all__ = ["Patch", "Stage", "denial_key", "patch_for", "staged"]

_ROUNDS = 6
"""How many fixes may follow one another: three layers, and fields one by one."""


@dataclass(frozen=True, eq=False)
class Stage:
    """Schema files and configuration, with what they compile to."""

    sources: tuple[Source, ...]
    situation: Situation


@dataclass(frozen=True, slots=True)
class Patch:
    """What is changed, one after the other, and what comes of it."""

    fixes: tuple[Fix, ...]
    after: Stage

    @property
    def says(self) -> str:
        """What is changed, in sentences."""
        return " ".join(fix.says for fix in self.fixes)

    @property
    def config_edits(self) -> tuple[ConfigEdit, ...]:
        """The edits of the configuration, in order."""
        return tuple(
            edit
            for fix in self.fixes
            for edit in fix.edits
            if not isinstance(edit, SetOperations | AddRule)
        )


@lru_cache(maxsize=256)
def staged(sources: tuple[Source, ...], config: Config) -> Stage | None:
    """Return what sources compile to, or None when they do not."""
    compiled = compile_schema(sources, compile_options(config))
    if compiled.api is None:
        return None
    blueprint = plan(compiled.api, config)
    return Stage(sources, Situation(compiled.api, config, blueprint))


def denial_key(denial: Denial) -> tuple[object, ...]:
    """Return what makes two refusals of one caller the same."""
    cause = denial.cause
    what: object = None
    if isinstance(cause, ByRule):
        what = cause.check.operation
    elif isinstance(cause, ByField):
        what = cause.fields
    return denial.coordinate, type(cause), what


def patch_for(
    now: Stage,
    denial: Denial,
    again: Callable[[Stage], Denial | None],
    rounds: int = _ROUNDS,
) -> Patch | None:
    """Return the nearest patch that lets the caller in, or None when there is none.

    ``again`` asks the same of another stage; it returns the refusal that is left.
    """
    for fix in fixes(denial, now.situation):
        then = _applied(now, fix)
        if then is None or _takes_away(now, then):
            continue
        left = again(then)
        if left is None:
            return Patch((fix,), then)
        if rounds > 1 and denial_key(left) != denial_key(denial):
            more = patch_for(then, left, again, rounds - 1)
            if more is not None:
                return replace(more, fixes=(fix, *more.fixes))
    return None


@lru_cache(maxsize=256)
def _takes_away(now: Stage, then: Stage) -> bool:
    return takes_away(now.situation.blueprint, then.situation.blueprint)


def _applied(now: Stage, fix: Fix) -> Stage | None:
    schema = [e for e in fix.edits if isinstance(e, SetOperations | AddRule)]
    config = now.situation.config
    for edit in fix.edits:
        if not isinstance(edit, SetOperations | AddRule):
            config = _configured(config, edit)
    sources = _edited(now.sources, schema) if schema else now.sources
    return staged(sources, config) if sources is not None else None


def _edited(
    sources: tuple[Source, ...], edits: Sequence[SchemaEdit]
) -> tuple[Source, ...] | None:
    found = read(sources)
    if isinstance(found, Unreadable):
        return None
    document = Document(*found)
    wanted = access_edits(edits, document)
    if wanted is None:
        return None
    in_files = of_files(wanted, document.places)
    return tuple(
        Source(one.file, edited(one.text, [e for e in in_files if e.file == one.file]))
        for one in sources
    )


def _configured(config: Config, edit: ConfigEdit) -> Config:
    match edit:
        case AdminRole(name):
            return replace(config, admin_role_names=(*config.admin_role_names, name))
        case IamAccess():
            flags = tuple({**dict(config.flags), "enableIamAccess": True}.items())
            return replace(config, iam_access=True, flags=flags)
        case AllowField(role, resource):
            more = PolicyStatement("Allow", (GRAPHQL_ACTION,), (resource,))
            return replace(
                config,
                roles=tuple(
                    replace(one, statements=(*one.statements, more))
                    if one.name == role
                    else one
                    for one in config.roles
                ),
            )
        case StopDenying(role, resource):
            return replace(
                config,
                roles=tuple(
                    replace(one, statements=tuple(_without(one, resource)))
                    if one.name == role
                    else one
                    for one in config.roles
                ),
            )
        case _:
            assert_never(edit)


def _without(role: RoleConfig, resource: str) -> Iterator[PolicyStatement]:
    """Yield a role's statements, none of which denies the resource by name."""
    for one in role.statements:
        left = tuple(name for name in one.resources if name != resource)
        if one.effect != "Deny":
            yield one
        elif left:
            yield replace(one, resources=left)
