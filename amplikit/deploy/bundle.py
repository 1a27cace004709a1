"""One Lambda's zip: its own files, and the packages its few lines need.

What it needs is computed from the ``dependencies`` in the function's pyproject.toml,
followed through the metadata of what is installed here. Only pure Python is taken:
what is compiled for this machine may not run on Lambda's.
Source: Lambda developer guide, "Working with .zip file archives for Python".
"""

from __future__ import annotations

import os
import re
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from amplikit.deploy.requirements import required
from amplikit.errors import ConfigInvalid, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amplikit.deploy.requirements import Package

__all__ = ["Bundle", "build_bundle"]

# The oldest time that a zip can hold: the same files give the same bytes.
_TIMESTAMP = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o100644 << 16
_COMPILED = (".so", ".pyd", ".dylib")
_NOT_SHIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "test", "tests"})
_NOT_SHIPPED_FILES = frozenset({"pyproject.toml", "uv.lock"})
_NOT_SHIPPED_SUFFIXES = (".pyc", ".pyi", ".pyo")
_LICENCE = re.compile(r"(?i)(licen[cs]e|copying|notice|authors)")


@dataclass(frozen=True, slots=True)
class Bundle:
    """A zip on disk; ``files`` are the names in it, sorted."""

    path: Path
    size_bytes: int
    files: tuple[str, ...]


def build_bundle(function_folder: Path, output: Path) -> Bundle:
    """Write the zip of the function in ``function_folder`` to ``output``.

    Equal files give an equal zip. Raises ``ConfigInvalid`` when there is no such
    folder, or a dependency is not installed or not pure Python; ``output`` is then
    left as it was.
    """
    if not function_folder.is_dir():
        raise ConfigInvalid(
            Problem(
                code="function-folder-missing",
                message=f"There is no function in '{function_folder}'.",
                hint="Name the folder that holds its handler.",
            )
        )
    contents: dict[str, Path] = {}
    for package in required(function_folder / "pyproject.toml"):
        contents |= _package_files(package)
    # Last: what the function brings itself is what it imports on Lambda.
    contents |= _function_files(function_folder, output)
    files = tuple(sorted(contents))
    output.parent.mkdir(parents=True, exist_ok=True)
    _write(contents, output)
    return Bundle(output, output.stat().st_size, files)


def _function_files(folder: Path, output: Path) -> dict[str, Path]:
    return {
        name: path
        for name, path in _walk(folder)
        if _shipped(PurePosixPath(name))
        and name not in _NOT_SHIPPED_FILES
        and path.resolve() != output.resolve()
    }


def _package_files(package: Package) -> dict[str, Path]:
    found = {
        name: path
        for name, path in package.files
        if _shipped(PurePosixPath(name)) and _useful(PurePosixPath(name))
    }
    compiled = [name for name in found if name.endswith(_COMPILED)]
    for name in compiled:
        if not _has_python_twin(name, found):
            raise ConfigInvalid(
                Problem(
                    code="bundle-not-pure-python",
                    message=f"The package '{package.name}' holds '{name}', which is "
                    "compiled for this machine.",
                    hint="Put the package into a Lambda layer built for Lambda, and "
                    "take it out of the function's dependencies.",
                )
            )
        del found[name]
    return found


def _walk(folder: Path) -> Iterator[tuple[str, Path]]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [one for one in folders if not one.startswith(".")]
        for name in names:
            path = Path(parent, name)
            if path.is_file():
                yield path.relative_to(folder).as_posix(), path


def _shipped(name: PurePosixPath) -> bool:
    """Leave out what a function never needs, and hidden files: they hold secrets."""
    return (
        not _NOT_SHIPPED_FOLDERS.intersection(name.parts[:-1])
        and not any(part.startswith(".") for part in name.parts)
        and name.suffix not in _NOT_SHIPPED_SUFFIXES
    )


def _useful(name: PurePosixPath) -> bool:
    """Of a package's metadata keep its version and its licences; no path leads out."""
    if name.suffix == ".pth":
        return False
    if not name.parts[0].endswith(".dist-info"):
        return True
    return name.name == "METADATA" or any(map(_LICENCE.match, name.parts[1:]))


def _has_python_twin(name: str, found: Mapping[str, Path]) -> bool:
    """Say whether a compiled file only speeds up what is there in Python too.

    mypyc puts ``md.cpython-311-….so`` beside ``md.py``, and the code they share into
    ``….__mypyc.….so``, which nothing imports without them.
    """
    folder, _, file = name.rpartition("/")
    stem = file.split(".", 1)[0]
    twin = f"{folder}/{stem}.py" if folder else f"{stem}.py"
    return twin in found or stem.endswith("__mypyc")


def _write(contents: Mapping[str, Path], output: Path) -> None:
    handle, draft = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}-")
    try:
        with (
            os.fdopen(handle, "wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as bundle,
        ):
            for name in sorted(contents):
                entry = zipfile.ZipInfo(name, _TIMESTAMP)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.create_system = 3  # Unix, on every machine
                entry.external_attr = _READABLE
                bundle.writestr(entry, contents[name].read_bytes())
        Path(draft).replace(output)
    finally:
        Path(draft).unlink(missing_ok=True)
