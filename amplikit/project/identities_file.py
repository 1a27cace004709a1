"""``amplify-config/identities.toml``: groups, seeded users, IAM roles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from amplikit.blueprint.config import IamUserConfig, RoleConfig, UserConfig
from amplikit.blueprint.resources import PolicyStatement
from amplikit.errors import did_you_mean
from amplikit.project.identity_pool_section import read_identity_pool
from amplikit.project.section import Form
from amplikit.project.user_pool_section import (
    read_user_pool,
    read_user_pool_clients,
)

if TYPE_CHECKING:
    from amplikit.blueprint.identity_pool import IdentityPoolSettings
    from amplikit.blueprint.user_pool import UserPoolClient, UserPoolSettings
    from amplikit.project.section import Section

__all__ = ["Identities", "read_identities"]

# What Cognito and IAM allow in a name.
_USER_NAME = Form(r"\S{1,128}", "1 to 128 characters without spaces")
_ROLE_NAME = Form(r"[\w+=,.@-]{1,64}", "1 to 64 letters, digits and +=,.@_-")
_EMAIL = Form(r"[^@\s]+@[^@\s]+", "an e-mail address")
_EFFECT = Form("Allow|Deny", "Allow or Deny")
_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+")
_TRUST = re.compile(r"account|identity-pool|lambda|(role|user):[\w+=,.@-]{1,64}")
_TRUST_WORDS = "account, identity-pool, lambda, role:NAME or user:NAME"
_EXTERNAL_ID = Form(r"[\w+=,.@:/-]{2,1224}", "2 to 1224 letters, digits and +=,.@:/-")
_RESOURCE = re.compile(r"\*|types/[^/]+/.+|arn:.+")


@dataclass(frozen=True, slots=True)
class Identities:
    """The file's values."""

    groups: tuple[str, ...]
    users: tuple[UserConfig, ...]
    roles: tuple[RoleConfig, ...]
    admin_role_names: tuple[str, ...]
    iam_access: bool
    iam_users: tuple[IamUserConfig, ...]
    identity_pool: IdentityPoolSettings
    user_pool: UserPoolSettings
    user_pool_clients: tuple[UserPoolClient, ...]


def read_identities(file: Section) -> Identities:
    """Return what the file says; a user's groups must be among the groups."""
    file.only(
        *("groups", "users", "roles", "admin_role_names", "iam_access"),
        *("iam_users", "identity_pool", "user_pool"),
    )
    groups = file.texts("groups")
    roles = tuple(
        _read_role(name, role) for name, role in file.named("roles", _ROLE_NAME)
    )
    return Identities(
        groups=groups,
        users=tuple(
            _read_user(name, user, groups)
            for name, user in file.named("users", _USER_NAME)
        ),
        roles=roles,
        admin_role_names=file.texts("admin_role_names"),
        iam_access=file.flag("iam_access", default=False),
        iam_users=tuple(
            IamUserConfig(name, _read_user_statements(user))
            for name, user in file.named("iam_users", _ROLE_NAME)
        ),
        identity_pool=read_identity_pool(
            file.section("identity_pool"), tuple(role.name for role in roles)
        ),
        user_pool=read_user_pool(file.section("user_pool")),
        user_pool_clients=read_user_pool_clients(file.section("user_pool")),
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


def _read_role(name: str, role: Section) -> RoleConfig:
    role.only("statements", "trust", "external_id", "max_session_s")
    trust = role.texts("trust") if role.has("trust") else None
    _check(role, "trust", trust or (), _TRUST, _TRUST_WORDS)
    has_id = role.has("external_id")
    return RoleConfig(
        name,
        _read_statements(role),
        trust,
        role.text("external_id", form=_EXTERNAL_ID) if has_id else None,
        role.integer("max_session_s", 3600, 3600, 43_200),
    )


def _read_user_statements(user: Section) -> tuple[PolicyStatement, ...]:
    user.only("statements")
    return _read_statements(user)


def _read_statements(role: Section) -> tuple[PolicyStatement, ...]:
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
        row.wrong(key, "the list is empty, so it lets nobody do anything.")
    for number, value in enumerate(values):
        if not form.fullmatch(value):
            row.problem(
                key,
                "config-value-invalid",
                f"'{value}' is not {wanted}.",
                f"Write {wanted}.",
                number,
            )
