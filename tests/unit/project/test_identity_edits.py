"""Edits of identities.toml, read back by the reader of the file."""

from __future__ import annotations

import tomllib

import pytest

from amplikit.blueprint.fixes import (
    AdminRole,
    AllowField,
    ConfigEdit,
    IamAccess,
    StopDenying,
)
from amplikit.project.identity_edits import edited_identities

ROLE = """\
# Who there is.
groups = ["a"]

[[roles.fn.statements]]
actions = ["appsync:GraphQL"]
resources = [
    "types/Post/*",  # all of it
]
"""
DENYING = """\
[[roles.fn.statements]]
effect = "Deny"
actions = ["appsync:*"]
resources = ["types/Query/fields/x", "types/Query/fields/y"]
"""
FIELD = "types/Query/fields/x"


@pytest.mark.parametrize(
    ("before", "edit", "after"),
    [
        ("", AdminRole("fn"), 'admin_role_names = ["fn"]\n'),
        (ROLE, AdminRole("fn"), f'admin_role_names = ["fn"]\n{ROLE}'),
        (
            'admin_role_names = ["a"] # tools\n',
            AdminRole("b"),
            'admin_role_names = ["a", "b"] # tools\n',
        ),
        (ROLE, IamAccess(), f"iam_access = true\n{ROLE}"),
        (
            "iam_access = false # not yet\n",
            IamAccess(),
            "iam_access = true # not yet\n",
        ),
        (
            ROLE,
            AllowField("fn", FIELD),
            ROLE.replace("all of it\n", f'all of it\n    "{FIELD}",\n'),
        ),
        (
            DENYING,
            StopDenying("fn", FIELD),
            DENYING.replace(f'"{FIELD}", ', ""),
        ),
    ],
    ids=[
        "first admin",
        "admin before tables",
        "one more admin",
        "access",
        "access was off",
        "one more resource",
        "one denial less",
    ],
)
def test_nothing_but_the_edit_is_changed(
    before: str, edit: ConfigEdit, after: str
) -> None:
    assert edited_identities(before, [edit]) == after


def test_a_role_that_only_denies_gets_a_statement_of_its_own() -> None:
    text = edited_identities(DENYING, [AllowField("fn", FIELD)])

    (_, added) = tomllib.loads(text)["roles"]["fn"]["statements"]
    assert added == {
        "effect": "Allow",
        "actions": ["appsync:GraphQL"],
        "resources": [FIELD],
    }


def test_a_statement_that_denied_one_field_goes_with_it() -> None:
    alone = DENYING.replace(', "types/Query/fields/y"', "")

    text = edited_identities(ROLE + alone, [StopDenying("fn", FIELD)])

    assert len(tomllib.loads(text)["roles"]["fn"]["statements"]) == 1
