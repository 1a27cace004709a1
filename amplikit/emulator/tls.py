"""The certificate of ``serve --tls``: one leaf, under an authority without a key.

The authority is made for one leaf and its key is never written, so that nobody can
make another certificate that its users trust. It is bound to this machine's names
besides. No trust store is touched.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from certifi import where
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from amplikit.datafolder import not_writable, private_file, private_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

__all__ = ["TlsFiles", "tls_files"]

_LIFETIME: Final = timedelta(days=30)
_RENEW_BEFORE: Final = timedelta(days=2)
_CLOCK_SKEW: Final = timedelta(hours=1)
_NAMES: Final = ("localhost", "127.0.0.1", "::1")
_TITLE: Final = "amplikit local"


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """The authority's certificate, and the server's certificate with its key.

    ``bundle`` holds the public authorities and ours, for programs that take one file.
    """

    authority: Path
    server: Path
    bundle: Path

    @classmethod
    def of(cls, data_folder: Path) -> TlsFiles:
        """Return where they are in a data folder, whether they are there or not."""
        folder = data_folder / "tls"
        return cls(folder / "ca.pem", folder / "server.pem", folder / "bundle.pem")


def tls_files(data_folder: Path, names: Iterable[str], now: datetime) -> TlsFiles:
    """Return the certificate of a data folder, made or renewed where it must be.

    It holds for the local names and for ``names``, and is kept while it does, so that
    who trusts it need not do so again. Raises ``DataFolderUnusable``.
    """
    files = TlsFiles.of(data_folder)
    wanted = (*_NAMES, *(name.lower() for name in names if name.lower() not in _NAMES))
    private_folder(data_folder)
    try:
        files.server.parent.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise not_writable(files.server.parent, error) from None
    private_file(files.server)
    if not _holds(files, wanted, now):
        authority, server = _made(wanted, now)
        _write(files.server, server)
        _write(files.authority, authority)
        _write(files.bundle, Path(where()).read_bytes() + authority)
    return files


def _holds(files: TlsFiles, names: tuple[str, ...], now: datetime) -> bool:
    try:
        leaf = x509.load_pem_x509_certificates(files.server.read_bytes())[0]
        authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
        files.bundle.stat()
        leaf.verify_directly_issued_by(authority)
        found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (OSError, ValueError, IndexError, InvalidSignature, x509.ExtensionNotFound):
        return False
    lasts = leaf.not_valid_before_utc <= now < leaf.not_valid_after_utc - _RENEW_BEFORE
    return lasts and set(map(_general_name, names)) <= set(found.value)


def _made(names: tuple[str, ...], now: datetime) -> tuple[bytes, bytes]:
    """Return the authority's certificate, and the leaf with its chain and its key."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    leaf_key = ec.generate_private_key(ec.SECP256R1())
    # Its own name each time: a browser that trusts an older one must not mix them up.
    issuer = _name(f"{_TITLE} CA {secrets.token_hex(4)}")
    begin = now.astimezone(UTC) - _CLOCK_SKEW
    end = now.astimezone(UTC) + _LIFETIME
    general = [_general_name(name) for name in names]
    known = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())
    authority = (
        x509.CertificateBuilder(issuer, issuer, authority_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(known, critical=False)
        .add_extension(
            x509.NameConstraints([_subtree(one) for one in general], None),
            critical=True,
        )
        .sign(authority_key, hashes.SHA256())
    )
    leaf = (
        x509.CertificateBuilder(issuer, _name(_TITLE), leaf_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
        .add_extension(x509.SubjectAlternativeName(general), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(known),
            critical=False,
        )
        .sign(authority_key, hashes.SHA256())
    )
    key = leaf_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pem = serialization.Encoding.PEM
    return authority.public_bytes(pem), leaf.public_bytes(pem) + key


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.DNSName | x509.IPAddress:
    with contextlib.suppress(ValueError):
        return x509.IPAddress(ipaddress.ip_address(name))
    return x509.DNSName(name)


def _subtree(name: x509.DNSName | x509.IPAddress) -> x509.GeneralName:
    """Return the constraint that admits this name alone."""
    match name:
        case x509.IPAddress(value=ipaddress.IPv4Address() | ipaddress.IPv6Address()):
            return x509.IPAddress(ipaddress.ip_network(str(name.value)))
        case _:
            return name


def _write(path: Path, content: bytes) -> None:
    """Replace a file at once by one of mode 0600."""
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise not_writable(path, error) from None
