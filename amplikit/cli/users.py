"""``amplikit users``: the accounts of the local user pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from amplikit.cli._directory import open_directory, refused, utc_now
from amplikit.cli._options import JsonOption, Place, command
from amplikit.cli._output import write_json, write_table
from amplikit.identity.user_pool.admin import confirm_user, create_user, delete_user
from amplikit.identity.user_pool.refusal import Refusal

if TYPE_CHECKING:
    from amplikit.identity.user_pool.users import User

__all__ = ["attach"]

_NameArgument = Annotated[str, typer.Argument(metavar="NAME")]
_EmailOption = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Her e-mail, taken as verified.")
]
_PasswordOption = Annotated[
    str | None,
    typer.Option(metavar="TEXT", help="Without one she cannot sign in, only 'token'."),
]
_GroupOption = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="A group; may be repeated.")
]


def attach(app: typer.Typer, summary: str) -> None:
    """Add the commands."""
    users = typer.Typer(help=summary, rich_markup_mode=None)
    users.command("list", help="List all users.")(_list)
    users.command("create", help="Make a confirmed user.")(_create)
    users.command("confirm", help="Confirm a user without her code.")(_confirm)
    users.command("delete", help="Delete a user and her sessions.")(_delete)
    app.add_typer(users, name="users")


@command
def _list(place: Place, *, as_json: JsonOption = False) -> None:
    with open_directory(place) as directory:
        users = directory.store.pool.users.all()
    if as_json:
        write_json([_user_json(user) for user in users])
        return
    head = ("USERNAME", "STATUS", "EMAIL", "GROUPS", "SUB")
    write_table(head, (_row(user) for user in users))


@command
def _create(
    place: Place,
    *,
    name: _NameArgument,
    email: _EmailOption = None,
    password: _PasswordOption = None,
    group: _GroupOption = None,
    as_json: JsonOption = False,
) -> None:
    with open_directory(place) as directory:
        user = create_user(
            directory.store.pool,
            name,
            utc_now(),
            password=password,
            email=email,
            groups=group or (),
        )
    _show(user, f"'{name}' is made.", as_json=as_json)


@command
def _confirm(place: Place, *, name: _NameArgument, as_json: JsonOption = False) -> None:
    with open_directory(place) as directory:
        user = confirm_user(directory.store.pool, name, utc_now())
    _show(user, f"'{name}' is confirmed.", as_json=as_json)


@command
def _delete(place: Place, *, name: _NameArgument, as_json: JsonOption = False) -> None:
    with open_directory(place) as directory:
        refusal = delete_user(directory.store.pool, name)
    if refusal:
        raise refused(refusal.type, refusal.message)
    if as_json:
        write_json({"ok": True, "username": name})
    else:
        typer.echo(f"'{name}' is deleted.")


def _show(user: User | Refusal, done: str, *, as_json: bool) -> None:
    if isinstance(user, Refusal):
        raise refused(user.type, user.message)
    if as_json:
        write_json(_user_json(user))
    else:
        typer.echo(done)


def _user_json(user: User) -> dict[str, object]:
    return {
        "username": user.username,
        "sub": user.sub,
        "status": user.status.value,
        "enabled": user.enabled,
        "attributes": dict(user.attributes),
        "groups": list(user.groups),
    }


def _row(user: User) -> tuple[str, ...]:
    status = user.status.value if user.enabled else f"{user.status.value}, disabled"
    email = user.attribute("email") or ""
    return (user.username, status, email, ", ".join(user.groups), user.sub)
