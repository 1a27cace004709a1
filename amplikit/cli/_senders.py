"""``--as`` as what a client sends over the network, asked for at each connection."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from amplikit_client import ApiKeyAuth, IamAuth, UserPoolAuth

from amplikit.cli._directory import known_name, open_directory, utc_now
from amplikit.errors import ConfigInvalid, Problem
from amplikit.identity.tokens import TokenRequest, issue_tokens

if TYPE_CHECKING:
    from amplikit_client import Auth

    from amplikit.cli._directory import Directory
    from amplikit.cli._options import Place
    from amplikit.identity.credentials import Credential

__all__ = ["SENDER_HELP", "Sender", "sender_named"]

SENDER_HELP = (
    "user:NAME, role:NAME, key:ID or guest, of the data folder; elsewhere "
    "api-key:VARIABLE, token:VARIABLE (environment variables) or aws."
)
_SESSION_NAME = "tail"
# Longer than a terminal stays open; nothing outside of this process has them.
_HELD_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who calls; ``base_url`` is the local server's, for one of the data folder."""

    auth: Auth
    base_url: str | None


def sender_named(text: str, place: Place) -> Sender:
    """Return the credentials of a caller.

    Raises ``ConfigInvalid`` when there is none.
    """
    kind, colon, name = text.partition(":")
    match kind, bool(colon and name):
        case "aws", False if not colon:
            return Sender(IamAuth(), None)
        case "api-key", True:
            return Sender(ApiKeyAuth(_from_environment(name)), None)
        case "token", True:
            return Sender(UserPoolAuth(lambda: _from_environment(name)), None)
        case _:
            with open_directory(place) as directory:
                auth = _local(text, place, directory)
                return Sender(auth, directory.store.base_url)


def _local(text: str, place: Place, directory: Directory) -> Auth:
    store, names, now = directory.store, directory.names, utc_now()
    kind, colon, name = text.partition(":")
    match kind, bool(colon and name):
        case "user", True:
            _known_user(name, directory)
            return UserPoolAuth(lambda: _token(name, place))
        case "role", True:
            role = names.role(name)
            held = store.credentials.for_role(role, _SESSION_NAME, now, _HELD_FOR)
            return _signed(held, store.facts.region)
        case "guest", False if not colon:
            held = store.credentials.for_guest(names.guest_role, now, _HELD_FOR)
            return _signed(held, store.facts.region)
        case "key", True:
            keys = [key for key in store.api_keys.all(now) if key.kind == "appsync"]
            key = store.api_keys.get(name)
            if key not in keys:
                known_name("API key", name, [key.id for key in keys])
            return ApiKeyAuth(key.value if key else name)
        case _:
            raise ConfigInvalid(
                Problem(
                    code="option-invalid",
                    message=f"--as: '{text}' is no caller.",
                    hint=f"Write {SENDER_HELP}",
                )
            )


def _signed(held: Credential, region: str) -> IamAuth:
    return IamAuth(region, held.access_key_id, held.secret_key, held.session_token)


def _known_user(name: str, directory: Directory) -> None:
    users = [user.username for user in directory.store.pool.users.all()]
    known_name("user", name, users)


def _token(name: str, place: Place) -> str:
    """Return a token of now; the user may be gone since the last one."""
    with open_directory(place) as directory:
        store = directory.store
        _known_user(name, directory)
        user = next(each for each in store.pool.users.all() if each.username == name)
        request = TokenRequest(
            user=user,
            issuer=store.facts.issuer(store.base_url),
            client_id=store.facts.user_pool_client_id,
            now=utc_now(),
        )
        pair = issue_tokens(request, store.pool.signing_keys, store.pool.entropy)
        return pair.access_token


def _from_environment(variable: str) -> str:
    value = os.environ.get(variable, "").strip()
    if value:
        return value
    raise ConfigInvalid(
        Problem(
            code="option-invalid",
            message=f"--as: the environment has no '{variable}'.",
            hint="Export it; a secret does not belong on a command line.",
        )
    )
