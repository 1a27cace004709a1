from __future__ import annotations

import multiprocessing
import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import (
    ApiKeyConfig,
    Config,
    Mechanism,
    UsagePlan,
    UserConfig,
)
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.user_pool import (
    Mfa,
    PasswordPolicy,
    UserPoolClient,
    UserPoolSettings,
)
from amplikit.errors import ConfigInvalid, DataFolderUnusable
from amplikit.identity import IdentityStore
from amplikit.identity.user_pool.admin import create_user, delete_user

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime


CONFIG = Config(
    name="app",
    transformer=Transformer.V1,
    auth=AuthConfig(AuthMode.API_KEY),
    groups=("Editors",),
    users=(UserConfig("alice", "alice@example.com", ("Admins",)),),
    api_keys=(ApiKeyConfig("partner", 30, "gold"), ApiKeyConfig("site")),
    usage_plans=(UsagePlan("gold", Mechanism.GATEWAY, rate_per_s=2),),
)


@pytest.fixture
def reopen(folder: Path, now: datetime) -> Iterator[Callable[..., IdentityStore]]:
    opened = []

    def open_again(config: Config | None = None) -> IdentityStore:
        store = IdentityStore.open(folder, config, lambda: now)
        opened.append(store)
        return store

    yield open_again
    for store in opened:
        store.close()


def test_ids_have_the_services_shapes(store: IdentityStore) -> None:
    facts = store.facts
    assert re.fullmatch(r"us-east-1_[A-Za-z0-9]{9}", facts.user_pool_id)
    assert re.fullmatch(r"[a-z0-9]{26}", facts.user_pool_client_id)
    assert re.fullmatch(r"us-east-1:[0-9a-f-]{36}", facts.identity_pool_id)
    assert re.fullmatch(r"[a-z0-9]{26}", facts.api_id)
    assert len(facts.next_token_secret) == 32
    assert len({key.kid for key in store.pool.signing_keys}) == 2


def test_everything_is_the_same_after_a_restart(
    store: IdentityStore, reopen: Callable[..., IdentityStore], now: datetime
) -> None:
    again = reopen()
    assert again.facts == store.facts
    assert again.api_keys.all(now) == store.api_keys.all(now)
    kids = [key.kid for key in store.pool.signing_keys]
    assert [key.kid for key in again.pool.signing_keys] == kids


def test_region_and_account_are_those_of_the_first_config(
    tmp_path: Path, now: datetime
) -> None:
    first = replace(CONFIG, region="eu-west-1", account_id="999999999999")
    store = IdentityStore.open(tmp_path / "d", first, lambda: now)
    store.close()
    again = IdentityStore.open(tmp_path / "d", CONFIG, lambda: now)
    again.close()
    assert again.facts == store.facts
    assert again.facts.region == "eu-west-1"


def test_the_configuration_is_seeded_once(
    reopen: Callable[..., IdentityStore], now: datetime
) -> None:
    first = reopen(CONFIG)
    assert [user.username for user in first.seeded_users] == ["alice"]
    assert [group.name for group in first.pool.groups.all()] == ["Admins", "Editors"]
    assert first.pool.users.get("alice").groups == ("Admins",)
    names = [(key.name, key.kind) for key in first.api_keys.all(now)]
    assert sorted(names) == [
        ("default", "appsync"),
        ("partner", "gateway"),
        ("site", "appsync"),
    ]
    again = reopen(CONFIG)
    assert again.seeded_users == ()
    assert again.api_keys.all(now) == first.api_keys.all(now)


def test_what_is_new_in_the_configuration_is_added(
    reopen: Callable[..., IdentityStore],
) -> None:
    reopen(CONFIG)
    more = replace(CONFIG, users=(*CONFIG.users, UserConfig("bob")))
    assert [user.username for user in reopen(more).seeded_users] == ["bob"]


def test_what_was_deleted_stays_deleted(
    reopen: Callable[..., IdentityStore],
) -> None:
    store = reopen(CONFIG)
    delete_user(store.pool, "alice")
    store.api_keys.revoke("site")
    again = reopen(CONFIG)
    assert again.pool.users.get("alice") is None
    assert again.api_keys.get("site") is None


def test_a_seeded_password_is_in_the_outbox_and_signs_in(
    reopen: Callable[..., IdentityStore],
) -> None:
    store = reopen(CONFIG)
    (seeded,) = store.seeded_users
    (message,) = store.pool.outbox.messages()
    assert message.to == "alice@example.com"
    assert seeded.password in message.body
    digest = store.pool.passwords.digest_of("alice")
    assert store.pool.passwords.holds(seeded.password, digest)


def test_there_is_a_plain_key_even_when_the_last_one_was_revoked(
    reopen: Callable[..., IdentityStore], now: datetime
) -> None:
    store = reopen(CONFIG)
    for key in store.api_keys.all(now):
        store.api_keys.revoke(key.id)
    (key,) = reopen(CONFIG).api_keys.all(now)
    assert (key.kind, key.usage_plan) == ("appsync", None)


def test_an_impossible_user_is_a_problem_of_the_configuration(
    tmp_path: Path, now: datetime
) -> None:
    wrong = replace(CONFIG, users=(UserConfig("two words"),))
    with pytest.raises(ConfigInvalid) as caught:
        IdentityStore.open(tmp_path / "d", wrong, lambda: now)
    assert caught.value.problems[0].code == "seeded-user-invalid"
    store = IdentityStore.open(tmp_path / "d", CONFIG, lambda: now)
    assert [user.username for user in store.seeded_users] == ["alice"]
    store.close()


def test_folder_and_file_are_private_and_ignored_by_git(
    tmp_path: Path, now: datetime
) -> None:
    folder = tmp_path / "deep" / "data"
    IdentityStore.open(folder, None, lambda: now).close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "identity.sqlite").stat().st_mode) == 0o600
    assert (folder / ".gitignore").read_text() == "*\n"


def test_a_folder_with_other_things_keeps_its_mode(
    tmp_path: Path, now: datetime
) -> None:
    (tmp_path / "mine.txt").write_text("x")
    mode = tmp_path.stat().st_mode
    IdentityStore.open(tmp_path, None, lambda: now).close()
    assert tmp_path.stat().st_mode == mode
    assert not (tmp_path / ".gitignore").exists()


def refusal_code(folder: Path, now: datetime) -> str:
    with pytest.raises(DataFolderUnusable) as caught:
        IdentityStore.open(folder, None, lambda: now)
    (problem,) = caught.value.problems
    assert str(folder) in problem.message
    return problem.code


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_file_that_others_may_use_is_refused(
    folder: Path, now: datetime, mode: int
) -> None:
    (folder / "identity.sqlite").chmod(mode)
    assert refusal_code(folder, now) == "data-folder-readable-by-others"


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path, now: datetime) -> None:
    (tmp_path / "data").write_text("x")
    assert refusal_code(tmp_path / "data", now) == "data-folder-not-a-folder"


def test_a_folder_in_the_files_place_is_refused(tmp_path: Path, now: datetime) -> None:
    (tmp_path / "identity.sqlite").mkdir()
    assert refusal_code(tmp_path, now) == "data-folder-not-writable"


def test_a_file_that_is_no_database_is_refused(folder: Path, now: datetime) -> None:
    (folder / "identity.sqlite").write_bytes(b"not a database " * 1000)
    assert refusal_code(folder, now) == "data-folder-damaged"


def test_a_file_cut_short_is_refused(folder: Path, now: datetime) -> None:
    path = folder / "identity.sqlite"
    path.write_bytes(b"x")
    assert refusal_code(folder, now) == "data-folder-damaged"
    assert path.read_bytes() == b"x"


@pytest.mark.parametrize("version", [0, 1, -1])
def test_a_database_of_something_else_is_refused(
    tmp_path: Path, now: datetime, version: int
) -> None:
    path = tmp_path / "identity.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE mine (x)")
        connection.execute(f"PRAGMA user_version = {version}")
    path.chmod(0o600)
    before = path.read_bytes()
    assert refusal_code(tmp_path, now) == "data-folder-damaged"
    assert path.read_bytes() == before


def test_a_store_whose_making_was_killed_is_made_again(
    tmp_path: Path, now: datetime
) -> None:
    path = tmp_path / "identity.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    path.chmod(0o600)
    IdentityStore.open(tmp_path, None, lambda: now).close()


def test_a_special_file_is_refused_without_a_wait(
    tmp_path: Path, now: datetime
) -> None:
    os.mkfifo(tmp_path / "identity.sqlite", 0o600)
    assert refusal_code(tmp_path, now) == "data-folder-damaged"


def test_a_locked_file_is_busy(
    folder: Path, now: datetime, reopen: Callable[..., IdentityStore]
) -> None:
    store = reopen()
    # The wait is SQLite's own; here there is none.
    store.database.rows("PRAGMA busy_timeout = 0")
    with closing(
        sqlite3.connect(folder / "identity.sqlite", isolation_level=None)
    ) as other:
        other.execute("BEGIN IMMEDIATE")
        for write in (
            lambda: store.api_keys.create("k", now),
            lambda: store.announce("http://127.0.0.1:1"),
        ):
            with pytest.raises(DataFolderUnusable) as caught:
                write()
            assert [each.code for each in caught.value.problems] == ["data-folder-busy"]


_OPEN_AND_CLOSE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from amplikit.identity import IdentityStore

IdentityStore.open(Path(sys.argv[1]), None, lambda: datetime.now(UTC)).close()
"""


def test_a_store_opened_twice_keeps_what_is_written_beside_another_process(
    folder: Path, reopen: Callable[..., IdentityStore]
) -> None:
    first = reopen()
    first.announce("http://127.0.0.1:1")
    reopen()
    subprocess.run([sys.executable, "-c", _OPEN_AND_CLOSE, str(folder)], check=True)
    first.announce("http://127.0.0.1:2")
    assert reopen().base_url == "http://127.0.0.1:2"


def test_a_damaged_database_is_refused(folder: Path, now: datetime) -> None:
    path = folder / "identity.sqlite"
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    assert refusal_code(folder, now) == "data-folder-damaged"


def test_a_newer_format_is_refused(folder: Path, now: datetime) -> None:
    connection = sqlite3.connect(folder / "identity.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert refusal_code(folder, now) == "data-folder-of-newer-format"


def test_the_servers_address_is_known_beside_it(
    store: IdentityStore, reopen: Callable[..., IdentityStore]
) -> None:
    assert reopen().base_url == "http://127.0.0.1:20002"
    store.announce("http://127.0.0.1:4711")
    assert reopen().base_url == "http://127.0.0.1:4711"


def _open_and_report(
    folder: str, queue: multiprocessing.Queue[tuple[str, str]], now: datetime
) -> None:
    store = IdentityStore.open(Path(folder), None, lambda: now)
    queue.put((store.facts.user_pool_id, store.api_keys.all(now)[0].value))
    store.close()


def test_two_processes_that_make_the_store_at_once_make_one(
    tmp_path: Path, now: datetime
) -> None:
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    arguments = (str(tmp_path / "data"), queue, now)
    workers = [
        context.Process(target=_open_and_report, args=arguments) for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    reports = {queue.get(timeout=60) for _ in workers}
    for worker in workers:
        worker.join()
    assert len(reports) == 1


def _create_keys_until_killed(
    folder: str, queue: multiprocessing.SimpleQueue[str], now: datetime
) -> None:
    store = IdentityStore.open(Path(folder), None, lambda: now)
    for number in range(40):
        queue.put(store.api_keys.create(f"k{number}", now).value)
    signal.pause()


def test_what_was_acknowledged_survives_a_kill(
    folder: Path, now: datetime, reopen: Callable[..., IdentityStore]
) -> None:
    context = multiprocessing.get_context("spawn")
    queue = context.SimpleQueue()
    worker = context.Process(
        target=_create_keys_until_killed, args=(str(folder), queue, now)
    )
    worker.start()
    acknowledged = [queue.get() for _ in range(20)]
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    store = reopen()
    assert all(store.api_keys.find(value) for value in acknowledged)


def test_a_folder_of_the_first_format_is_brought_forward(
    folder: Path, now: datetime, reopen: Callable[..., IdentityStore]
) -> None:
    path = folder / "identity.sqlite"
    store = reopen()
    pool = store.pool
    created = create_user(pool, "ann", now, password="Passw0rd!", groups=["staff"])
    tables = {row["name"] for row in store.database.rows("SELECT * FROM sqlite_master")}
    store.close()
    new = ("issued_code", "auth_session", "second_factor", "pool_client", "signed_out")
    with closing(sqlite3.connect(path)) as connection:
        for name in new:
            connection.execute(f"DROP TABLE {name}")
        for name in ("user_email", "user_phone", "refresh_token_origin"):
            connection.execute(f"DROP INDEX {name}")
        connection.execute("DROP INDEX refresh_token_user")
        for table, column in (
            ("user", "password_expires_at"),
            *(('"group"', each) for each in ("description", "precedence", "role_arn")),
            *(('"group"', each) for each in ("created_at", "modified_at")),
            *(("refresh_token", each) for each in ("scope", "revoked")),
        ):
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.execute(
            "CREATE TABLE confirmation_code (username TEXT PRIMARY KEY, code TEXT"
            " NOT NULL, expires_at INTEGER NOT NULL)"
        )
        connection.execute("INSERT INTO confirmation_code VALUES ('bob', '123456', 9)")
        connection.execute("DELETE FROM password WHERE scheme = 'srp'")
        connection.execute("PRAGMA user_version = 1")
        connection.commit()
    store = reopen()
    assert store.pool.users.get("ann") == created
    (code,) = store.database.rows("SELECT * FROM issued_code")
    assert tuple(code) == ("bob", "sign-up", "123456", 9)
    assert store.pool.clients.get(store.facts.user_pool_client_id)
    rows = store.database.rows("SELECT * FROM sqlite_master")
    assert {row["name"] for row in rows} == tables


def test_a_configuration_that_changes_changes_the_pool_and_keeps_its_clients(
    tmp_path: Path, now: datetime
) -> None:
    def opened(**changes: object) -> IdentityStore:
        config = Config("a", Transformer.V2, AuthConfig(AuthMode.USER_POOLS), **changes)
        return IdentityStore.open(tmp_path / "data", config, lambda: now)

    web = UserPoolClient("web", has_secret=True)
    store = opened(user_pool_clients=(web,))
    made = store.pool.clients.named("web")
    default = store.pool.clients.get(store.facts.user_pool_client_id)
    assert (made.secret is not None, default.secret) == (True, None)
    store.pool.settings.save(UserPoolSettings(mfa=Mfa.OFF))
    store.close()
    store = opened(user_pool_clients=(web,))
    assert store.pool.settings.get().mfa is Mfa.OFF  # what a call changed stays
    store.close()
    changed = UserPoolSettings(mfa=Mfa.ON, password_policy=PasswordPolicy(12))
    store = opened(
        user_pool=changed,
        user_pool_clients=(
            replace(web, session_minutes=9),
            UserPoolClient("default", hides_users=False),
        ),
    )
    assert store.pool.settings.get() == changed
    again = store.pool.clients.named("web")
    assert (again.id, again.secret) == (made.id, made.secret)
    assert again.settings.session_minutes == 9
    default = store.pool.clients.get(store.facts.user_pool_client_id)
    assert not default.settings.hides_users
    store.close()
