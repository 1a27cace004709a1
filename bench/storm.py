"""A storm of third parties at the gateway: how much is let through, and who waits.

32 threads call at three times the plan's rate for 30 s: rate x time + burst may pass.
Then as many callers with amplikit's client, which waits and tries again: all succeed.
Real sockets, one server process. ``RATE``, ``BURST``, ``SECONDS`` and ``THREADS``.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import requests
from amplikit_client import ApiKeyAuth, AppSyncClient
from amplikit_client.errors import AppSyncError

from amplikit.demo.server import Server, running

RATE = int(os.environ.get("RATE", "50"))
BURST = int(os.environ.get("BURST", "100"))
SECONDS = int(os.environ.get("SECONDS", "30"))
THREADS = int(os.environ.get("THREADS", "32"))
OVER = 3
TOLERANCE = 0.02
CALLS = 40
"""Of each patient caller."""
TIMEOUT_S = 30
QUERY = "{ listNotes(limit: 1) { items { id } } }"
FILES = {
    "schema/note.graphql": "type Note @model @auth(rules: [{ allow: public }]) {\n"
    "  id: ID!\n}\n",
    "amplify-config/api.toml": 'name = "storm"\ntransformer = "v2"\n'
    '[auth]\ndefault = "API_KEY"\n',
    "amplify-config/api-keys.toml": '[[keys]]\nname = "default"\n'
    '[[keys]]\nname = "partner"\nusage_plan = "p"\n'
    f'[usage_plans.p]\nmechanism = "gateway"\nrate = {RATE}\nburst = {BURST}\n'
    'quota = { limit = 100000000, period = "MONTH" }\n',
}


def storm(url: str, key: str) -> tuple[Counter[int], float]:
    """Return how often each status came back, and how long the storm was."""
    seen: Counter[int] = Counter()
    lock = threading.Lock()
    start = time.monotonic()
    pause_s = THREADS / (RATE * OVER)

    def call(number: int) -> None:
        mine: Counter[int] = Counter()
        with requests.Session() as session:
            session.headers["x-api-key"] = key
            due = start + pause_s * number / THREADS
            while due < start + SECONDS:
                time.sleep(max(0.0, due - time.monotonic()))
                answer = session.post(url, json={"query": QUERY}, timeout=TIMEOUT_S)
                mine[answer.status_code] += 1
                due += pause_s
        with lock:
            seen.update(mine)

    in_threads(call)
    return seen, time.monotonic() - start


def patience(url: str, key: str) -> Counter[str]:
    """Return how the calls of clients that wait have ended."""
    seen: Counter[str] = Counter()
    lock = threading.Lock()

    def call(_number: int) -> None:
        client = AppSyncClient(url, auth=ApiKeyAuth(key))
        for _ in range(CALLS):
            try:
                client.execute(QUERY)
                ended = "succeeded"
            except AppSyncError as error:
                ended = type(error).__name__
            with lock:
                seen[ended] += 1

    in_threads(call)
    return seen


def in_threads(call: object) -> None:
    """Run a function in all threads, each with its number."""
    threads = [
        threading.Thread(target=call, args=(number,))  # type: ignore[arg-type]
        for number in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main() -> int:
    """Run both, and say whether they held."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, text in FILES.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(text)
        server = Server(folder, folder / "data", folder / "server.log")
        with running(server):
            url, key = server["partner_url"], server.api_key("gateway")
            seen, seconds = storm(url, key)
            patient = patience(url, key)
    wanted = RATE * seconds + BURST
    off = seen[200] / wanted - 1
    print(f"sent {sum(seen.values())} in {seconds:.2f} s: {dict(seen)}")  # noqa: T201
    print(f"let through {seen[200]}, wanted {wanted:.0f}: {off:+.2%}")  # noqa: T201
    print(f"with backoff: {dict(patient)}")  # noqa: T201
    held = abs(off) <= TOLERANCE and patient["succeeded"] == THREADS * CALLS
    return 0 if held and set(seen) <= {200, 429} else 1


if __name__ == "__main__":
    sys.exit(main())
