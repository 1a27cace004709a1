"""What is in a Lambda's zip, and what is not."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from amplikit.deploy.bundle import build_bundle
from amplikit.errors import ConfigInvalid

LAMBDAS = Path(__file__).parents[3] / "lambdas"


def write(folder: Path, *dependencies: str, **files: str) -> Path:
    """Make a function's folder; ``__`` in a name stands for ``/``."""
    listed = ", ".join(f"'{one}'" for one in dependencies)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(f"[project]\ndependencies = [{listed}]\n")
    (folder / "handler.py").write_text("def handler(event, context): return event\n")
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def top_level(files: tuple[str, ...]) -> set[str]:
    return {name.partition("/")[0].partition("-")[0] for name in files}


@pytest.mark.parametrize("name", ["post_authentication", "post_confirmation"])
def test_a_function_brings_the_client_and_what_it_needs(
    tmp_path: Path, name: str
) -> None:
    bundle = build_bundle(LAMBDAS / name, tmp_path / "out" / "f.zip")
    assert top_level(bundle.files) == {
        "amplikit_client",
        "certifi",
        "charset_normalizer",
        "handler.py",
        "idna",
        "requests",
        "requests_aws4auth",
        "urllib3",
    }
    assert bundle.path == tmp_path / "out" / "f.zip"
    assert bundle.size_bytes == bundle.path.stat().st_size < 1_000_000
    assert "amplikit_client/client.py" in bundle.files
    assert "certifi/cacert.pem" in bundle.files
    assert not [name for name in bundle.files if name.endswith((".so", ".pyc"))]


def test_it_runs_with_nothing_else_installed(tmp_path: Path) -> None:
    bundle = build_bundle(LAMBDAS / "post_confirmation", tmp_path / "f.zip")
    code = f"""
import sys
sys.path.insert(0, {str(bundle.path)!r})
import handler
event = {{"triggerSource": "PostConfirmation_ConfirmForgotPassword"}}
print(handler.handler(event, None) is event)
print([n for n in sys.modules if n.partition(".")[0] in ("graphql", "boto3", "gql")])
"""
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == ("True\n[]\n")


def test_licences_travel_with_the_code_and_the_rest_of_the_metadata_stays(
    tmp_path: Path,
) -> None:
    bundle = build_bundle(LAMBDAS / "post_confirmation", tmp_path / "f.zip")
    kept = {
        Path(name).name
        for name in bundle.files
        if name.startswith("requests-") and ".dist-info/" in name
    }
    assert kept == {"LICENSE", "METADATA", "NOTICE"}


def test_what_lambda_provides_is_left_out(tmp_path: Path) -> None:
    folder = write(tmp_path / "f", "boto3", "botocore>=1", "Requests_AWS4auth")
    assert "boto3" not in top_level(build_bundle(folder, tmp_path / "f.zip").files)
    assert "six" not in top_level(build_bundle(folder, tmp_path / "f.zip").files)
    names = top_level(build_bundle(folder, tmp_path / "f.zip").files)
    assert "requests_aws4auth" in names


MARKERS = {
    "other system": ("idna; sys_platform == 'win32'", False),
    "Lambda's system": ("idna; sys_platform == 'linux'", True),
    "old Python": ("idna; python_version < '3'", False),
    "an extra nobody asked for": ("idna; extra == 'x'", False),
}


@pytest.mark.parametrize(("line", "expected"), MARKERS.values(), ids=MARKERS)
def test_markers_are_read_as_on_lambda(
    tmp_path: Path, line: str, expected: object
) -> None:
    folder = tmp_path / "f"
    write(folder)
    (folder / "pyproject.toml").write_text(f'[project]\ndependencies = ["{line}"]\n')
    files = build_bundle(folder, tmp_path / "f.zip").files
    assert ("idna" in top_level(files)) is expected


def test_hidden_files_tests_and_caches_stay_at_home(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "f",
        **{
            ".env": "SECRET=1",
            ".git__config": "x",
            "tests__test_it.py": "x",
            "pkg__tests__test_it.py": "x",
            "pkg__module.py": "x",
            "pkg__data.json": "{}",
            "uv.lock": "x",
        },
    )
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "handler.pyc").write_bytes(b"x")
    bundle = build_bundle(folder, tmp_path / "f.zip")
    assert bundle.files == ("handler.py", "pkg/data.json", "pkg/module.py")


def test_equal_files_give_equal_bytes(tmp_path: Path) -> None:
    contents = {"pkg__a.py": "1", "pkg__b.py": "2"}
    one = write(tmp_path / "one", "idna", **contents)
    two = write(tmp_path / "two", "idna", **dict(reversed(contents.items())))
    os.utime(two / "handler.py", (0, 0))
    (two / "handler.py").chmod(0o600)
    first = build_bundle(one, tmp_path / "1.zip").path.read_bytes()
    assert first == build_bundle(two, tmp_path / "2.zip").path.read_bytes()


def test_a_bundle_inside_the_folder_does_not_hold_itself(tmp_path: Path) -> None:
    folder = write(tmp_path / "f")
    first = build_bundle(folder, folder / "f.zip")
    assert build_bundle(folder, folder / "f.zip") == first
    assert first.files == ("handler.py",)


def test_the_functions_own_file_wins_over_a_package(tmp_path: Path) -> None:
    folder = write(tmp_path / "f", "idna", idna__codec="", **{"idna__core.py": "own"})
    with zipfile.ZipFile(build_bundle(folder, tmp_path / "f.zip").path) as opened:
        assert opened.read("idna/core.py") == b"own"
        assert len(opened.namelist()) == len(set(opened.namelist()))
        assert opened.getinfo("handler.py").external_attr >> 16 == 0o100644


def test_a_function_without_a_pyproject_is_its_files(tmp_path: Path) -> None:
    folder = write(tmp_path / "f")
    (folder / "pyproject.toml").unlink()
    assert build_bundle(folder, tmp_path / "f.zip").files == ("handler.py",)


PROBLEMS = {
    "not installed": (
        "dependencies = ['no-such-package']",
        "bundle-dependency-missing",
    ),
    "other version": ("dependencies = ['idna<1']", "bundle-dependency-version"),
    "compiled": ("dependencies = ['cryptography']", "bundle-not-pure-python"),
    "no list": ("dependencies = 7", "bundle-dependencies-unreadable"),
    "no requirement": ("dependencies = ['=='] ", "bundle-dependencies-unreadable"),
    "no text": ("dependencies = [1]", "bundle-dependencies-unreadable"),
    "no TOML": ("dependencies = [", "bundle-dependencies-unreadable"),
}


@pytest.mark.parametrize(("line", "code"), PROBLEMS.values(), ids=PROBLEMS)
def test_a_dependency_that_cannot_be_shipped_is_a_problem(
    tmp_path: Path, line: str, code: str
) -> None:
    folder = write(tmp_path / "f")
    (folder / "pyproject.toml").write_text(f"[project]\n{line}\n")
    output = tmp_path / "f.zip"
    output.write_text("the one before")
    with pytest.raises(ConfigInvalid) as raised:
        build_bundle(folder, output)
    assert [problem.code for problem in raised.value.problems] == [code]
    assert output.read_text() == "the one before"
    assert {path.name for path in tmp_path.iterdir()} == {"f", "f.zip"}


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid) as raised:
        build_bundle(tmp_path / "missing", tmp_path / "f.zip")
    assert raised.value.problems[0].code == "function-folder-missing"
