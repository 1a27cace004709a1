"""``amplify-config/identities.toml``: groups, seeded users, IAM roles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from amplikit.blueprint.config import RoleConfig, UserConfig
from amplikit.blueprint.resources import PolicyStatement
from amplikit.errors import did_you_mean
from amplikit.project.section import Form

if TYPE_CHECKING:
    from amplikit.project.section import Section

__all__ = ["Identities", "read_identities"]

# What Cognito and IAM allow in a name.
_USER_NAME = Form(r"\S{1,128}", "1 to 128 characters without spaces")
_ROLE_NAME = Form(r"[\w+=,.@-]{1,64}", "1 to 64 letters, digits and +=,.@_-")
_EMAIL = Form(r"[^@\s]+@[^@\s]+", "an e-mail address")
_EFFECT = Form("Allow|Deny", "Allow or Deny")
_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+")
_RESOURCE = re.compile(r"\*|types/[^/]+/.+|arn:.+")


@dataclass(frozen=True, slots=True)
class Identities:
    """The file's values."""

    groups: tuple[str, ...]
    users: tuple[UserConfig, ...]
    roles: tuple[RoleConfig, ...]
    admin_role_names: tuple[str, ...]
    iam_access: bool


def read_identities(file: Section) -> Identities:
    """Return what the file says; a user's groups must be among the groups."""
    file.only("groups", "users", "roles", "admin_role_names", "iam_access")
    groups = file.texts("groups")
    return Identities(
        groups=groups,
        users=tuple(
            _read_user(name, user, groups)
            for name, user in file.named("users", _USER_NAME)
        ),
        roles=tuple(
            RoleConfig(name, _read_statements(role))
            for name, role in file.named("roles", _ROLE_NAME)
        ),
        admin_role_names=file.texts("admin_role_names"),
        iam_access=file.flag("iam_access", default=False),
    )


def _read_user(name: str, user: Section, known_groups: tuple[str, ...]) -> UserConfig:
    user.only("email", "groups")
    groups = user.texts("groups")
    for number, group in enumerate(groups):
        if group not in known_groups:
            user.problem(
                "groups",
                "unknown-group",
                f"The user '{name}' is in the group '{group}', which does not exist.",
                did_you_mean(group, known_groups).strip()
                or f"Add '{group}' to 'groups' at the top of the file.",
                number,
            )
    has_email = user.has("email")
    email = user.text("email", form=_EMAIL) if has_email else None
    return UserConfig(name, email, groups)


def _read_statements(role: Section) -> tuple[PolicyStatement, ...]:
    role.only("statements")
    role.require("statements")
    return tuple(_read_statement(row) for row in role.rows("statements"))


def _read_statement(row: Section) -> PolicyStatement:
    row.only("effect", "actions", "resources")
    row.require("actions", "resources")
    denies = row.text("effect", "Allow", _EFFECT) == "Deny"
    actions, resources = row.texts("actions"), row.texts("resources")
    _check(row, "actions", actions, _ACTION, "an action such as appsync:GraphQL")
    _check(
        row,
        "resources",
        resources,
        _RESOURCE,
        "*, types/TYPE/fields/FIELD, types/TYPE/* or an ARN",
    )
    effect: Literal["Allow", "Deny"] = "Deny" if denies else "Allow"
    return PolicyStatement(effect, actions, resources, row.file.where(row.path))


def _check(
    row: Section,
    key: str,
    values: tuple[str, ...],
    form: re.Pattern[str],
    wanted: str,
) -> None:
    if row.has(key) and not values:
        row.wrong(key, "the list is empty, so the statement grants nothing.")
    for number, value in enumerate(values):
        if not form.fullmatch(value):
            row.problem(
                key,
                "config-value-invalid",
                f"'{value}' is not {wanted}.",
                f"Write {wanted}.",
                number,
            )
