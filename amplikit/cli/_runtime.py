"""Where files become a running API: compiled, planned, stored, interpreted."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from amplikit.cli._compile import compile_loaded
from amplikit.cli._directory import utc_now, write_names
from amplikit.cli._functions import ProjectFunctions
from amplikit.cli._triggers import ProjectTriggers
from amplikit.emulator.datasources.functions import FunctionSource
from amplikit.emulator.datasources.http_source import HttpSource
from amplikit.emulator.datasources.remote import DataSources
from amplikit.emulator.functions import FunctionRunner
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.loop_thread import LoopThread
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.runtime import Runtime
from amplikit.identity import IdentityStore
from amplikit.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from amplikit.blueprint.config import Config
    from amplikit.blueprint.resources import Blueprint
    from amplikit.cli._compile import Compiled
    from amplikit.emulator.runtime import LogSink
    from amplikit.project import Loaded
    from amplikit.store.database import Durability
    from amplikit.store.interface import Store

__all__ = ["Opened", "open_runtime", "open_sqlite"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A runtime over an open data folder; ``stop`` ends the functions' processes."""

    runtime: Runtime
    store: Store
    stop: Callable[[], Awaitable[None]]
    compiled: Compiled
    schema_hash: str
    expire: Callable[[float], object]
    """Deletes what has expired by a time in seconds since 1970."""
    changed: tuple[str, ...]
    """What the schema has changed in the folder, in sentences for the user."""


def open_sqlite(
    blueprint: Blueprint, folder: Path, durability: Durability = "normal"
) -> SqliteStore:
    """Open the items of a data folder; its ``changed`` is to be told to the user.

    Raises ``DataFolderUnusable``.
    """
    return SqliteStore.open(
        folder,
        blueprint.tables,
        schema_hash=_schema_hash(blueprint),
        durability=durability,
    )


def _schema_hash(blueprint: Blueprint) -> str:
    return hashlib.sha256(blueprint.sdl.encode()).hexdigest()


@contextmanager
def open_runtime(
    loaded: Loaded,
    folder: Path,
    log: LogSink,
    durability: Durability = "normal",
    dynamodb_url: str | None = None,
    *,
    rehearses: bool = False,
) -> Iterator[Opened]:
    """Open a data folder for what is loaded; everything is closed at the end.

    The tables are in the folder, or in the DynamoDB at that URL. What ``rehearses``
    asks no function and no endpoint, which could not undo what they do. Raises
    ``SchemaInvalid``, or ``DataFolderUnusable`` before anything is written into a
    folder of another schema.
    """
    compiled = compile_loaded(loaded)
    blueprint, config = compiled.blueprint, compiled.config
    with ExitStack() as stack:
        store: Store
        expire: Callable[[float], object] = _expire_nothing
        changed: tuple[str, ...] = ()
        if dynamodb_url is not None:
            from amplikit.store.dynamodb import open_dynamodb  # noqa: PLC0415  boto3 is slow to import

            store = open_dynamodb(dynamodb_url, blueprint.tables)
        else:
            embedded = open_sqlite(blueprint, folder, durability)
            changed = embedded.changed
            store, expire = embedded, embedded.expire
        stack.callback(store.close)
        identity = IdentityStore.open(folder, config, utc_now)
        stack.callback(identity.close)
        write_names(folder, config)
        waiting = LoopThread("amplikit-waiting")
        stack.callback(waiting.close)
        # Apart, so that no long query keeps the user pool's functions waiting.
        running = LoopThread("amplikit-functions")
        stack.callback(running.close)
        runner = FunctionRunner(scratch=folder / "functions")
        functions = ProjectFunctions(config, identity, runner, running, log)
        if not rehearses:
            functions.tell_missing(blueprint)
        outside = DataSources(
            FunctionSource(blueprint, functions), _endpoints(config, log)
        )
        runtime = Runtime(
            blueprint=blueprint,
            config=config,
            resolvers=Interpreter(
                blueprint,
                store,
                NextTokens(identity.facts.next_token_secret),
                clock=utc_now,
                new_id=lambda: str(uuid4()),
                outside=None if rehearses else outside,
            ),
            identity=identity,
            clock=utc_now,
            admin_token=secrets.token_urlsafe(32),
            triggers=ProjectTriggers(config, functions, log),
            invoke=functions.invoke,
            log=log,
            store=store,
            store_is_remote=dynamodb_url is not None,
            waiting=waiting,
        )

        async def stop() -> None:
            await running.run(runner.close)

        yield Opened(
            runtime,
            store,
            stop,
            compiled,
            _schema_hash(blueprint),
            expire,
            changed,
        )


def _endpoints(config: Config, log: LogSink) -> HttpSource:
    variables = {"env": config.environment, "aws_region": config.region}
    return HttpSource(variables, log)


def _expire_nothing(_now_s: float) -> None:
    """Leave it to the DynamoDB that has the items."""
