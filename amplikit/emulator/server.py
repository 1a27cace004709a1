"""One uvicorn process: from a bound socket to a clean exit."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import resource
import signal
import socket
import sys
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import uvicorn

from amplikit.emulator.app import LOCAL_HOSTS, App
from amplikit.emulator.protocol import http_protocol, loop_factory
from amplikit.emulator.ready import Endpoints, ready_document, ready_file
from amplikit.emulator.realtime.websocket import WebSocketProtocol
from amplikit.emulator.service import MAX_CONNECTIONS, Service
from amplikit.errors import Problem, ToolkitError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from amplikit.emulator.runtime import Runtime
    from amplikit.emulator.tls import TlsFiles

__all__ = ["Bound", "ServeOptions", "bind", "running", "serve"]

_MAX_FRAME_BYTES: Final = 1_048_576
# As many as the clients of a restarted server that come back at once; the system may
# allow fewer.
_BACKLOG: Final = 4_096
_GRACE_S: Final = 3
_KEEP_ALIVE_S: Final = 65
_TIME_TOLD_EVERY_S: Final = 15
# A level of a query takes about a dozen frames of graphql-core.
_RECURSION_LIMIT: Final = 4_000
# Beside the WebSocket connections: requests, the store's files.
_OTHER_FILES: Final = 4_096
# Of a thread that executes requests; some platforms give less than that needs.
_STACK_BYTES: Final = 16 << 20


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """How a server runs; ``allowed_hosts`` are names beyond the local ones.

    ``on_stop`` is awaited when no request is answered any more. ``on_time`` is called
    now and then, in a thread, with the runtime's time in seconds since 1970. With
    ``tls`` the server speaks HTTPS and nothing else. When ``until`` returns, the server
    ends as at a signal. Ready files are in ``files``, if that is given, and stay then.
    """

    ready_file: Path | None = None
    allowed_hosts: tuple[str, ...] = ()
    on_ready: Callable[[Endpoints], None] | None = None
    on_stop: Callable[[], Awaitable[None]] | None = None
    on_time: Callable[[float], object] | None = None
    tls: TlsFiles | None = None
    until: Callable[[], Awaitable[object]] | None = None
    files: contextlib.ExitStack | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """A socket that listens, so that its port is known before anything else is."""

    host: str
    port: int
    socket: socket.socket = field(repr=False)

    def base_url(self, tls: TlsFiles | None = None) -> str:
        """Return the URL of the server."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if tls else 'http'}://{host}:{self.port}"

    def again(self) -> Bound:
        """Return the same socket for one server; it ends with that server."""
        return replace(self, socket=self.socket.dup())

    def close(self) -> None:
        """Stop listening; for whoever does not come to serve."""
        self.socket.close()


def bind(host: str = "127.0.0.1", port: int = 0) -> Bound:
    """Listen at a loopback address; port 0 takes a free one.

    Raises ``ToolkitError``: ``port-in-use``, ``not-loopback`` or ``host-unusable``.
    """
    if not _is_loopback(host):
        raise ToolkitError(
            Problem(
                code="not-loopback",
                message=f"'{host}' is not a loopback address.",
                hint="Use 127.0.0.1, or ::1.",
            )
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
        listening.settimeout(0)
    except (OSError, OverflowError) as error:
        listening.close()
        raise _unusable(host, port, error) from error
    return Bound(host, listening.getsockname()[1], listening)


def serve(runtime: Runtime, bound: Bound, options: ServeOptions | None = None) -> bool:
    """Serve until SIGTERM or SIGINT, or ``options.until``; return whether it was one.

    To be called in the main thread.
    """
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(
            _serve(runtime, bound, options or ServeOptions(), signals=True)
        )


@contextlib.contextmanager
def running(
    runtime: Runtime, options: ServeOptions | None = None
) -> Iterator[Endpoints]:
    """Serve in a thread of this process at a free port, for the block's time."""
    bound = bind()
    started = threading.Event()
    endpoints: list[Endpoints] = []
    servers: list[_Server] = []
    faults: list[BaseException] = []

    def ready(found: Endpoints) -> None:
        endpoints.append(found)
        if given.on_ready:
            given.on_ready(found)
        started.set()

    given = options or ServeOptions()
    ready_options = replace(given, on_ready=ready)

    def work() -> None:
        try:
            with asyncio.Runner(loop_factory=loop_factory()) as runner:
                runner.run(_serve(runtime, bound, ready_options, servers=servers))
        except BaseException as fault:  # noqa: BLE001  it is raised where the block is
            faults.append(fault)
        finally:
            started.set()  # also for who waits for a start that failed

    thread = threading.Thread(target=work, name="amplikit-server", daemon=True)
    thread.start()
    started.wait()
    try:
        if not endpoints:
            message = "the server ended before it was ready"
            raise RuntimeError(message) from (faults[0] if faults else None)
        yield endpoints[0]
    finally:
        for server in servers:
            server.should_exit = True
        thread.join()
    if faults:
        raise faults[0]


class _Server(uvicorn.Server):
    """Uvicorn that says when it answers and leaves signals, and the exit, to us."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started
        self.stopped = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        if not self.started:
            return
        try:
            self._on_started()
        except BaseException:
            await self.shutdown(sockets)  # a loop with open sockets does not close
            raise

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing: uvicorn would raise the signal again after its exit."""
        yield


async def _serve(
    runtime: Runtime,
    bound: Bound,
    options: ServeOptions,
    *,
    signals: bool = False,
    servers: list[_Server] | None = None,
) -> bool:
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _RECURSION_LIMIT))
    threading.stack_size(_STACK_BYTES)
    base_url = bound.base_url(options.tls)
    runtime.identity.announce(base_url)
    service = Service(runtime, base_url, _allowed_connections())
    endpoints = Endpoints(base_url, options.tls.authority if options.tls else None)
    with contextlib.ExitStack() as files:

        def on_started() -> None:
            if options.ready_file:
                document = ready_document(service, endpoints)
                kept = files if options.files is None else options.files
                kept.enter_context(ready_file(options.ready_file, document))
            if options.on_ready:
                options.on_ready(endpoints)

        names = (bound.host, *options.allowed_hosts)
        hosts = LOCAL_HOSTS.union(map(str.lower, names))
        config = uvicorn.Config(
            App(service, hosts),
            http=http_protocol(runtime.log),
            ws=WebSocketProtocol,
            ws_max_size=_MAX_FRAME_BYTES,
            # AppSync tells that it is there by keep-alives, and compresses nothing.
            ws_ping_interval=None,
            ws_per_message_deflate=False,
            backlog=_BACKLOG,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_GRACE_S,
            ssl_certfile=options.tls.server if options.tls else None,
        )
        server = _Server(config, on_started)
        if servers is not None:
            servers.append(server)
        if signals:
            files.enter_context(_stopping_on_signals(server))
        clock = asyncio.create_task(_tell_time(runtime, options.on_time))
        ending = asyncio.create_task(_end(server, options.until))
        try:
            await server.serve(sockets=[bound.socket])
        finally:
            clock.cancel()
            ending.cancel()
            service.stop()
            if options.on_stop:
                await options.on_stop()
        if ending.done() and not ending.cancelled():
            ending.result()  # a fault of whoever watched is not passed over
    return server.stopped


async def _end(server: _Server, until: Callable[[], Awaitable[object]] | None) -> None:
    """End the server when ``until`` returns, or when it fails."""
    if until is None:
        return
    try:
        await until()
    finally:
        server.should_exit = True


async def _tell_time(
    runtime: Runtime, on_time: Callable[[float], object] | None
) -> None:
    """Call ``on_time`` until cancelled; a fault of the disk is told and tried again."""
    while on_time is not None:
        try:
            await asyncio.to_thread(on_time, runtime.clock().timestamp())
        except ToolkitError as error:
            runtime.log(str(error))
        await asyncio.sleep(_TIME_TOLD_EVERY_S)


def _allowed_connections() -> int:
    """Let as many sockets be open as we serve; return how many that are.

    Where the system allows fewer, half of them are for WebSocket connections.
    """
    wanted = MAX_CONNECTIONS + _OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    elif soft != resource.RLIM_INFINITY:
        allowed = soft
    return min(MAX_CONNECTIONS, max(allowed - _OTHER_FILES, allowed // 2))


@contextlib.contextmanager
def _stopping_on_signals(server: _Server) -> Iterator[None]:
    """Stop at a signal, at once at the second; before and after, others handle them."""

    def stop(_number: int, _frame: object) -> None:
        server.force_exit = server.stopped
        server.stopped = server.should_exit = True

    before = {one: signal.signal(one, stop) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _unusable(host: str, port: int, error: Exception) -> ToolkitError:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return ToolkitError(
            Problem(
                code="port-in-use",
                message=f"Port {port} of {host} is in use.",
                hint="Stop what listens there, or choose another with --port"
                " (0 takes a free one).",
            )
        )
    return ToolkitError(
        Problem(
            code="host-unusable",
            message=f"{host}:{port} cannot be listened at: {error}.",
            hint="Choose another address with --host and --port.",
        )
    )
