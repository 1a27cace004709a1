from pathlib import Path

import pytest

from amplikit.errors import ConfigInvalid
from amplikit.project import Project, find_project, open_project


def code_of(find: object, folder: Path) -> str:
    assert callable(find)
    with pytest.raises(ConfigInvalid) as raised:
        find(folder)
    (problem,) = raised.value.problems
    return problem.code


def test_the_nearest_project_upward_is_found(tmp_path: Path) -> None:
    (tmp_path / "amplify-config").mkdir()
    inner = tmp_path / "apps" / "shop"
    (inner / "amplify-config").mkdir(parents=True)
    (inner / "schema" / "deep").mkdir(parents=True)
    assert find_project(inner / "schema" / "deep") == Project(inner)
    assert find_project(tmp_path / "apps") == Project(tmp_path)


def test_a_relative_folder_gives_an_absolute_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "amplify-config").mkdir()
    monkeypatch.chdir(tmp_path)
    assert find_project(Path()) == Project(tmp_path)


def test_without_a_project_nothing_is_found(tmp_path: Path) -> None:
    assert find_project(tmp_path) is None


def test_a_file_of_that_name_is_no_project(tmp_path: Path) -> None:
    (tmp_path / "amplify-config").touch()
    assert find_project(tmp_path) is None


def test_a_project_of_the_amplify_cli_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "amplify" / "backend").mkdir(parents=True)
    assert code_of(find_project, tmp_path / "amplify") == "amplify-backend-unsupported"
    (tmp_path / "amplify-config").mkdir()
    assert find_project(tmp_path / "amplify") == Project(tmp_path)


def test_a_named_folder_is_not_searched_upward(tmp_path: Path) -> None:
    (tmp_path / "amplify-config").mkdir()
    (tmp_path / "schema").mkdir()
    assert open_project(tmp_path) == Project(tmp_path)
    assert code_of(open_project, tmp_path / "schema") == "project-not-found"
    assert code_of(open_project, tmp_path / "missing") == "project-not-found"
