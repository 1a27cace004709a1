"""``amplikit serve``: the API on this machine, until Ctrl-C."""

from __future__ import annotations

import os
import secrets
import signal
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from amplikit.cli._alone import serving
from amplikit.cli._directory import utc_now
from amplikit.cli._options import Served, command
from amplikit.cli._output import not_yet, printable, write_problems
from amplikit.cli._reload import STILL_SERVED, next_change
from amplikit.cli._runtime import open_runtime
from amplikit.emulator.server import ServeOptions, bind, serve
from amplikit.emulator.tls import tls_files
from amplikit.errors import ConfigInvalid, Problem, ToolkitError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.cli._runtime import Opened
    from amplikit.emulator.ready import Endpoints
    from amplikit.emulator.server import Bound
    from amplikit.project import Loaded

__all__ = ["attach"]

_SHARED = (
    "another server uses {}: what 'amplikit token' makes is for this one from now on"
)

_ReadyFileOption = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        help="Write URLs, ids and keys there when the server answers (mode 0600).",
    ),
]


@dataclass(frozen=True, slots=True)
class _Server:
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="A loopback address.")
    ] = "127.0.0.1"
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="0 takes a free one.")
    ] = 20_002
    ready_file: _ReadyFileOption = None
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Admit this name in 'Host'; repeatable."),
    ] = None
    tls: Annotated[
        bool, typer.Option("--tls", help="HTTPS and WSS, by an own authority.")
    ] = False
    reload: Annotated[
        bool, typer.Option("--reload", help="Serve what is changed, as it is changed.")
    ] = False
    executor: Annotated[
        str, typer.Option(metavar="fast|reference", help="This version: reference.")
    ] = "reference"
    store: Annotated[
        str,
        typer.Option(
            metavar="sqlite|dynamodb:URL",
            help="Where the tables are: the data folder, or a DynamoDB.",
        ),
    ] = "sqlite"

    durability: Annotated[
        Literal["normal", "full"],
        typer.Option(
            metavar="normal|full",
            help="full: each write waits for the disk, and survives a power cut.",
        ),
    ] = "normal"

    def dynamodb_url(self) -> str | None:
        """Return the URL of ``--store dynamodb:URL``; None for the data folder.

        Raises ``ConfigInvalid``.
        """
        if self.store == "sqlite":
            return None
        kind, _, url = self.store.partition(":")
        if kind != "dynamodb":
            raise ConfigInvalid(
                Problem(
                    code="option-invalid",
                    message=f"--store '{self.store}' is no store.",
                    hint="Write --store sqlite, or --store dynamodb:URL.",
                )
            )
        return url

    def check(self, data_folder: Path) -> None:
        """Raise ``ConfigInvalid`` for what cannot be had or cannot be written.

        The ready file may be in the data folder, which is made later.
        """
        later = {
            f"serve --executor {self.executor}": self.executor != "reference",
        }
        for feature, asked in later.items():
            if asked:
                raise not_yet(feature)
        place = self.ready_file.parent if self.ready_file else data_folder
        if place.resolve() != data_folder.resolve() and not _is_writable(place):
            raise self._ready_file_unusable("cannot be written")
        if self.ready_file and self.ready_file.is_dir():
            raise self._ready_file_unusable("is a folder")

    def _ready_file_unusable(self, fact: str) -> ConfigInvalid:
        return ConfigInvalid(
            Problem(
                code="ready-file-unusable",
                message=f"'{self.ready_file}' {fact}.",
                hint="Name a file in a folder that exists and is yours.",
            )
        )


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is the same for all that is served one after the other."""

    folder: Path
    bound: Bound
    files: ExitStack
    admin_token: str = field(repr=False)


def attach(app: typer.Typer, summary: str) -> None:
    """Add the command."""
    app.command("serve", help=summary)(_serve)


@command
def _serve(served: Served, *, server: _Server) -> None:
    # Until the server itself listens for them; a stop is no failure at any time.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    loaded = served.load()
    folder = served.data_folder()
    server.check(folder)
    server.dynamodb_url()  # what it refuses is told before a port is taken
    # First the port: a server that cannot listen leaves no data folder behind.
    bound = bind(server.host, server.port)
    try:
        with ExitStack() as files:
            kept = _Kept(folder, bound, files, secrets.token_urlsafe(32))
            wanted = _serve_one(served, server, loaded, kept)
            while wanted:
                loaded, wanted = _serve_next(served, server, (loaded, wanted), kept)
    finally:
        bound.close()


def _serve_next(
    served: Served, server: _Server, change: tuple[Loaded, Loaded], kept: _Kept
) -> tuple[Loaded, Loaded | None]:
    """Serve what was changed, or what was before, if the change cannot be served.

    Returns what was served, and what is to be served then.
    """
    before, wanted = change
    try:
        return wanted, _serve_one(served, server, wanted, kept)
    except ToolkitError as error:
        write_problems(error.problems, base=served.base())
        _log(STILL_SERVED)
    return before, _serve_one(served, server, before, kept)


def _serve_one(
    served: Served, server: _Server, loaded: Loaded, kept: _Kept
) -> Loaded | None:
    """Serve until a stop, or a change; return what is to be served then."""
    changed: list[Loaded] = []

    async def change() -> None:
        changed.append(await next_change(served, loaded, _log))

    with (
        open_runtime(
            loaded, kept.folder, _log, server.durability, server.dynamodb_url()
        ) as opened,
        serving(kept.folder) as alone,
    ):
        if not alone:
            _log(_SHARED.format(kept.folder))
        for sentence in opened.changed:
            _log(sentence)
        write_problems(opened.compiled.problems, base=served.base())
        names = (server.host, *(server.allow_host or ()))
        tls = tls_files(kept.folder, names, utc_now()) if server.tls else None
        options = ServeOptions(
            ready_file=server.ready_file,
            allowed_hosts=tuple(server.allow_host or ()),
            on_ready=lambda endpoints: _greet(opened, endpoints),
            on_stop=opened.stop,
            on_time=opened.expire,
            tls=tls,
            until=change if server.reload else None,
            files=kept.files,
        )
        runtime = replace(opened.runtime, admin_token=kept.admin_token)
        stopped = serve(runtime, kept.bound.again(), options)
    return changed[0] if changed and not stopped else None


def _stop(_number: int, _frame: object) -> NoReturn:
    sys.exit(0)


def _is_writable(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _log(line: str) -> None:
    sys.stderr.write(f"{utc_now():%H:%M:%S} {line}\n")
    sys.stderr.flush()


def _greet(opened: Opened, endpoints: Endpoints) -> None:
    for line in _greeting(opened, endpoints):
        sys.stdout.write(f"{printable(line)}\n")
    sys.stdout.flush()


def _greeting(opened: Opened, endpoints: Endpoints) -> Iterator[str]:
    runtime = opened.runtime
    blueprint, identity = runtime.blueprint, runtime.identity
    yield f"{blueprint.name} (transformer {blueprint.transformer.value})"
    yield f"  GraphQL    {endpoints.graphql}"
    yield f"  real time  {endpoints.realtime}"
    yield f"  partners   {endpoints.partner}"
    yield f"  user pool  {endpoints.user_pool}  {identity.facts.user_pool_id}"
    yield f"  identities {endpoints.identity_pool}  {identity.facts.identity_pool_id}"
    yield f"  STS        {endpoints.sts}"
    yield f"  DynamoDB   {endpoints.dynamodb}  {identity.facts.region}"
    if endpoints.tls_ca:
        yield f"  TLS        trust {endpoints.tls_ca.resolve()} (docs/frontends.md)"
    # A secret is for eyes, not for a file that collects what a server says.
    watched = sys.stdout.isatty()
    for key in identity.api_keys.all(runtime.clock()):
        shown = key.value if watched else f"id {key.id}"
        yield f"  API key    {shown}  {key.name}, until {key.expires_at:%Y-%m-%d}"
    for user in identity.seeded_users:
        password = user.password if watched else "(see 'amplikit outbox')"
        yield f"  new user   {user.username}, password {password}"
    yield "Stop with Ctrl-C."
