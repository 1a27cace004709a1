"""The settings of the pool and of its clients, as the identity file keeps them."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from amplikit.blueprint.user_pool import (
    Factor,
    Flow,
    Mfa,
    PasswordPolicy,
    SignInName,
    TokenEvent,
    UserPoolClient,
    UserPoolSettings,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from amplikit.identity.database import Database
    from amplikit.identity.user_pool.clients import Clients

__all__ = ["Settings", "apply_config", "read_client", "write_client"]

_FACT = "user_pool_settings"
_APPLIED = "user_pool_config"


class Settings:
    """What the pool allows; clients with the right to may change it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self) -> UserPoolSettings:
        """Return the settings of now."""
        text = _fact(self._database, _FACT)
        return UserPoolSettings() if text is None else _read_pool(text)

    def save(self, settings: UserPoolSettings) -> None:
        """Replace the settings."""
        _remember(self._database, _FACT, json.dumps(asdict(settings)))


def apply_config(
    database: Database,
    clients: Clients,
    pool: UserPoolSettings,
    wanted: Iterable[UserPoolClient],
    now: datetime,
) -> None:
    """Let the pool be as a configuration wants it, whenever that has changed.

    What was changed since by calls stays as long as the configuration stays. The
    first client of the pool is called ``default``.
    """
    by_name = {client.name: client for client in wanted}
    text = json.dumps([asdict(pool), *map(asdict, by_name.values())])
    if text == _fact(database, _APPLIED):
        return
    _remember(database, _APPLIED, text)
    Settings(database).save(pool)
    for name, settings in by_name.items():
        known = clients.named(name)
        if known is None:
            clients.create(settings, now)
        elif settings.has_secret is (known.secret is not None):
            clients.change(known.id, settings, now)
        else:
            clients.delete(known.id)
            kept = known.id if name == "default" else None
            clients.create(settings, now, kept)


def write_client(settings: UserPoolClient) -> str:
    """Return a client's settings as text."""
    return json.dumps(asdict(settings))


def read_client(text: str) -> UserPoolClient:
    """Return what ``write_client`` wrote."""
    values = json.loads(text)
    for name, value in values.items():
        if isinstance(value, list):
            values[name] = tuple(value)
    values["flows"] = tuple(map(Flow, values["flows"]))
    return UserPoolClient(**values)


def _read_pool(text: str) -> UserPoolSettings:
    values = json.loads(text)
    custom = values["custom_attributes"]
    return UserPoolSettings(
        mfa=Mfa(values["mfa"]),
        factors=tuple(map(Factor, values["factors"])),
        password_policy=PasswordPolicy(**values["password_policy"]),
        username_attributes=tuple(map(SignInName, values["username_attributes"])),
        verified_by=tuple(map(SignInName, values["verified_by"])),
        required_attributes=tuple(values["required_attributes"]),
        custom_attributes=None if custom is None else tuple(custom),
        self_sign_up=values["self_sign_up"],
        token_event=TokenEvent(values["token_event"]),
    )


def _fact(database: Database, name: str) -> str | None:
    row = database.row("SELECT value FROM fact WHERE name = ?", name)
    return None if row is None else str(row["value"])


def _remember(database: Database, name: str, value: str) -> None:
    database.write("INSERT OR REPLACE INTO fact VALUES (?, ?)", name, value)
