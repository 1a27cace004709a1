"""``amplikit token``: a signed token without a sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from amplikit.cli._directory import open_directory, refused, utc_now
from amplikit.cli._options import JsonOption, Place, command
from amplikit.cli._output import write_json
from amplikit.errors import ConfigInvalid, Problem
from amplikit.identity.tokens import TokenRequest, issue_tokens
from amplikit.identity.user_pool.admin import ensure_user
from amplikit.identity.user_pool.refusal import Refusal
from amplikit.project import parse_json

if TYPE_CHECKING:
    from amplikit.cli._directory import Directory
    from amplikit.identity.user_pool.users import User

__all__ = ["attach"]


class _Use(StrEnum):
    ID = "id"
    ACCESS = "access"


@dataclass(frozen=True, slots=True)
class _Wanted:
    user: Annotated[str, typer.Option(metavar="NAME", help="Whose token.")]
    use: Annotated[_Use, typer.Option(help="Which of the two tokens.")] = _Use.ACCESS
    expires: Annotated[
        int,
        typer.Option(metavar="SECONDS", min=1, max=315_360_000, help="Its lifetime."),
    ] = 3600
    claims_override: Annotated[
        str | None,
        typer.Option(metavar="JSON", help="Claims to add or replace, as an object."),
    ] = None
    create: Annotated[
        bool, typer.Option("--create", help="Make the user if need be.")
    ] = False


def attach(app: typer.Typer, summary: str) -> None:
    """Add the command."""
    app.command("token", help=summary)(_token)


@command
def _token(place: Place, *, wanted: _Wanted, as_json: JsonOption = False) -> None:
    overrides = _claims(wanted.claims_override)
    with open_directory(place) as directory:
        store = directory.store
        request = TokenRequest(
            user=_user(directory, wanted.user, create=wanted.create),
            issuer=store.facts.issuer(store.base_url),
            client_id=store.facts.user_pool_client_id,
            now=utc_now(),
            lifetime=timedelta(seconds=wanted.expires),
            overrides=overrides,
        )
        pair = issue_tokens(request, store.pool.signing_keys, store.pool.entropy)
    token = pair.id_token if wanted.use is _Use.ID else pair.access_token
    if as_json:
        write_json({"token": token, "use": wanted.use.value})
    else:
        typer.echo(token)


def _user(directory: Directory, name: str, *, create: bool) -> User:
    pool = directory.store.pool
    user = ensure_user(pool, name, utc_now()) if create else pool.users.get(name)
    if isinstance(user, Refusal):
        raise refused(user.type, user.message)
    if user is None:
        raise ConfigInvalid(
            Problem(
                code="unknown-user",
                message=f"There is no user named '{name}'.",
                hint="Add --create, or see 'amplikit users list'.",
            )
        )
    return user


def _claims(text: str | None) -> dict[str, object]:
    claims = parse_json(text, "--claims-override") if text is not None else {}
    if not isinstance(claims, dict):
        raise ConfigInvalid(
            Problem(
                code="option-invalid",
                message="--claims-override: it is not an object.",
                hint='Write it like {"custom:tenant": "a"}.',
            )
        )
    return claims
