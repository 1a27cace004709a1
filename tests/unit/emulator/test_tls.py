from __future__ import annotations

import asyncio
import json
import socket
import ssl
import stat
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from cryptography import x509
from gql import Client, gql
from gql.transport.appsync_auth import AppSyncApiKeyAuthentication
from gql.transport.appsync_websockets import AppSyncWebsocketsTransport
from gql.transport.exceptions import TransportQueryError

from amplikit.emulator.ready import ready_document
from amplikit.emulator.server import ServeOptions, running
from amplikit.emulator.tls import TlsFiles, tls_files
from amplikit.errors import ToolkitError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Api

NOW = datetime.now(UTC)


def certificates(files: TlsFiles) -> tuple[x509.Certificate, x509.Certificate]:
    return (
        x509.load_pem_x509_certificate(files.authority.read_bytes()),
        x509.load_pem_x509_certificate(files.server.read_bytes()),
    )


def test_the_authority_cannot_sign_again_nor_for_other_names(tmp_path: Path) -> None:
    files = tls_files(tmp_path / "data", (), NOW)

    authority, leaf = certificates(files)
    leaf.verify_directly_issued_by(authority)
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert [str(one.value) for one in constraints.value.permitted_subtrees or ()] == [
        "localhost",
        "127.0.0.1/32",
        "::1/128",
    ]
    basic = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (basic.ca, basic.path_length) == (True, 0)
    everything = b"".join(one.read_bytes() for one in files.server.parent.iterdir())
    assert everything.count(b"PRIVATE KEY-----") == 2  # one key's begin and end
    assert b"PRIVATE KEY" in files.server.read_bytes()
    assert leaf.public_key() != authority.public_key()


def test_the_files_are_their_owners_alone(tmp_path: Path) -> None:
    files = tls_files(tmp_path / "data", (), NOW)

    modes = {stat.S_IMODE(one.stat().st_mode) for one in files.server.parent.iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE(files.server.parent.stat().st_mode) == 0o700


def test_a_certificate_lasts_thirty_days_and_is_kept_meanwhile(tmp_path: Path) -> None:
    first = certificates(tls_files(tmp_path, (), NOW))[1]

    kept = certificates(tls_files(tmp_path, ("localhost",), NOW + timedelta(days=27)))
    renewed = certificates(tls_files(tmp_path, (), NOW + timedelta(days=29)))

    assert first.not_valid_after_utc - NOW < timedelta(days=30)
    assert kept[1] == first
    assert renewed[1] != first
    renewed[1].verify_directly_issued_by(renewed[0])


def spoil_authority(files: TlsFiles) -> None:
    files.authority.write_bytes(b"none")


def swap_authority(files: TlsFiles) -> None:
    other = tls_files(files.server.parents[2] / "other", (), NOW)
    files.authority.write_bytes(other.authority.read_bytes())


def empty_server(files: TlsFiles) -> None:
    files.server.write_bytes(b"")


def remove_bundle(files: TlsFiles) -> None:
    files.bundle.unlink()


@pytest.mark.parametrize(
    "spoil", [spoil_authority, swap_authority, empty_server, remove_bundle]
)
def test_files_that_do_not_belong_together_are_made_anew(
    tmp_path: Path, spoil: Callable[[TlsFiles], None]
) -> None:
    files = tls_files(tmp_path / "data", (), NOW)
    spoil(files)

    authority, leaf = certificates(tls_files(tmp_path / "data", (), NOW))

    leaf.verify_directly_issued_by(authority)
    assert files.bundle.read_bytes().endswith(files.authority.read_bytes())


def test_a_name_that_is_allowed_is_in_the_certificate(tmp_path: Path) -> None:
    tls_files(tmp_path, (), NOW)

    _, leaf = certificates(tls_files(tmp_path, ("App.Test", "127.0.0.2"), NOW))

    found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert found.get_values_for_type(x509.DNSName) == ["localhost", "app.test"]
    assert "127.0.0.2" in map(str, found.get_values_for_type(x509.IPAddress))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    files = tls_files(tmp_path / "data", (), NOW)
    files.server.chmod(mode)

    with pytest.raises(ToolkitError) as raised:
        tls_files(tmp_path / "data", (), NOW)

    assert raised.value.problems[0].code == "data-folder-readable-by-others"


def ask(url: str, key: str, query: str, trusted: ssl.SSLContext) -> object:
    body = json.dumps({"query": query}).encode()
    with urlopen(Request(url, body, {"x-api-key": key}), context=trusted) as answer:
        return json.load(answer)


def test_who_trusts_the_authority_gets_in_and_nobody_else(
    api: Api, tmp_path: Path
) -> None:
    files = tls_files(tmp_path / "data", (), NOW)
    trusted = ssl.create_default_context(cafile=str(files.authority))
    bundled = ssl.create_default_context(cafile=str(files.bundle))
    with running(api.service.runtime, ServeOptions(tls=files)) as endpoints:
        assert endpoints.base_url.startswith("https://127.0.0.1:")
        assert endpoints.realtime.startswith("wss://127.0.0.1:")
        ready = ready_document(api.service, endpoints)
        by_name = endpoints.graphql.replace("127.0.0.1", "localhost")
        for url in (endpoints.graphql, by_name):
            for context in (trusted, bundled):
                told = ask(url, api.key(), "{__typename}", context)
                assert told == {"data": {"__typename": "Query"}}
        with pytest.raises(URLError, match="CERTIFICATE_VERIFY_FAILED"):
            ask(endpoints.graphql, api.key(), "{a}", ssl.create_default_context())
        port = int(endpoints.base_url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), 10) as plain:
            plain.sendall(b"GET /_amplikit/health HTTP/1.1\r\nhost: localhost\r\n\r\n")
            assert b"ok" not in plain.recv(1_000)

    assert ready["tls_ca"] == str(files.authority)
    assert "Traceback" not in "".join(api.log)


def test_subscriptions_come_over_wss(api: Api, tmp_path: Path) -> None:
    files = tls_files(tmp_path / "data", (), NOW)
    trusted = ssl.create_default_context(cafile=str(files.authority))
    with running(api.service.runtime, ServeOptions(tls=files)) as endpoints:
        host = endpoints.base_url.removeprefix("https://")

        async def refusal() -> str:
            transport = AppSyncWebsocketsTransport(
                url=endpoints.realtime,
                auth=AppSyncApiKeyAuthentication(host, api.key()),
                ssl=trusted,
            )
            async with asyncio.timeout(10), Client(transport=transport) as session:
                with pytest.raises(TransportQueryError) as raised:
                    async for _ in session.subscribe(gql("subscription { nobody }")):
                        pass
                return str(raised.value)

        assert "Field 'nobody' in type 'Subscription' is undefined" in asyncio.run(
            refusal()
        )
