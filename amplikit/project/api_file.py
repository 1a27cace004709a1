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
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.project.flags import FLAGS
from amplikit.project.section import Form

if TYPE_CHECKING:
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


def read_api(file: Section) -> ApiSettings:
    """Return what the file says; the ids default to AWS's example values."""
    file.only("name", "region", "account", "transformer", "auth", "flags", "limits")
    file.require("name")
    return ApiSettings(
        name=file.text("name", "api", _NAME),
        region=file.text("region", "us-east-1", _REGION),
        account_id=file.text("account", "123456789012", _ACCOUNT),
        transformer=file.word("transformer", Transformer),
        auth=_read_auth(file.section("auth")) if file.has("auth") else None,
        flags=_read_flags(file.section("flags")),
        limits=_read_limits(file.section("limits")),
    )


def _read_auth(auth: Section) -> AuthConfig | None:
    auth.only("default", "additional")
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
    return AuthConfig(default, additional) if default else None


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
