"""``[identity_pool]`` in ``identities.toml``: guests, issuers and role mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.identity_pool import (
    AmbiguousRole,
    IdentityPoolSettings,
    MatchType,
    RoleMapping,
    RoleRule,
)
from amplikit.errors import did_you_mean
from amplikit.project.providers_file import ISSUER
from amplikit.project.section import Form

if TYPE_CHECKING:
    from amplikit.project.section import Section

__all__ = ["read_identity_pool"]

_TYPE = Form("Token|Rules", "Token or Rules")
_CLAIM = Form(r"\S{1,64}", "1 to 64 characters without spaces")
_VALUE = Form(r".{1,128}", "1 to 128 characters")
_MAX_RULES = 25


def read_identity_pool(pool: Section, roles: tuple[str, ...]) -> IdentityPoolSettings:
    """Return the settings; the roles of rules must be among ``roles``."""
    pool.only("guests", "classic_flow", "oidc", "role_mapping")
    issuers = pool.texts("oidc")
    for number, issuer in enumerate(issuers):
        if not ISSUER.fits(issuer):
            pool.problem(
                "oidc",
                "config-value-invalid",
                f"'{issuer}' is not {ISSUER.words}.",
                "Write the issuer's URL.",
                number,
            )
    has_mapping = pool.has("role_mapping")
    return IdentityPoolSettings(
        guests=pool.flag("guests", default=True),
        classic_flow=pool.flag("classic_flow", default=True),
        oidc=issuers,
        mapping=_read_mapping(pool.section("role_mapping"), roles)
        if has_mapping
        else None,
    )


def _read_mapping(mapping: Section, roles: tuple[str, ...]) -> RoleMapping:
    mapping.only("type", "ambiguous", "rules")
    mapping.require("type")
    ambiguous = AmbiguousRole.AUTHENTICATED_ROLE
    if mapping.has("ambiguous"):
        ambiguous = mapping.word("ambiguous", AmbiguousRole) or ambiguous
    if mapping.text("type", "Token", _TYPE) == "Token":
        mapping.forbid("the token itself names the role", "rules")
        return RoleMapping(None, ambiguous)
    mapping.require("rules")
    rules = tuple(_read_rule(row, roles) for row in mapping.rows("rules"))
    if len(rules) > _MAX_RULES:
        mapping.wrong("rules", f"there are {len(rules)}, Cognito takes {_MAX_RULES}.")
    return RoleMapping(rules, ambiguous)


def _read_rule(row: Section, roles: tuple[str, ...]) -> RoleRule:
    row.only("claim", "match", "value", "role")
    row.require("claim", "match", "value", "role")
    role = row.text("role")
    if role and role not in roles:
        row.problem(
            "role",
            "unknown-role",
            f"The rule leads to '{role}', which is no role.",
            did_you_mean(role, roles).strip() or f"Add [roles.{role}].",
        )
    match = row.word("match", MatchType) if row.has("match") else None
    return RoleRule(
        row.text("claim", form=_CLAIM),
        match or MatchType.EQUALS,
        row.text("value", form=_VALUE),
        role,
    )
