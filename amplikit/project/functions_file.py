"""``amplify-config/functions.toml``: the project's Lambda functions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from amplikit.blueprint.config import FunctionConfig, RoleConfig, Trigger
from amplikit.errors import did_you_mean
from amplikit.project.section import Form

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from amplikit.project.section import Section

__all__ = ["own_roles", "read_functions"]

_NAME = Form("[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits, - and _")
_HANDLER = Form(r"[A-Za-z_][\w/.]*\.[A-Za-z_]\w*", "MODULE.FUNCTION")
_ANYTHING = Form(".*", "text")
_FOLDER = "lambdas"
_TIMEOUT_MAX_S = 900.0
_TIMEOUT_DEFAULT_S = 3.0
_MEMORY_DEFAULT_MB, _MEMORY_MIN_MB, _MEMORY_MAX_MB = 128, 128, 10_240
# Source: Lambda developer guide, "Reserved environment variables".
_RESERVED = re.compile(r"AWS_.*|_HANDLER|_X_AMZN_TRACE_ID|LAMBDA_.*")
_VARIABLE = re.compile(r"[A-Za-z]\w+", re.ASCII)


def read_functions(
    file: Section, root: Path, roles: tuple[str, ...]
) -> tuple[FunctionConfig, ...]:
    """Return the functions; folders are checked and made absolute.

    A folder of ``lambdas/`` with a ``handler.py`` is a function without being named.
    """
    file.only("functions")
    functions: list[FunctionConfig] = []
    for name, section in file.named("functions", _NAME):
        function = _read_function(name, section, root, roles)
        _check_triggers(section, function, functions)
        functions.append(function)
    folders = {function.folder for function in functions}
    named = {function.name for function in functions}
    functions += (
        FunctionConfig(path.parent.name, path.parent, f"{path.parent.name}-role")
        for path in sorted((root / _FOLDER).resolve().glob("*/handler.py"))
        if _NAME.fits(path.parent.name)
        and path.parent not in folders
        and path.parent.name not in named
    )
    return tuple(functions)


def own_roles(
    functions: tuple[FunctionConfig, ...], roles: tuple[RoleConfig, ...]
) -> Iterator[RoleConfig]:
    """Yield the roles of functions that nobody has described: they may do nothing."""
    known = {role.name for role in roles}
    for name in dict.fromkeys(function.role for function in functions):
        if name not in known:
            yield RoleConfig(name, ())


def _read_function(
    name: str, section: Section, root: Path, roles: tuple[str, ...]
) -> FunctionConfig:
    section.only(
        "folder",
        "handler",
        "role",
        "environment",
        "triggers",
        "timeout_s",
        "memory_mb",
    )
    section.require("role")
    handler = section.text("handler", "handler.handler", _HANDLER)
    role = section.text("role")
    if role and role not in roles:
        section.problem(
            "role",
            "unknown-role",
            f"The function '{name}' runs as '{role}', which is no role.",
            did_you_mean(role, roles).strip()
            or f"Add [roles.{role}] to identities.toml.",
        )
    return FunctionConfig(
        name=name,
        folder=_read_folder(section, root, handler),
        role=role,
        handler=handler,
        environment=_read_environment(section.section("environment")),
        triggers=section.words("triggers", Trigger),
        timeout_s=section.number("timeout_s", _TIMEOUT_DEFAULT_S, _TIMEOUT_MAX_S),
        memory_mb=section.integer(
            "memory_mb", _MEMORY_DEFAULT_MB, _MEMORY_MIN_MB, _MEMORY_MAX_MB
        ),
    )


def _read_folder(section: Section, root: Path, handler: str) -> Path:
    text = section.text("folder", f"{_FOLDER}/{section.path[-1]}")
    folder = (root / text).resolve()
    module = handler.rpartition(".")[0].replace(".", "/") + ".py"
    if not folder.is_relative_to(root.resolve()):
        section.wrong("folder", f"'{text}' is outside of the project.")
    elif not folder.is_dir():
        section.wrong("folder", f"'{text}' is not a folder.")
    elif not (folder / module).is_file():
        section.wrong(
            "handler" if section.has("handler") else "folder",
            f"'{text}' has no {module} for the handler '{handler}'.",
            "Write the handler's module, or correct 'handler'.",
        )
    return folder


def _read_environment(section: Section) -> tuple[tuple[str, str], ...]:
    for name in section.values:
        if _RESERVED.fullmatch(name):
            section.wrong(name, "Lambda sets this variable itself.", "Remove it.")
        elif not _VARIABLE.fullmatch(name):
            section.wrong(
                name, "Lambda allows letters, digits and _.", "Rename the variable."
            )
    return tuple((name, section.text(name, form=_ANYTHING)) for name in section.values)


def _check_triggers(
    section: Section, function: FunctionConfig, others: list[FunctionConfig]
) -> None:
    for number, trigger in enumerate(function.triggers):
        for other in others:
            if trigger in other.triggers:
                section.problem(
                    "triggers",
                    "trigger-taken",
                    f"{trigger} already runs the function '{other.name}'.",
                    "Give each trigger to one function.",
                    number,
                )
