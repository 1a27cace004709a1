"""Where a server is found: its URLs, and the ready file that tells them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import orjson

from amplikit.errors import ConfigInvalid, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amplikit.emulator.service import Service

__all__ = ["Endpoints", "ready_document", "ready_file"]


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The URLs of a server at ``base_url``; ``tls_ca`` is what its clients trust."""

    base_url: str
    tls_ca: Path | None = None

    @property
    def graphql(self) -> str:
        """GraphQL over HTTP."""
        return f"{self.base_url}/graphql"

    @property
    def realtime(self) -> str:
        """Subscriptions."""
        return f"{self.base_url.replace('http', 'ws', 1)}/graphql/realtime"

    @property
    def partner(self) -> str:
        """The gateway of third parties."""
        return f"{self.base_url}/partner/graphql"

    @property
    def user_pool(self) -> str:
        """The endpoint of the user pool's API."""
        return f"{self.base_url}/cognito-idp/"

    @property
    def dynamodb(self) -> str:
        """The endpoint of the tables."""
        return f"{self.base_url}/dynamodb/"

    @property
    def sts(self) -> str:
        """The endpoint of STS."""
        return f"{self.base_url}/sts/"

    @property
    def identity_pool(self) -> str:
        """The endpoint of the identity pool's API."""
        return f"{self.base_url}/cognito-identity/"


def ready_document(service: Service, endpoints: Endpoints) -> dict[str, object]:
    """Return the ready file's content; it holds secrets."""
    runtime = service.runtime
    identity, facts = runtime.identity, runtime.identity.facts
    roles = {role.name for role in runtime.blueprint.roles}
    roles |= {role.name for role in runtime.config.roles}
    return {
        "graphql_url": endpoints.graphql,
        "realtime_url": endpoints.realtime,
        "partner_url": endpoints.partner,
        "console_url": f"{endpoints.base_url}/_amplikit/console"
        f"#token={runtime.admin_token}",
        "admin_url": f"{endpoints.base_url}/_amplikit/graphql",
        "admin_token": runtime.admin_token,
        "issuer": service.issuer,
        "jwks_url": f"{service.issuer}/.well-known/jwks.json",
        "cognito_idp_url": endpoints.user_pool,
        "cognito_identity_url": endpoints.identity_pool,
        "dynamodb_url": endpoints.dynamodb,
        "sts_url": endpoints.sts,
        "region": facts.region,
        "user_pool_id": facts.user_pool_id,
        "user_pool_client_id": facts.user_pool_client_id,
        "identity_pool_id": facts.identity_pool_id,
        "api_keys": [
            {
                "id": key.id,
                "key": key.value,
                "usage_plan": key.usage_plan,
                "kind": key.kind,
            }
            for key in identity.api_keys.all(runtime.clock())
        ],
        "roles": sorted(roles),
        "schema_hash": hashlib.sha256(runtime.blueprint.sdl.encode()).hexdigest(),
        "tls_ca": str(endpoints.tls_ca.resolve()) if endpoints.tls_ca else None,
        "pid": os.getpid(),
    }


@contextlib.contextmanager
def ready_file(path: Path, document: Mapping[str, object]) -> Iterator[None]:
    """Keep a file of mode 0600 for the block's time; it appears whole or not at all.

    What another server has put in its place meanwhile stays. Raises ``ConfigInvalid``
    when the file cannot be written.
    """
    content = orjson.dumps(document, option=orjson.OPT_INDENT_2)
    with contextlib.ExitStack() as held:
        try:
            # Open until the end: its inode is no other file's as long as we look.
            file = held.enter_context(_written(path, content))
        except OSError as error:
            raise _unusable(path, error) from error
        try:
            yield
        finally:
            _unlink_own(path, os.fstat(file.fileno()))


@contextlib.contextmanager
def _written(path: Path, content: bytes) -> Iterator[BinaryIO]:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    temporary = Path(name)
    with os.fdopen(descriptor, "wb") as file:
        try:
            file.write(content)
            file.flush()
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        yield file


def _unlink_own(path: Path, own: os.stat_result) -> None:
    """Remove the file, unless it is another server's by now, or gone."""
    with contextlib.suppress(OSError):
        if os.path.samestat(path.lstat(), own):
            path.unlink()


def _unusable(path: Path, error: OSError) -> ConfigInvalid:
    return ConfigInvalid(
        Problem(
            code="ready-file-unusable",
            message=f"'{path}' cannot be written: {error.strerror}.",
            hint="Name a file in a folder that exists and is yours.",
        )
    )
