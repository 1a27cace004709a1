"""The tables of ``[auth]`` in ``api.toml``: issuers of tokens, and the authorizer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.patterns import java_pattern
from amplikit.blueprint.providers import (
    AuthProviders,
    LambdaAuthorizer,
    OidcProvider,
    UserPoolProvider,
)
from amplikit.errors import did_you_mean
from amplikit.project.section import Form

if TYPE_CHECKING:
    from amplikit.blueprint.modes import AuthConfig
    from amplikit.project.section import Section

__all__ = ["ISSUER", "MAX_TTL_MS", "MAX_TTL_S", "check_function", "read_providers"]

# Plain HTTP says nothing about who answers, unless it never leaves the machine.
ISSUER = Form(
    r"https://[^\s/?#@]+(/[^\s?#]*)?"
    r"|http://(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]+)?(/[^\s?#]*)?",
    "an https:// URL, or an http:// one of this machine",
)
MAX_TTL_S = 3_600
MAX_TTL_MS = 2**53
_MODES = {
    "user_pool": AuthMode.USER_POOLS,
    "user_pools": AuthMode.USER_POOLS,
    "oidc": AuthMode.OIDC,
    "lambda": AuthMode.LAMBDA,
}


def read_providers(auth: Section, modes: AuthConfig | None) -> AuthProviders:
    """Return the providers; each needs its mode among ``modes``."""
    for key, mode in _MODES.items():
        if auth.has(key) and modes is not None and mode not in modes.modes:
            auth.wrong(key, f"{mode.value} is not switched on.", "Add the mode.")
    own = auth.section("user_pool")
    own.only("client_ids")
    pools = tuple(map(_read_pool, auth.rows("user_pools")))
    issuers = tuple(map(_read_oidc, auth.rows("oidc")))
    for key, found in (
        ("user_pools", [pool.issuer for pool in pools]),
        ("oidc", [oidc.issuer.rstrip("/") for oidc in issuers]),
    ):
        if len(set(found)) < len(found):
            auth.problem(
                key,
                "config-value-twice",
                "Two of the tables name the same issuer.",
                "Name each issuer once.",
            )
    return AuthProviders(
        client_ids=_pattern(own, "client_ids"),
        user_pools=pools,
        oidc=issuers,
        authorizer=_read_authorizer(auth.section("lambda"))
        if auth.has("lambda")
        else None,
    )


def check_function(
    api: Section, providers: AuthProviders, functions: tuple[str, ...]
) -> None:
    """Report an authorizer that is no function of the project."""
    name = providers.authorizer.function if providers.authorizer else ""
    if name and name not in functions:
        api.section("auth").section("lambda").problem(
            "function",
            "unknown-function",
            f"The authorizer '{name}' is no function of the project.",
            did_you_mean(name, functions).strip()
            or f"Add [functions.{name}] to functions.toml.",
        )


def _read_pool(row: Section) -> UserPoolProvider:
    row.only("issuer", "client_ids")
    row.require("issuer")
    return UserPoolProvider(
        row.text("issuer", form=ISSUER), _pattern(row, "client_ids")
    )


def _read_oidc(row: Section) -> OidcProvider:
    row.only("issuer", "client_ids", "iat_ttl_ms", "auth_ttl_ms")
    row.require("issuer")
    return OidcProvider(
        row.text("issuer", form=ISSUER),
        _pattern(row, "client_ids"),
        _milliseconds(row, "iat_ttl_ms"),
        _milliseconds(row, "auth_ttl_ms"),
    )


def _read_authorizer(table: Section) -> LambdaAuthorizer:
    table.only("function", "ttl_s", "token_pattern")
    table.require("function")
    return LambdaAuthorizer(
        table.text("function"),
        table.integer("ttl_s", 0, 0, MAX_TTL_S),
        _pattern(table, "token_pattern"),
    )


def _milliseconds(row: Section, key: str) -> int | None:
    return row.integer(key, 1, 1, MAX_TTL_MS) if row.has(key) else None


def _pattern(table: Section, key: str) -> str | None:
    """Return a regular expression that Python reads as Java does."""
    if not table.has(key):
        return None
    text = table.text(key)
    if text and java_pattern(text) is None:
        table.wrong(key, f"'{text}' is no regular expression that can be run here.")
        return None
    return text or None
