"""``amplikit credentials``: what an assumed role or a signed-in user would hold."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from amplikit.cli._directory import open_directory, refused, utc_now
from amplikit.cli._options import JsonOption, Place, command
from amplikit.cli._output import write_json
from amplikit.errors import ConfigInvalid, Problem
from amplikit.identity.credentials import credential_process
from amplikit.identity.user_pool.admin import ensure_user
from amplikit.identity.user_pool.refusal import Refusal

if TYPE_CHECKING:
    from amplikit.cli._directory import Directory
    from amplikit.identity.credentials import Credential

__all__ = ["attach"]

_SESSION_NAME = "amplikit"
_VARIABLES = (
    ("AWS_ACCESS_KEY_ID", "AccessKeyId"),
    ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
    ("AWS_SESSION_TOKEN", "SessionToken"),
)
_RoleOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="A role of the project.")
]
_UserOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="A user, through the identity pool; made if new."
    ),
]
_GuestOption = Annotated[
    bool, typer.Option("--guest", help="A guest of the identity pool.")
]
_ExpiresOption = Annotated[
    int,
    typer.Option(metavar="SECONDS", min=1, max=315_360_000, help="How long they hold."),
]


def attach(app: typer.Typer, summary: str) -> None:
    """Add the command."""
    app.command("credentials", help=summary)(_credentials)


@command
def _credentials(
    place: Place,
    *,
    role: _RoleOption = None,
    user: _UserOption = None,
    guest: _GuestOption = False,
    expires: _ExpiresOption = 3600,
    as_json: JsonOption = False,
) -> None:
    if [role is not None, user is not None, guest].count(True) != 1:
        raise ConfigInvalid(
            Problem(
                code="option-invalid",
                message="Credentials are for a role, for a user or for a guest.",
                hint="Give exactly one of --role, --user and --guest.",
            )
        )
    with open_directory(place) as directory:
        duration = timedelta(seconds=expires)
        shape = credential_process(_issue(directory, role, user, duration))
    if as_json:
        write_json(shape)
    else:
        for variable, key in _VARIABLES:
            typer.echo(f"export {variable}={shape[key]}")


def _issue(
    directory: Directory, role: str | None, user: str | None, duration: timedelta
) -> Credential:
    store, names, now = directory.store, directory.names, utc_now()
    if role is not None:
        name = names.role(role)
        return store.credentials.for_role(name, _SESSION_NAME, now, duration)
    if user is None:
        return store.credentials.for_guest(names.guest_role, now, duration)
    account = ensure_user(store.pool, user, now)
    if isinstance(account, Refusal):
        raise refused(account.type, account.message)
    return store.credentials.for_user(names.signed_in_role, account.sub, now, duration)
