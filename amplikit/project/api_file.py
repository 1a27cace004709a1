"""``amplify-config/api.toml``: the API's name, transformer, modes and flags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.limits import (
    MAX_QUERY_DEPTH,
    MAX_RESOLVER_COUNT,
    ApiLimits,
)
from amplikit.blueprint.modes import AuthConfig, AuthMode, DefaultAction
from amplikit.project.conflicts import read_conflicts
from amplikit.project.flags import FLAGS
from amplikit.project.providers_file import read_providers
from amplikit.project.section import Form

if TYPE_CHECKING:
    from amplikit.blueprint.conflicts import ConflictConfig
    from amplikit.blueprint.providers import AuthProviders
    from amplikit.project.section import Section

__all__ = ["ApiSettings", "read_api"]

_NAME = Form("[A-Za-z][A-Za-z0-9_-]{0,63}", "a letter, then letters, digits, - or _")
_REGION = Form("[a-z]{2}(-[a-z]+)+-[0-9]", "a region such as us-east-1")
_ACCOUNT = Form("[0-9]{12}", "12 digits")


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """The file's values; ``transformer`` and ``auth`` are None when not written."""

    name: str
    region: str
    account_id: str
    transformer: Transformer | None
    auth: AuthConfig | None
    flags: tuple[tuple[str, bool], ...]
    limits: ApiLimits
    providers: AuthProviders
    conflicts: ConflictConfig | None = None


def read_api(file: Section) -> ApiSettings:
    """Return what the file says; the ids default to AWS's example values."""
    file.only(
        *("name", "region", "account", "transformer"),
        *("auth", "flags", "limits", "conflicts"),
    )
    conflicts = None
    if file.has("conflicts"):
        conflicts = read_conflicts(file.section("conflicts"))
    switch = () if conflicts is None else (("ResolverConfig", True),)
    file.require("name")
    auth_table = file.section("auth")
    auth = _read_auth(auth_table) if file.has("auth") else None
    return ApiSettings(
        name=file.text("name", "api", _NAME),
        region=file.text("region", "us-east-1", _REGION),
        account_id=file.text("account", "123456789012", _ACCOUNT),
        transformer=file.word("transformer", Transformer),
        auth=auth,
        flags=(*_read_flags(file.section("flags")), *switch),
        limits=_read_limits(file.section("limits")),
        providers=read_providers(auth_table, auth),
        conflicts=conflicts,
    )


def _read_auth(auth: Section) -> AuthConfig | None:
    auth.only(
        *("default", "additional", "default_action"),
        *("user_pool", "user_pools", "oidc", "lambda"),
    )
    auth.require("default")
    default = auth.word("default", AuthMode)
    additional = auth.words("additional", AuthMode)
    if default in additional:
        auth.problem(
            "additional",
            "config-value-twice",
            f"'{default}' is the default mode and an additional one.",
            "Remove it from 'additional'.",
            additional.index(default),
        )
    action = DefaultAction.ALLOW
    if auth.has("default_action"):
        action = auth.word("default_action", DefaultAction) or action
        if default is not AuthMode.USER_POOLS:
            auth.wrong(
                "default_action",
                "only a user pool that is the default mode has one.",
                "Remove it.",
            )
    return AuthConfig(default, additional, action) if default else None


def _read_flags(flags: Section) -> tuple[tuple[str, bool], ...]:
    flags.only(*FLAGS)
    return tuple((name, flags.flag(name, default=False)) for name in flags.values)


def _read_limits(limits: Section) -> ApiLimits:
    limits.only("query_depth", "resolver_count", "introspection")
    return ApiLimits(
        query_depth=limits.integer("query_depth", 0, 0, MAX_QUERY_DEPTH),
        resolver_count=limits.integer("resolver_count", 0, 0, MAX_RESOLVER_COUNT),
        introspection=limits.flag("introspection", default=True),
    )
