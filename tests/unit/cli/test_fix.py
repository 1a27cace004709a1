"""``check --fix``: all files or none, byte for byte, and what it changes."""

from __future__ import annotations

import stat
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from amplikit.cli._rewriting import (
    FileChange,
    file_changes,
    replace_all,
    write_changes,
)
from amplikit.compiler.rewrite.edits import FileEdit
from amplikit.errors import ConfigInvalid

from .conftest import Ran

if TYPE_CHECKING:
    from pathlib import Path

Amplikit = Callable[..., Ran]
BLOG = """\
type Blog @model @auth(rules: [{ allow: owner }]) {
  id: ID!
  posts: [Post] @connection(name: "BlogPosts")
}
"""
POST = """\
# every post
type Post @model @key(name: "byTitle", fields: ["title"], queryField: "byTitle") {
  id: ID!
  title: String!
  blog: Blog @connection(name: "BlogPosts")
}
"""
NEW_POST = """\
# every post
type Post @model {
  id: ID!
  title: String! @index(name: "byTitle", queryField: "byTitle")
  blog: Blog @belongsTo(fields: ["postBlogId"])
  postBlogId: ID @index(name: "gsi-BlogPosts", queryField: null)
}
"""
AUTH = '{"default": "AMAZON_COGNITO_USER_POOLS", "additional": ["API_KEY"]}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "schema"
    folder.mkdir()
    (folder / "blog.graphql").write_bytes(b"\xef\xbb\xbf" + BLOG.encode())
    (folder / "post.graphql").write_bytes(POST.replace("\n", "\r\n").encode())
    return folder


def options(folder: Path, transformer: str = "v1") -> tuple[str, ...]:
    named = ("--schema", str(folder), "--transformer", transformer, "--auth", AUTH)
    return ("check", "--fix", *named)


@pytest.mark.parametrize("transformer", ["v1", "v2"])
def test_files_keep_their_line_ends_and_marks(
    amplikit: Amplikit, folder: Path, transformer: str
) -> None:
    ran = amplikit(*options(folder, transformer))
    assert ran.status == 0
    post = (folder / "post.graphql").read_bytes()
    assert post == NEW_POST.replace("\n", "\r\n").encode()
    assert (folder / "blog.graphql").read_bytes().startswith(b"\xef\xbb\xbftype Blog")
    assert sorted(path.name for path in folder.iterdir()) == [
        "blog.graphql",
        "post.graphql",
    ]
    again = amplikit(*options(folder, transformer))
    assert again.status == 0
    nothing = {"v1": "There is nothing to rewrite", "v2": "There is nothing to mend"}
    assert again.out.startswith(nothing[transformer])


def test_a_dry_run_shows_the_diff_and_writes_nothing(
    amplikit: Amplikit, folder: Path
) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    ran = amplikit(*options(folder), "--dry-run")
    assert ran.status == 0
    assert '+  posts: [Post] @hasMany(indexName: "gsi-BlogPosts", fields: ["id"])' in (
        ran.out
    )
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_the_document_says_what_changes_for_whom(
    amplikit: Amplikit, folder: Path
) -> None:
    document = amplikit(*options(folder), "--diff", "--json").document()
    assert (document["ok"], document["written"]) == (True, False)
    assert document["tables"] == []
    assert {
        "coordinate": "Query.getPost",
        "model": "Post",
        "operation": "get",
        "mode": "AMAZON_COGNITO_USER_POOLS",
        "before": ["everybody"],
        "after": ["nobody"],
    } in document["access"]  # type: ignore[operator] # JSON
    assert {"coordinate": "Post.postBlogId", "before": None, "after": "ID"} in (
        document["schema"]  # type: ignore[operator] # JSON
    )


def test_what_a_person_must_decide_writes_nothing(
    amplikit: Amplikit, folder: Path
) -> None:
    (folder / "other.graphql").write_text("type Other @model @versioned { id: ID! }")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    ran = amplikit(*options(folder), "--json")
    assert (ran.status, ran.codes()) == (1, ["rewrite-undecided"])
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_dry_run_without_fix_is_told(amplikit: Amplikit, folder: Path) -> None:
    ran = amplikit("check", "--dry-run", *options(folder)[2:])
    assert ran.status == 1
    assert "--fix" in ran.err


def test_a_file_that_has_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.graphql"
    path.write_text("new")
    with pytest.raises(ConfigInvalid, match="meanwhile"):
        write_changes([FileChange("a.graphql", path, b"old", b"mine")])
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_files_that_are_in_place_go_back_when_a_later_one_cannot(
    tmp_path: Path,
) -> None:
    one, new = tmp_path / "one", tmp_path / "new"
    one.write_text("1")
    new.write_text("11")
    ready = [
        (new, FileChange("one", one, b"1", b"11")),
        (tmp_path / "absent", FileChange("two", tmp_path / "two", b"2", b"22")),
    ]
    with pytest.raises(FileNotFoundError):
        replace_all(ready)
    assert one.read_text() == "1"
    assert list(tmp_path.iterdir()) == [one]


def test_a_link_stays_a_link_and_a_mode_a_mode(tmp_path: Path) -> None:
    real = tmp_path / "real.graphql"
    real.write_text("abc")
    real.chmod(0o640)
    (tmp_path / "link.graphql").symlink_to(real)
    edits = [FileEdit("link.graphql", 1, 2, "X")]
    write_changes(file_changes(edits, tmp_path))
    assert real.read_text() == "aXc"
    assert (tmp_path / "link.graphql").is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
