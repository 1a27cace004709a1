"""The options that commands share, each written once.

A command takes one value of ``Inputs``, ``Place`` or ``Served``; ``command`` turns its
fields into options. Errors that the user can mend end here as exit status 1.
"""

from __future__ import annotations

import inspect
from dataclasses import MISSING, dataclass, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_type_hints

import typer

from amplikit.cli._output import write_problems
from amplikit.errors import ConfigInvalid, Problem, ToolkitError
from amplikit.project import (
    Loaded,
    Project,
    config_without_project,
    find_project,
    load,
    open_project,
    overrides_from_options,
    read_schema_paths,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from amplikit.blueprint.config import Config

__all__ = ["Inputs", "JsonOption", "Place", "Root", "Served", "command"]

DATA_FOLDER = ".amplikit"


def given_path(text: str) -> Path:
    """Return a path; an empty one is an unset variable, not the current folder."""
    if not text.strip():
        raise typer.BadParameter("the path is empty.")
    return Path(text)


JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document and nothing else.")
]
_ProjectOption = Annotated[
    Path | None,
    typer.Option(
        parser=given_path,
        metavar="DIR",
        help="The project; default: the nearest folder upward with amplify-config/.",
    ),
]
_DataOption = Annotated[
    Path | None,
    typer.Option(
        parser=given_path,
        metavar="DIR",
        help="Where keys, users and items are; default: .amplikit in the project.",
    ),
]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is compiled: a project, or a schema with its choices."""

    project: _ProjectOption = None
    schema: Annotated[
        list[Path] | None,
        typer.Option(
            parser=given_path,
            metavar="PATH",
            help="A schema file or folder, instead of a project.",
        ),
    ] = None
    transformer: Annotated[
        str | None, typer.Option(metavar="v1|v2", help="The GraphQL transformer.")
    ] = None
    auth: Annotated[
        str | None,
        typer.Option(
            metavar="JSON|@FILE",
            help='The modes: {"default": "API_KEY", "additional": ["AWS_IAM"]}.',
        ),
    ] = None
    flags: Annotated[
        str | None,
        typer.Option(metavar="JSON|@FILE", help="Amplify's feature flags, by name."),
    ] = None

    def load(self) -> Loaded:
        """Return what is to be compiled; with ``--schema`` no project is read.

        Raises ``ConfigInvalid``.
        """
        overrides = overrides_from_options(self.transformer, self.auth, self.flags)
        if self.schema:
            sources = read_schema_paths(self.schema)
            config = config_without_project(overrides)
            return Loaded(config, sources, overrides.over(()), overrides.problems)
        return load(_found(self.project) or _no_project(), overrides)

    def base(self) -> Path:
        """Return the folder that file names in problems are relative to."""
        return Path() if self.schema else _base(self.project)


@dataclass(frozen=True, slots=True)
class Served(Inputs):
    """What is compiled, and the data folder it is served from."""

    data: _DataOption = None

    def data_folder(self) -> Path:
        """Return the data folder; it need not exist.

        Raises ``ConfigInvalid`` when ``--project`` names none.
        """
        project = None if self.schema else _found(self.project)
        return self.data or (project.data_folder if project else Path(DATA_FOLDER))

    def watched(self) -> tuple[Path, ...]:
        """Return the files and folders that decide what is compiled.

        Raises ``ConfigInvalid`` when ``--project`` names none.
        """
        if self.schema:
            return tuple(self.schema)
        project = _found(self.project) or _no_project()
        root = project.root
        return project.config_folder, root / "schema", root / "schema.graphql"


@dataclass(frozen=True, slots=True)
class Root:
    """A project, and nothing instead of it."""

    project: _ProjectOption = None

    def folder(self) -> Path:
        """Return the project's folder.

        Raises ``ConfigInvalid`` when there is none.
        """
        return (_found(self.project) or _no_project()).root

    def base(self) -> Path:
        """Return the folder that file names in problems are relative to."""
        return _base(self.project)


@dataclass(frozen=True, slots=True)
class Place:
    """A data folder, named or the project's."""

    project: _ProjectOption = None
    data: _DataOption = None

    def data_folder(self) -> Path:
        """Return the data folder; it need not exist.

        Raises ``ConfigInvalid`` when nothing says where it is.
        """
        if self.data:
            return self.data
        project = _found(self.project)
        if project:
            return project.data_folder
        beside = Path(DATA_FOLDER)
        return beside if beside.is_dir() else _no_project().data_folder

    def config(self) -> Config | None:
        """Return the project's configuration; None beside ``--data`` alone.

        Raises ``ConfigInvalid``.
        """
        if self.data and not self.project:
            return None
        project = _found(self.project)
        return load(project).config if project else None

    def base(self) -> Path:
        """Return the folder that file names in problems are relative to."""
        return _base(self.project)


_PLACES = (Inputs, Served, Root, Place)
_KEYWORD = inspect.Parameter.KEYWORD_ONLY


class _Command:
    """A function whose dataclass parameters are one option for each field."""

    def __init__(self, function: Callable[..., None]) -> None:
        hints = get_type_hints(function, include_extras=True)
        signature = inspect.signature(function)
        self._function = function
        self._groups = {
            name: hints[name]
            for name in signature.parameters
            if is_dataclass(hints[name])
        }
        parameters = [
            parameter.replace(annotation=hints[name], kind=_KEYWORD)
            for name, parameter in signature.parameters.items()
            if name not in self._groups
        ]
        # A command's own options come first in its help, the shared ones last.
        for group in sorted(self._groups.values(), key=_PLACES.__contains__):
            parameters += _parameters(group)
        self.__signature__ = inspect.Signature(parameters)
        self.__annotations__ = {each.name: each.annotation for each in parameters}

    def __call__(self, **values: object) -> None:
        """Call the function.

        Raises ``typer.Exit`` with status 1 after a ``ToolkitError`` is printed.
        """
        as_json = bool(values.get("as_json"))
        for name, group in self._groups.items():
            own = {field.name: values.pop(field.name) for field in fields(group)}
            values[name] = group(**own)
        place = next(each for each in values.values() if isinstance(each, _PLACES))
        try:
            self._function(**values)
        except ToolkitError as error:
            write_problems(error.problems, as_json=as_json, base=place.base())
            raise typer.Exit(1) from error


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Return the function as typer wants it.

    Of its dataclass parameters, whose fields become options, one is ``Inputs``,
    ``Served``, ``Root`` or ``Place``; ``as_json`` names the ``--json`` parameter.
    """
    return _Command(function)


def _parameters(group: type) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            field.name,
            _KEYWORD,
            default=inspect.Parameter.empty
            if field.default is MISSING
            else field.default,
            annotation=hints[field.name],
        )
        for field in fields(group)
    ]


def _found(folder: Path | None) -> Project | None:
    return open_project(folder) if folder else find_project(Path.cwd())


def _base(folder: Path | None) -> Path:
    try:
        project = _found(folder)
    except ConfigInvalid:
        return Path()
    return project.root if project else Path()


def _no_project() -> Project:
    raise ConfigInvalid(
        Problem(
            code="project-not-found",
            message="There is no amplify-config/ in this folder or above it.",
            hint="Go to a project, or name one with --project; a schema alone needs "
            "--schema, --transformer and --auth.",
        )
    )
