"""Opens a data folder's identities for one command, beside a server or without one."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.resources import guest_role, signed_in_role
from amplikit.cli._files import write_atomically
from amplikit.cli._plans import plan_json, read_plan
from amplikit.datafolder import damaged, not_writable
from amplikit.errors import ConfigInvalid, Problem, did_you_mean
from amplikit.identity import IdentityStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from amplikit.blueprint.config import Config, UsagePlan
    from amplikit.cli._options import Place

__all__ = [
    "Directory",
    "Names",
    "known_name",
    "open_directory",
    "refused",
    "utc_now",
    "write_names",
]

_NAMES_FILE = "names.json"
_WITHOUT_PROJECT = "local"


@dataclass(frozen=True, slots=True)
class Names:
    """What can be named on the command line besides what the store itself knows."""

    api: str
    roles: tuple[str, ...]
    plans: tuple[UsagePlan, ...]
    modes: tuple[AuthMode, ...] = (AuthMode.API_KEY,)
    users: tuple[str, ...] = ()
    guests: bool = True
    """Whether the identity pool lets anybody in."""

    @property
    def signed_in_role(self) -> str:
        """The identity pool's role for users."""
        return signed_in_role(self.api)

    @property
    def guest_role(self) -> str:
        """The identity pool's role for guests."""
        return guest_role(self.api)

    def role(self, name: str) -> str:
        """Return the role's name.

        Raises ``ConfigInvalid`` when there is no such role.
        """
        roles = (*self.roles, self.signed_in_role, self.guest_role)
        return known_name("role", name, roles)

    def iam_user(self, name: str) -> str:
        """Return the IAM user's name.

        Raises ``ConfigInvalid`` when there is no such user.
        """
        return known_name("IAM user", name, self.users)

    def plan(self, name: str) -> UsagePlan:
        """Return the usage plan.

        Raises ``ConfigInvalid`` when there is no such plan.
        """
        plans = {plan.name: plan for plan in self.plans}
        return plans[known_name("usage plan", name, plans)]


@dataclass(frozen=True, slots=True)
class Directory:
    """An open store, and the names that go with it."""

    store: IdentityStore
    names: Names


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@contextmanager
def open_directory(place: Place) -> Iterator[Directory]:
    """Open the data folder; it is made if need be.

    Beside ``--data`` alone no project is read: the server that runs on the folder has
    left its names there.
    """
    folder = place.data_folder()
    config = place.config()
    store = IdentityStore.open(folder, config, utc_now)
    try:
        names = names_of(config) if config else _read_names(folder)
        yield Directory(store, names)
    finally:
        store.close()


def names_of(config: Config) -> Names:
    """Return a configuration's names."""
    roles = tuple(role.name for role in config.roles)
    users = tuple(user.name for user in config.iam_users)
    return Names(
        config.name,
        roles,
        config.usage_plans,
        config.auth.modes,
        users,
        config.identity_pool.guests,
    )


def write_names(folder: Path, config: Config) -> None:
    """Leave the names in the data folder, for commands that know only the folder.

    Raises ``DataFolderUnusable``.
    """
    names = names_of(config)
    plans = {plan.name: plan_json(plan) for plan in names.plans}
    document = {
        "api": names.api,
        "roles": names.roles,
        "usage_plans": plans,
        "modes": names.modes,
        "iam_users": names.users,
        "guests": names.guests,
    }
    path = folder / _NAMES_FILE
    try:
        write_atomically(path, json.dumps(document) + "\n")
    except OSError as error:
        raise not_writable(path, error) from error


def _read_names(folder: Path) -> Names:
    try:
        document = json.loads((folder / _NAMES_FILE).read_bytes())
        plans = document["usage_plans"].items()
        return Names(
            api=document["api"],
            roles=tuple(document["roles"]),
            plans=tuple(read_plan(name, plan) for name, plan in plans),
            modes=tuple(map(AuthMode, document.get("modes", ["API_KEY"]))),
            users=tuple(document.get("iam_users", ())),
            guests=bool(document.get("guests", True)),
        )
    except FileNotFoundError:
        return Names(_WITHOUT_PROJECT, ("local-admin",), ())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        hint = "Remove it and start the server again."
        raise damaged(folder / _NAMES_FILE, hint) from error


def refused(type_: str, message: str) -> ConfigInvalid:
    """Return a refusal of the local Cognito or AppSync as an error of the command."""
    return ConfigInvalid(
        Problem(
            code="refused",
            message=f"{type_}: {message}",
            hint="Change the arguments of the command.",
        )
    )


def known_name(kind: str, name: str, known: Iterable[str]) -> str:
    """Return the name.

    Raises ``ConfigInvalid`` when it is none of the known ones.
    """
    names = tuple(known)
    if name in names:
        return name
    raise ConfigInvalid(
        Problem(
            code=f"unknown-{kind.replace(' ', '-').lower()}",
            message=f"There is no {kind} named '{name}'.",
            hint=did_you_mean(name, names).strip()
            or f"Known: {', '.join(names) or 'none'}.",
        )
    )
