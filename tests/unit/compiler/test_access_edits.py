"""Where one more rule, or one more operation, is written into a schema."""

from __future__ import annotations

import pytest

from amplikit.blueprint.fixes import AddRule, SchemaEdit, SetOperations
from amplikit.compiler import Source
from amplikit.compiler.document import Document
from amplikit.compiler.mend.access import access_edits
from amplikit.compiler.read import Unreadable, read
from amplikit.compiler.rewrite.edits import edited, of_files
from amplikit.errors import Where

FILE = "note.graphql"
RULE = "{ allow: public }"
TO_TYPE = AddRule("N", None, RULE)
TO_FIELD = AddRule("N", "text", RULE)


def after(text: str, *edits: SchemaEdit) -> str | None:
    found = read((Source(FILE, text),))
    assert not isinstance(found, Unreadable), found
    document = Document(*found)
    wanted = access_edits(edits, document)
    if wanted is None:
        return None
    return edited(text, of_files(wanted, document.places))


@pytest.mark.parametrize(
    ("text", "edit", "expected"),
    [
        (
            "type N @model { text: String }",
            TO_TYPE,
            "type N @model @auth(rules: [{ allow: public }]) { text: String }",
        ),
        (
            "type N @model @auth(rules: [{allow: owner}]) { text: String }",
            TO_TYPE,
            (
                "type N @model @auth(rules: [{allow: owner}, { allow: public }])"
                " { text: String }"
            ),
        ),
        (
            "type N @model @auth(rules: [\n  {allow: owner} # its\n]) { text: Int }",
            TO_TYPE,
            (
                "type N @model @auth(rules: [\n  {allow: owner}\n  { allow: public }"
                " # its\n]) { text: Int }"
            ),
        ),
        (
            "type N @model @auth(rules: [\n\t{allow: owner},\n]) { text: Int }",
            TO_TYPE,
            (
                "type N @model @auth(rules: [\n\t{allow: owner}\n\t{ allow: public },"
                "\n]) { text: Int }"
            ),
        ),
        (
            "type N @model @auth(rules: {allow: owner}) { text: Int }",
            TO_TYPE,
            (
                "type N @model @auth(rules: [{allow: owner}, { allow: public }])"
                " { text: Int }"
            ),
        ),
        (
            "type N @model @auth(rules: []) { text: Int }",
            TO_TYPE,
            "type N @model @auth(rules: [{ allow: public }]) { text: Int }",
        ),
        (
            "type N @model { text: [String!]! # said\n}",
            TO_FIELD,
            (
                "type N @model { text: [String!]! @auth(rules: [{ allow: public }])"
                " # said\n}"
            ),
        ),
        (
            'type N @model { text: Int @deprecated(reason: "ü") }',
            TO_FIELD,
            (
                'type N @model { text: Int @deprecated(reason: "ü")'
                " @auth(rules: [{ allow: public }]) }"
            ),
        ),
        (
            "type Query { a: Int }\nextend type Query { text: Int }",
            AddRule("Query", "text", RULE),
            (
                "type Query { a: Int }\nextend type Query"
                " { text: Int @auth(rules: [{ allow: public }]) }"
            ),
        ),
        (
            (
                "type N @model @auth(rules: [{allow: owner, operations: [read]}])"
                " { text: Int }"
            ),
            SetOperations(Where(FILE, 1, 29), "[create, read]"),
            (
                "type N @model @auth(rules: [{allow: owner, operations: [create, read]}"
                "]) { text: Int }"
            ),
        ),
        (
            (
                "type N @model @auth(rules: [{allow: owner, queries: [get], mutations:"
                " null}]) { text: Int }"
            ),
            SetOperations(Where(FILE, 1, 29), "[create, read]"),
            (
                "type N @model @auth(rules: [{allow: owner, operations: [create, read]}"
                "]) { text: Int }"
            ),
        ),
        ("type N @model { text: Int }", AddRule("M", None, RULE), None),
        ("type N @model { text: Int }", AddRule("N", "nose", RULE), None),
        (
            "type N @model { text: Int }",
            SetOperations(Where(FILE, 1, 1), "[read]"),
            None,
        ),
    ],
    ids=[
        "no auth",
        "one line",
        "own lines and a comment",
        "own lines and a comma",
        "no list",
        "empty list",
        "field",
        "field with a directive",
        "extension",
        "operations",
        "queries and mutations",
        "no such type",
        "no such field",
        "no such rule",
    ],
)
def test_a_rule_is_written_where_a_person_would_write_it(
    text: str, edit: SchemaEdit, expected: str | None
) -> None:
    assert after(text, edit) == expected


def test_several_rules_of_one_place_stand_side_by_side() -> None:
    text = "type N @model { text: Int }"

    changed = after(text, TO_TYPE, AddRule("N", None, "{ allow: owner }"))

    assert changed == (
        "type N @model @auth(rules: [{ allow: public }, { allow: owner }])"
        " { text: Int }"
    )
