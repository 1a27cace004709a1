"""``amplikit credentials``: what an assumed role or a signed-in user would hold."""

from __future__ import annotations

from dataclasses import dataclass
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
_IamUserOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="An IAM user of the project: a long-term key."),
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


@dataclass(frozen=True, slots=True)
class _Who:
    role: _RoleOption = None
    user: _UserOption = None
    iam_user: _IamUserOption = None
    guest: _GuestOption = False

    def check(self) -> None:
        """Raise ``ConfigInvalid`` unless one of them is given."""
        named = [self.role, self.user, self.iam_user, self.guest or None]
        if len(named) - named.count(None) != 1:
            raise ConfigInvalid(
                Problem(
                    code="option-invalid",
                    message="Credentials are for a role, for a user or for a guest.",
                    hint="Give exactly one of --role, --user, --iam-user and --guest.",
                )
            )


@command
def _credentials(
    place: Place,
    *,
    who: _Who,
    expires: _ExpiresOption = 3600,
    as_json: JsonOption = False,
) -> None:
    who.check()
    with open_directory(place) as directory:
        shape = credential_process(_issue(directory, who, timedelta(seconds=expires)))
    if as_json:
        write_json(shape)
        return
    for variable, key in _VARIABLES:
        # A long-term key has no session token, and must not meet an older one.
        line = (
            f"export {variable}={shape[key]}" if key in shape else f"unset {variable}"
        )
        typer.echo(line)


def _issue(directory: Directory, who: _Who, duration: timedelta) -> Credential:
    store, names, now = directory.store, directory.names, utc_now()
    if who.role is not None:
        name = names.role(who.role)
        return store.credentials.for_role(name, _SESSION_NAME, now, duration)
    if who.iam_user is not None:
        return store.credentials.for_iam_user(names.iam_user(who.iam_user), now)
    if who.user is None:
        return store.credentials.for_guest(names.guest_role, now, duration)
    account = ensure_user(store.pool, who.user, now)
    if isinstance(account, Refusal):
        raise refused(account.type, account.message)
    return store.credentials.for_user(names.signed_in_role, account.sub, now, duration)
