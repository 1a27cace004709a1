"""Which installed packages a function needs, and the files that make them up."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from amplikit.errors import ConfigInvalid, Problem, Where

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Package", "required"]

# Every Python runtime of Lambda has them, with all that they need.
PROVIDED = frozenset({"boto3", "botocore"})
# Markers are read as on Lambda, not as on the machine that builds.
LAMBDA = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "sys_platform": "linux",
}


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package: each file's name in a bundle, and where it is."""

    name: str
    files: tuple[tuple[str, Path], ...]


def required(pyproject: Path) -> tuple[Package, ...]:
    """Return the packages that the project needs on Lambda, sorted by name.

    A function without a pyproject.toml needs none.
    Raises ``ConfigInvalid`` for one that is not installed here.
    """
    if not pyproject.is_file():
        return ()
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(one, "") for one in _dependencies(pyproject)]
    while waiting:
        requirement, extra = waiting.pop()
        name = canonicalize_name(requirement.name)
        marker = requirement.marker
        if name in PROVIDED:
            continue
        if marker and not marker.evaluate({**LAMBDA, "extra": extra}):
            continue
        package = found.setdefault(name, _installed(name, requirement, pyproject))
        for wanted in ("", *requirement.extras):
            if (name, wanted) not in seen:
                seen.add((name, wanted))
                needs = package.requires or ()
                waiting.extend((Requirement(one), wanted) for one in needs)
    return tuple(Package(name, tuple(_files(found[name]))) for name in sorted(found))


def _dependencies(pyproject: Path) -> list[Requirement]:
    try:
        table = tomllib.loads(pyproject.read_text("utf-8"))
        listed = table.get("project", {}).get("dependencies", [])
        return [Requirement(one) for one in listed]
    except (
        tomllib.TOMLDecodeError,
        UnicodeDecodeError,
        InvalidRequirement,
        AttributeError,
        TypeError,
    ) as error:
        raise ConfigInvalid(
            Problem(
                code="bundle-dependencies-unreadable",
                message=f"The function's dependencies cannot be read: {error}.",
                hint="Write them as a list of strings in [project] dependencies.",
                where=Where(str(pyproject), 1),
            )
        ) from error


def _installed(name: str, requirement: Requirement, pyproject: Path) -> Distribution:
    try:
        package = distribution(name)
    except PackageNotFoundError:
        raise ConfigInvalid(
            Problem(
                code="bundle-dependency-missing",
                message=f"The package '{name}' is not installed here.",
                hint="Run 'make setup', or install it into the toolkit's environment.",
                where=Where(str(pyproject), 1),
            )
        ) from None
    if not requirement.specifier.contains(package.version, prereleases=True):
        raise ConfigInvalid(
            Problem(
                code="bundle-dependency-version",
                message=f"The package '{name}' is installed as {package.version}; "
                f"'{requirement}' is required.",
                hint="Run 'make setup', or correct the requirement.",
                where=Where(str(pyproject), 1),
            )
        )
    return package


def _files(package: Distribution) -> Iterator[tuple[str, Path]]:
    """Yield what is installed; of an editable package, what would be."""
    for file in package.files or ():
        path = Path(str(package.locate_file(file)))
        # Scripts lie outside site-packages, and are of no use in a bundle.
        if ".." not in file.parts and path.is_file():
            yield file.as_posix(), path
    project = _editable_project(package)
    if project is not None:
        for root in _source_roots(project, package.name):
            for path in sorted(root.rglob("*")):
                if path.is_file():
                    yield path.relative_to(root.parent).as_posix(), path


def _editable_project(package: Distribution) -> Path | None:
    """Return the project that an editable install points to (PEP 610)."""
    origin: object = json.loads(package.read_text("direct_url.json") or "null")
    match origin:
        case {"url": str(url), "dir_info": {"editable": True}}:
            return Path(url2pathname(urlsplit(url).path))
        case _:
            return None


def _source_roots(project: Path, name: str) -> tuple[Path, ...]:
    """Return the import packages of a project: those it lists, or the one it names."""
    table = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
    match table.get("tool"):
        case {"hatch": {"build": {"targets": {"wheel": {"packages": [*listed]}}}}}:
            return tuple(project / str(one) for one in listed)
    module = canonicalize_name(name).replace("-", "_")
    candidates = (project / module, project / "src" / module)
    return tuple(one for one in candidates if one.is_dir())
