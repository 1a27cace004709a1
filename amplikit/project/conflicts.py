"""How conflicts are resolved: ``ResolverConfig``, or ``[conflicts]`` in api.toml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from amplikit.blueprint.conflicts import ConflictConfig, ConflictHandler, Resolution
from amplikit.errors import Problem, did_you_mean
from amplikit.project.section import Form

if TYPE_CHECKING:
    from amplikit.project.section import Section

__all__ = ["conflicts_from_flags", "read_conflicts"]

_FLAG = "ResolverConfig"
_TYPE = Form("[_A-Za-z][_0-9A-Za-z]*", "a name of a type")


def conflicts_from_flags(
    flags: object, name: str, problems: list[Problem]
) -> ConflictConfig | None:
    """Return what ``ResolverConfig`` says, as Amplify writes it; None: nothing."""
    given = flags.get(_FLAG) if isinstance(flags, Mapping) else None
    if not isinstance(given, Mapping):
        return None
    project = _handler(given.get("project"), name, problems)
    models = given.get("models")
    own = {
        str(model): handler
        for model, value in (models.items() if isinstance(models, Mapping) else ())
        if (handler := _handler(value, name, problems)) is not None
    }
    return ConflictConfig(project or ConflictHandler(), tuple(own.items()))


def _handler(
    given: object, name: str, problems: list[Problem]
) -> ConflictHandler | None:
    if not isinstance(given, Mapping):
        return None
    written = given.get("ConflictHandler")
    if written is None:
        return None
    known = [one.value for one in Resolution]
    if written not in known:
        hint = did_you_mean(str(written), known).strip()
        problems.append(
            Problem(
                "option-invalid",
                f"{name}: '{written}' is no ConflictHandler.",
                hint or f"Use one of: {', '.join(known)}.",
            )
        )
        return None
    function = given.get("LambdaConflictHandler")
    named = function.get("name") if isinstance(function, Mapping) else None
    handler = ConflictHandler(Resolution(written), named and str(named))
    if handler.resolution is Resolution.LAMBDA and not handler.function:
        problems.append(
            Problem(
                "option-invalid",
                f"{name}: a LAMBDA ConflictHandler names no function.",
                'Add "LambdaConflictHandler": {"name": "..."}.',
            )
        )
    return handler


def read_conflicts(section: Section) -> ConflictConfig:
    """Return what ``[conflicts]`` says: ``handler``, ``function``, ``models``."""
    section.only("handler", "function", "models")
    project = _read_handler(section)
    own = []
    for name, table in section.named("models", _TYPE):
        table.only("handler", "function")
        own.append((name, _read_handler(table)))
    return ConflictConfig(project, tuple(own))


def _read_handler(section: Section) -> ConflictHandler:
    section.require("handler")
    resolution = section.word("handler", Resolution) or Resolution.AUTOMERGE
    function = section.text("function") or None
    if resolution is Resolution.LAMBDA and function is None:
        section.wrong("handler", "LAMBDA needs a function.", "Write function = NAME.")
    return ConflictHandler(resolution, function)
