"""Where AWS credentials come from, asked at every call.

The order is boto3's: a default session that the program has set up, the environment
(all that a Lambda function needs), then every other source that boto3 knows. boto3
itself is imported only for the last: it costs a cold start some 300 ms.
"""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from amplikit_client.errors import InvalidCall

if TYPE_CHECKING:
    import boto3

__all__ = ["CredentialSource", "Credentials"]


@dataclass(frozen=True, slots=True)
class Credentials:
    """One set of keys; ``session_token`` is there when they are temporary."""

    access_key: str
    secret_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


class _Refreshing(Protocol):
    """What botocore calls credentials: they renew themselves when frozen."""

    def get_frozen_credentials(self) -> _Frozen: ...


class _Frozen(Protocol):
    @property
    def access_key(self) -> str | None: ...
    @property
    def secret_key(self) -> str | None: ...
    @property
    def token(self) -> str | None: ...


class CredentialSource:
    """The credentials given, or whatever the environment has now."""

    def __init__(self, given: Credentials | None = None) -> None:
        self._given = given
        self._from_boto3: _Refreshing | None = None
        self._lock = threading.Lock()

    def current(self) -> Credentials:
        """Return the credentials to sign with now.

        Raises ``InvalidCall`` when there are none.
        """
        if self._given:
            return self._given
        session = _default_session()
        if session is None and (found := _from_environment()):
            return found
        # botocore refreshes under a lock of its own; finding them is not safe.
        with self._lock:
            if self._from_boto3 is None:
                self._from_boto3 = _search(session)
            refreshing = self._from_boto3
        frozen = refreshing.get_frozen_credentials()
        if not frozen.access_key or not frozen.secret_key:
            raise InvalidCall(_NONE_FOUND)
        return Credentials(frozen.access_key, frozen.secret_key, frozen.token)

    def renew(self) -> bool:
        """Forget what was found; say whether a new search may find something else."""
        with self._lock:
            self._from_boto3 = None
        return self._given is None


_NONE_FOUND = (
    "No AWS credentials are found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
    "or give IamAuth(access_key=..., secret_key=...)."
)


def _default_session() -> boto3.Session | None:
    """Return the session of ``boto3.setup_default_session``, if the program did."""
    module = sys.modules.get("boto3")
    return module.DEFAULT_SESSION if module else None


def _from_environment() -> Credentials | None:
    access_key = os.environ.get("AWS_ACCESS_KEY_ID")
    secret_key = os.environ.get("AWS_SECRET_ACCESS_KEY")
    if not access_key or not secret_key:
        return None
    return Credentials(
        access_key, secret_key, os.environ.get("AWS_SESSION_TOKEN") or None
    )


def _search(session: boto3.Session | None) -> _Refreshing:
    if session is None:
        try:
            import boto3  # noqa: PLC0415  optional, slow to import
        except ImportError:
            raise InvalidCall(_NONE_FOUND) from None
        session = boto3.Session()
    found = session.get_credentials()
    if found is None:
        raise InvalidCall(_NONE_FOUND)
    return found
