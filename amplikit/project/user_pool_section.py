"""``[user_pool]`` of ``identities.toml``: what the pool and its clients allow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from amplikit.blueprint.user_pool import (
    DEFAULT_FLOWS,
    Factor,
    Flow,
    Mfa,
    PasswordPolicy,
    SignInName,
    TokenEvent,
    UserPoolClient,
    UserPoolSettings,
)
from amplikit.project.section import Form

if TYPE_CHECKING:
    from amplikit.project.section import Section

__all__ = ["read_user_pool", "read_user_pool_clients"]

_CLIENT_NAME = Form(r"[\w\s+=,.@-]{1,128}", "1 to 128 letters, digits and +=,.@_-")
_ATTRIBUTE = re.compile(r"\S{1,20}")
_MINUTE_S, _DAY_S = 60, 86_400
_POLICY_KEYS = (
    *("minimum_length", "lowercase", "uppercase", "numbers", "symbols"),
    "temporary_days",
)
_POOL_KEYS = (
    "mfa",
    "second_factors",
    "username_attributes",
    "verified_by",
    "required_attributes",
    "custom_attributes",
    "self_sign_up",
    "pre_token_generation",
    "password_policy",
    "clients",
)
_CLIENT_KEYS = (
    "secret",
    "flows",
    "access_token_minutes",
    "id_token_minutes",
    "refresh_token_days",
    "session_minutes",
    "prevent_user_existence_errors",
    "token_revocation",
    "refresh_token_rotation",
    "read_attributes",
    "write_attributes",
    "oauth_flows",
    "scopes",
    "callback_urls",
    "logout_urls",
)


def read_user_pool(pool: Section) -> UserPoolSettings:
    """Return what the table says; without it, the pool of a new project."""
    pool.only(*_POOL_KEYS)
    usual = UserPoolSettings()
    custom = pool.texts("custom_attributes")
    for number, name in enumerate(custom):
        if not _ATTRIBUTE.fullmatch(name) or name.startswith("custom:"):
            pool.problem(
                "custom_attributes",
                "config-value-invalid",
                f"'{name}' is not 1 to 20 characters without 'custom:'.",
                'Write the name alone, as in "tenant".',
                number,
            )
    factors = pool.words("second_factors", Factor)
    mfa = pool.word("mfa", Mfa, usual.mfa) or usual.mfa
    if pool.has("second_factors") and not factors and mfa is not Mfa.OFF:
        pool.wrong("second_factors", "the list is empty and 'mfa' is not OFF.")
    return UserPoolSettings(
        mfa=mfa,
        factors=factors if pool.has("second_factors") else usual.factors,
        password_policy=_read_policy(pool.section("password_policy")),
        username_attributes=pool.words("username_attributes", SignInName),
        verified_by=pool.words("verified_by", SignInName)
        if pool.has("verified_by")
        else usual.verified_by,
        required_attributes=pool.texts(
            "required_attributes", usual.required_attributes
        ),
        custom_attributes=custom if pool.has("custom_attributes") else None,
        self_sign_up=pool.flag("self_sign_up", default=True),
        token_event=pool.word("pre_token_generation", TokenEvent, usual.token_event)
        or usual.token_event,
    )


def read_user_pool_clients(pool: Section) -> tuple[UserPoolClient, ...]:
    """Return the app clients; the pool's first one is called ``default``."""
    return tuple(
        _read_client(name, client)
        for name, client in pool.named("clients", _CLIENT_NAME)
    )


def _read_policy(policy: Section) -> PasswordPolicy:
    policy.only(*_POLICY_KEYS)
    return PasswordPolicy(
        minimum_length=policy.integer("minimum_length", 8, 6, 99),
        require_lowercase=policy.flag("lowercase", default=True),
        require_uppercase=policy.flag("uppercase", default=True),
        require_numbers=policy.flag("numbers", default=True),
        require_symbols=policy.flag("symbols", default=True),
        temporary_days=policy.integer("temporary_days", 7, 1, 365),
    )


def _read_client(name: str, client: Section) -> UserPoolClient:
    client.only(*_CLIENT_KEYS)
    flows = client.words("flows", Flow)

    def listed(key: str) -> tuple[str, ...] | None:
        return client.texts(key) if client.has(key) else None

    return UserPoolClient(
        name=name,
        has_secret=client.flag("secret", default=False),
        flows=flows if client.has("flows") else DEFAULT_FLOWS,
        access_token_s=client.integer("access_token_minutes", 60, 5, 1440) * _MINUTE_S,
        id_token_s=client.integer("id_token_minutes", 60, 5, 1440) * _MINUTE_S,
        refresh_token_s=client.integer("refresh_token_days", 30, 1, 3650) * _DAY_S,
        session_minutes=client.integer("session_minutes", 3, 3, 15),
        hides_users=client.flag("prevent_user_existence_errors", default=True),
        revokes_tokens=client.flag("token_revocation", default=True),
        rotates_tokens=client.flag("refresh_token_rotation", default=False),
        read_attributes=listed("read_attributes"),
        write_attributes=listed("write_attributes"),
        oauth_flows=client.texts("oauth_flows"),
        scopes=client.texts("scopes"),
        callback_urls=client.texts("callback_urls"),
        logout_urls=client.texts("logout_urls"),
    )
