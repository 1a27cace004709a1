"""``amplikit keys``: AppSync's API keys, and those of the partner gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from amplikit.cli._directory import open_directory, refused, utc_now
from amplikit.cli._options import JsonOption, Place, command
from amplikit.cli._output import write_json, write_table
from amplikit.cli.usage import standing_json
from amplikit.errors import ConfigInvalid, Problem
from amplikit.identity import ApiKey, ApiKeyRefused

if TYPE_CHECKING:
    from amplikit.identity.usage import Standing

__all__ = ["attach"]

_IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The key's id or name.")]
_NameOption = Annotated[str, typer.Option(metavar="NAME", help="What to call it.")]
_PlanOption = Annotated[
    str | None, typer.Option(metavar="PLAN", help="The usage plan that limits it.")
]
_ExpiresOption = Annotated[
    int, typer.Option(metavar="DAYS", help="1 to 365 days, as AppSync has it.")
]
_LifetimeOption = Annotated[
    int | None,
    typer.Option(
        "--expires", metavar="DAYS", help="1 to 365; default: as long as the old one."
    ),
]


def attach(app: typer.Typer, summary: str) -> None:
    """Add the commands."""
    keys = typer.Typer(help=summary, rich_markup_mode=None)
    keys.command("list", help="List all keys.")(_list)
    keys.command("create", help="Make a key.")(_create)
    keys.command("rotate", help="Make a key's successor; both work.")(_rotate)
    keys.command("revoke", help="Delete a key.")(_revoke)
    app.add_typer(keys, name="keys")


@command
def _list(place: Place, *, as_json: JsonOption = False) -> None:
    now = utc_now()
    with open_directory(place) as directory:
        store = directory.store
        plans = {plan.name: plan for plan in directory.names.plans}
        keys = [
            (key, store.usage.standing(key.id, plan, now) if plan else None)
            for key in store.api_keys.all(now)
            for plan in (plans.get(key.usage_plan or ""),)
        ]
    if as_json:
        write_json(
            [
                _key_json(key) | (standing_json(standing) if standing else {})
                for key, standing in keys
            ]
        )
        return
    head = ("ID", "NAME", "KIND", "USAGE PLAN", "LEFT", "EXPIRES", "KEY")
    write_table(head, (_row(key, standing) for key, standing in keys))


@command
def _create(
    place: Place,
    *,
    name: _NameOption = "created",
    usage_plan: _PlanOption = None,
    expires: _ExpiresOption = 7,
    as_json: JsonOption = False,
) -> None:
    with open_directory(place) as directory:
        plan = directory.names.plan(usage_plan) if usage_plan is not None else None
        key = directory.store.api_keys.create(name, utc_now(), plan=plan, days=expires)
    _show(key, name, as_json=as_json)


@command
def _rotate(
    place: Place,
    *,
    identifier: _IdArgument,
    expires: _LifetimeOption = None,
    as_json: JsonOption = False,
) -> None:
    with open_directory(place) as directory:
        key = directory.store.api_keys.rotate(identifier, utc_now(), expires)
    _show(key, identifier, as_json=as_json)


@command
def _revoke(
    place: Place, *, identifier: _IdArgument, as_json: JsonOption = False
) -> None:
    with open_directory(place) as directory:
        key = directory.store.api_keys.revoke(identifier)
    if key is None:
        raise _unknown(identifier)
    if as_json:
        write_json({"ok": True, "id": key.id})
    else:
        typer.echo(f"The key '{key.id}' ({key.name}) is refused from now on.")


def _show(key: ApiKey | ApiKeyRefused | None, name: str, *, as_json: bool) -> None:
    if isinstance(key, ApiKeyRefused):
        raise refused(key.type, key.message)
    if key is None:
        raise _unknown(name)
    if as_json:
        write_json(_key_json(key))
    else:
        typer.echo(key.value)


def _unknown(name: str) -> ConfigInvalid:
    return ConfigInvalid(
        Problem(
            code="unknown-api-key",
            message=f"There is no API key '{name}'.",
            hint="See 'amplikit keys list'.",
        )
    )


def _key_json(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.id,
        "key": key.value,
        "name": key.name,
        "usage_plan": key.usage_plan,
        "kind": key.kind,
        "expires": key.expires_at.isoformat(),
    }


def _row(key: ApiKey, standing: Standing | None) -> tuple[str, ...]:
    expires = f"{key.expires_at:%Y-%m-%d %H:%M}"
    remaining = standing.remaining if standing else None
    left = "" if remaining is None else str(remaining)
    plan = key.usage_plan or ""
    return (key.id, key.name, key.kind, plan, left, expires, key.value)
