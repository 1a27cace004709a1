"""``check --fix`` of a v2 schema: what is mended, what is refused, and the proof."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .conftest import Ran

if TYPE_CHECKING:
    from typing import Any

Amplikit = Callable[..., Ran]
AUTH = '{"default": "AMAZON_COGNITO_USER_POOLS", "additional": ["API_KEY", "AWS_IAM"]}'
NOTES = """\
# what members write
type Note @model @auth(rules: [
  { allow: owner }   # the author
  { allow: private, operations: [create, read] }
]) {
  id: ID!
  owner: String # filled in
  kind: String! @index(name: "byKind", queryField: "notes", sortKeyFields: ["at"])
  at: AWSDateTime
  secret: String @auth(rules: [{ allow: owner, operations: [read, update] }])
}
type Tag @model @auth(rules: [{ allow: public, operations: [create, read] }]) {
  id: ID!
}
"""
MENDED = """\
# what members write
type Note @model @auth(rules: [
  { allow: owner }   # the author
  { allow: private, operations: [create, read] }
]) {
  id: ID!
  owner: String @auth(rules: [{ allow: owner, operations: [create, read, delete] }, \
{ allow: private, operations: [read] }]) # filled in
  kind: String! @index(name: "byKind", queryField: "notes", sortKeyFields: ["at"])
  at: AWSDateTime!
  secret: String @auth(rules: [{ allow: owner, operations: [read, update, delete] }])
}
type Tag @model @auth(rules: [{ allow: public, operations: [create, get, list] }]) {
  id: ID!
}
"""


def fixed(amplikit: Amplikit, path: Path, *more: str) -> Ran:
    named = ("--schema", str(path), "--transformer", "v2", "--auth", AUTH)
    return amplikit("check", "--fix", *named, *more)


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    return tmp_path / "schema.graphql"


def test_findings_are_mended_where_they_stand(amplikit: Amplikit, schema: Path) -> None:
    schema.write_text(NOTES)
    ran = fixed(amplikit, schema)
    assert ran.status == 0
    assert schema.read_text() == MENDED
    again = fixed(amplikit, schema)
    assert again.out.startswith("There is nothing to mend.")
    assert schema.read_text() == MENDED


def test_line_ends_and_marks_stay(amplikit: Amplikit, schema: Path) -> None:
    schema.write_bytes(b"\xef\xbb\xbf" + NOTES.replace("\n", "\r\n").encode())
    assert fixed(amplikit, schema).status == 0
    expected = b"\xef\xbb\xbf" + MENDED.replace("\n", "\r\n").encode()
    assert schema.read_bytes() == expected


def test_a_dry_run_writes_nothing_and_says_all(
    amplikit: Amplikit, schema: Path
) -> None:
    schema.write_text(NOTES)
    document: dict[str, Any] = fixed(amplikit, schema, "--diff", "--json").document()
    assert schema.read_text() == NOTES
    assert document["written"] is False
    assert [(one["code"], one["where"]["line"]) for one in document["fixes"]] == [
        ("owner-may-reassign", 2),
        ("read-includes-listen", 12),
        ("field-blocks-delete", 10),
        ("optional-sort-key", 9),
    ]
    assert {
        (change["coordinate"], change["mode"]) for change in document["access"]
    } == {
        ("Mutation.createNote", "AMAZON_COGNITO_USER_POOLS"),
        ("Mutation.deleteNote", "AMAZON_COGNITO_USER_POOLS"),
        ("Mutation.updateNote", "AMAZON_COGNITO_USER_POOLS"),
        ("Subscription.onCreateTag", "API_KEY"),
        ("Subscription.onDeleteTag", "API_KEY"),
        ("Subscription.onUpdateTag", "API_KEY"),
    }
    assert [change["coordinate"] for change in document["schema"]] == [
        "CreateNoteInput.at",
        "Note.at",
    ]
    assert document["tables"] == []


REPEATED = """\
type Note @model @auth(rules: [
  { allow: owner, operations: [create] } # writes
  { allow: private, operations: [get] }
  { allow: owner, operations: [read, update] },  # reads
]) { id: ID! }
type Tag @model @auth(rules: [{ allow: owner }, { allow: owner, operations: [read] }]) \
{ id: ID! }
"""
JOINED = """\
type Note @model @auth(rules: [
  { allow: owner, operations: [create, update, read] } # writes
  { allow: private, operations: [get] }
  # reads
]) { id: ID! }
type Tag @model @auth(rules: [{ allow: owner }]) \
{ id: ID! }
"""


def test_rules_for_the_same_callers_are_joined(
    amplikit: Amplikit, schema: Path
) -> None:
    schema.write_text(REPEATED)
    document: dict[str, Any] = fixed(amplikit, schema, "--json").document()
    assert schema.read_text() == JOINED
    assert [one["code"] for one in document["fixes"]] == ["repeated-rule"] * 2
    owner = "owner by 'owner' (sub::username)"
    assert {
        "coordinate": "Query.listNotes",
        "model": "Note",
        "operation": "list",
        "mode": "AMAZON_COGNITO_USER_POOLS",
        "before": ["nobody"],
        "after": [owner],
    } in document["access"]


@pytest.mark.parametrize(
    "rules",
    [
        '{ allow: groups, groups: ["a", "b"] }, { allow: groups, groups: ["a"] }',
        '{ allow: owner }, { allow: owner }, { allow: owner, groupClaim: "a" }',
    ],
    ids=["some of the groups", "another error"],
)
def test_what_cannot_be_joined_is_told_as_before(
    amplikit: Amplikit, schema: Path, rules: str
) -> None:
    text = f"type A @model @auth(rules: [{rules}]) {{ id: ID! }}"
    schema.write_text(text)
    ran = fixed(amplikit, schema, "--json")
    assert ran.status == 1
    assert schema.read_text() == text


def test_a_reader_of_a_ruled_field_would_go_on_listening(
    amplikit: Amplikit, schema: Path
) -> None:
    text = """\
type Note @model @auth(rules: [{ allow: public, operations: [read] }]) {
  id: ID!
  a: Int @auth(rules: [{ allow: public, operations: [read] }])
}
"""
    schema.write_text(text)
    ran = fixed(amplikit, schema, "--json")
    assert schema.read_text() == text
    assert ran.codes() == ["read-includes-listen"]


def test_a_partial_reader_gets_no_read_of_the_owner(
    amplikit: Amplikit, schema: Path
) -> None:
    rules = "{ allow: owner }, { allow: private, operations: [get] }"
    schema.write_text(
        f"type Note @model @auth(rules: [{rules}]) {{ id: ID! owner: String }}"
    )
    document: dict[str, Any] = fixed(amplikit, schema, "--json").document()
    assert [change["coordinate"] for change in document["access"]] == [
        "Mutation.updateNote",
        "Note.owner",
    ]
    assert (
        "owner: String "
        "@auth(rules: [{ allow: owner, operations: [create, read, delete] }])"
    ) in schema.read_text()


def test_what_would_change_more_than_it_says_is_refused(
    amplikit: Amplikit, schema: Path
) -> None:
    text = (
        "type Project @model @auth(rules: [{ allow: owner }]) "
        "{ id: ID! team: Team! @hasOne }\n"
        "type Team @model @auth(rules: [{ allow: owner }]) { id: ID! }\n"
    )
    schema.write_text(text)
    ran = fixed(amplikit, schema, "--json")
    assert ran.status == 0
    assert schema.read_text() == text
    refused = next(one for one in ran.problems() if one["code"] == "fix-refused")
    assert refused["where"]["line"] == 1
    assert "CreateProjectInput.projectTeamId" in refused["message"]


def test_warnings_alone_fail_only_a_strict_check(
    amplikit: Amplikit, schema: Path
) -> None:
    schema.write_text("type Note @model { id: ID! }")
    named = ("check", "--schema", str(schema), "--transformer", "v2", "--auth", AUTH)
    assert amplikit(*named).status == 0
    assert amplikit(*named, "--strict").status == 1
    assert amplikit(*named, "--strict", "--json").codes() == ["model-closed"]
    schema.write_text("type Note @model @auth(rules: [{ allow: public }]) { id: ID! }")
    assert amplikit(*named, "--strict").status == 0


def test_the_sample_app_is_not_warned_of(amplikit: Amplikit) -> None:
    root = Path(__file__).parents[3]
    ran = amplikit("check", "--project", str(root), "--json", "--strict")
    assert (ran.status, ran.problems()) == (0, [])
