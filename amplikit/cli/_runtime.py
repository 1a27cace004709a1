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
from amplikit.cli._triggers import ProjectTriggers
from amplikit.emulator.functions import FunctionRunner
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.runtime import Runtime
from amplikit.identity import IdentityStore
from amplikit.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from amplikit.cli._compile import Compiled
    from amplikit.emulator.runtime import LogSink
    from amplikit.project import Loaded
    from amplikit.store.database import Durability
    from amplikit.store.interface import Store

__all__ = ["Opened", "open_runtime"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A runtime over an open data folder; ``runner`` has the functions' processes."""

    runtime: Runtime
    store: Store
    runner: FunctionRunner
    compiled: Compiled
    schema_hash: str
    expire: Callable[[float], object]
    """Deletes what has expired by a time in seconds since 1970."""


@contextmanager
def open_runtime(
    loaded: Loaded,
    folder: Path,
    log: LogSink,
    durability: Durability = "normal",
    dynamodb_url: str | None = None,
) -> Iterator[Opened]:
    """Open a data folder for what is loaded; everything is closed at the end.

    The tables are in the folder, or in the DynamoDB at that URL.

    What the schema changes in the folder is logged. Raises ``SchemaInvalid``, or
    ``DataFolderUnusable`` before anything is written into a folder of another schema.
    """
    compiled = compile_loaded(loaded)
    blueprint, config = compiled.blueprint, compiled.config
    schema_hash = hashlib.sha256(blueprint.sdl.encode()).hexdigest()
    with ExitStack() as stack:
        store: Store
        expire: Callable[[float], object] = _expire_nothing
        if dynamodb_url is not None:
            from amplikit.store.dynamodb import open_dynamodb  # noqa: PLC0415  boto3 is slow to import

            store = open_dynamodb(dynamodb_url, blueprint.tables)
        else:
            embedded = SqliteStore.open(
                folder, blueprint.tables, schema_hash=schema_hash, durability=durability
            )
            for sentence in embedded.changed:
                log(f"{folder}: {sentence}")
            store, expire = embedded, embedded.expire
        stack.callback(store.close)
        identity = IdentityStore.open(folder, config, utc_now)
        stack.callback(identity.close)
        write_names(folder, config)
        runner = FunctionRunner()
        runtime = Runtime(
            blueprint=blueprint,
            config=config,
            resolvers=Interpreter(
                blueprint,
                store,
                NextTokens(identity.facts.next_token_secret),
                clock=utc_now,
                new_id=lambda: str(uuid4()),
            ),
            identity=identity,
            clock=utc_now,
            admin_token=secrets.token_urlsafe(32),
            triggers=ProjectTriggers(config, identity, runner, log),
            log=log,
            store=store,
            store_is_remote=dynamodb_url is not None,
        )
        yield Opened(runtime, store, runner, compiled, schema_hash, expire)


def _expire_nothing(_now_s: float) -> None:
    """Leave it to the DynamoDB that has the items."""
