"""Who calls: the three kinds of credential that an AppSync API accepts.

Each gives the headers for one call. Nothing is kept that the service could have
rotated: credentials and tokens are asked for at every call, from a source that knows
when to renew them.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

import requests
from requests_aws4auth import AWS4Auth

from amplikit_client.credentials import Credentials, CredentialSource
from amplikit_client.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

__all__ = ["ApiKeyAuth", "Auth", "IamAuth", "UserPoolAuth"]

SERVICE = "appsync"
_REGION_IN_HOST = re.compile(r"\.appsync-(?:realtime-)?api\.([a-z0-9-]+)\.amazonaws\.")


@dataclass(frozen=True, slots=True)
class ApiKeyAuth:
    """An API key, in ``x-api-key``."""

    key: str = field(repr=False)

    def __post_init__(self) -> None:
        _header_value(self.key, "API key")

    def headers(self, url: str, body: bytes, now: datetime) -> dict[str, str]:
        """Return the key's header."""
        del url, body, now
        return {"x-api-key": _header_value(self.key, "API key")}

    def renew(self) -> bool:
        """Say that another try cannot differ: a key is what it is."""
        return False


@dataclass(frozen=True, slots=True)
class UserPoolAuth:
    """A token of a Cognito user pool, in ``Authorization``.

    ``token`` may be a function: it is called for every request, and once more when
    the service says that the token has expired.
    """

    token: str | Callable[[], str] = field(repr=False)

    def __post_init__(self) -> None:
        if isinstance(self.token, str):
            _header_value(self.token, "token")
        elif not callable(self.token):
            raise InvalidCall("UserPoolAuth takes a token or a function without args.")

    def current(self) -> str:
        """Return the token to send now."""
        given = self.token if isinstance(self.token, str) else self.token()
        return _header_value(given, "token")

    def headers(self, url: str, body: bytes, now: datetime) -> dict[str, str]:
        """Return the token's header."""
        del url, body, now
        return {"Authorization": self.current()}

    def renew(self) -> bool:
        """Say whether the next call may send another token."""
        return not isinstance(self.token, str)


class IamAuth:
    """AWS credentials, as a SigV4 signature.

    Without arguments the credentials are those of the environment, in boto3's own
    order and renewed as boto3 does (see ``credentials.py``). The region is the one
    given, else that of the API's host name, ``AWS_REGION``, ``AWS_DEFAULT_REGION``.
    """

    def __init__(
        self,
        region: str | None = None,
        access_key: str | None = None,
        secret_key: str | None = None,
        session_token: str | None = None,
    ) -> None:
        if bool(access_key) != bool(secret_key):
            raise InvalidCall("IamAuth needs both access_key and secret_key, or none.")
        if session_token and not access_key:
            raise InvalidCall("IamAuth needs access_key and secret_key too.")
        given = (
            Credentials(access_key, secret_key, session_token or None)
            if access_key and secret_key
            else None
        )
        self.region = region
        self.credentials = CredentialSource(given)

    def __repr__(self) -> str:
        return f"IamAuth(region={self.region!r})"

    def region_for(self, url: str, environ: Mapping[str, str] | None = None) -> str:
        """Return the region to sign for; raises ``InvalidCall`` when none is known."""
        variables = os.environ if environ is None else environ
        in_host = _REGION_IN_HOST.search(urlsplit(url).hostname or "")
        region = (
            self.region
            or (in_host.group(1) if in_host else None)
            or variables.get("AWS_REGION")
            or variables.get("AWS_DEFAULT_REGION")
        )
        if not region:
            raise InvalidCall(
                "No AWS region is known: set AWS_REGION, or give IamAuth(region=...)."
            )
        return region

    def headers(self, url: str, body: bytes, now: datetime) -> dict[str, str]:
        """Return the signature's headers, for exactly this URL, body and time."""
        held = self.credentials.current()
        request = requests.Request(
            "POST",
            url,
            headers={
                "content-type": "application/json",
                "x-amz-date": now.strftime("%Y%m%dT%H%M%SZ"),
            },
            data=body,
        ).prepare()
        # One signer per call: AWS4Auth is not safe to share between threads.
        sign = AWS4Auth(
            held.access_key,
            held.secret_key,
            self.region_for(url),
            SERVICE,
            date=now.strftime("%Y%m%d"),
            session_token=held.session_token,
        )
        signed = sign(request)
        return {
            name: value
            for name, value in signed.headers.items()
            if name.lower() != "content-length"
        }

    def renew(self) -> bool:
        """Forget the credentials; say whether the next call may have others."""
        return self.credentials.renew()


Auth: TypeAlias = IamAuth | ApiKeyAuth | UserPoolAuth


def _header_value(value: object, what: str) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not text or not text.isascii() or not text.isprintable():
        raise InvalidCall(
            f"The {what} is empty or holds characters no header may have."
        )
    return text
