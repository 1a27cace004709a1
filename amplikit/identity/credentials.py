"""Local AWS credentials: they look right, say that they are local, and verify."""

from __future__ import annotations

import base64
import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from amplikit.identity.caller import IamCaller
from amplikit.identity.entropy import MIXED, UPPER
from amplikit.identity.identity_pool.identities import Identities, Login

if TYPE_CHECKING:
    from amplikit.identity.database import Database, Row
    from amplikit.identity.entropy import Entropy
    from amplikit.identity.facts import Facts

__all__ = [
    "COGNITO_SESSION_NAME",
    "IAM_USER",
    "CognitoIdentity",
    "Credential",
    "Credentials",
    "Principal",
    "credential_process",
    "unique_id",
]

COGNITO_SESSION_NAME = "CognitoIdentityCredentials"
IAM_USER = "user/"
_MARKER = "LOCAL"
_ID_LENGTH = 16
_SECRET_LENGTH = 40
_SESSION_TOKEN_BYTES = 192
_CACHED = 1024
_COUNTED_EVERY = 256
_MOST_OF_GUESTS = 10_000


@dataclass(frozen=True, slots=True)
class CognitoIdentity:
    """An identity of the identity pool; a guest has no ``provider``."""

    identity_id: str
    auth_type: str
    provider: str | None = None


@dataclass(frozen=True, slots=True)
class Principal:
    """Who holds a credential: a role's session, perhaps an identity pool's.

    An IAM user is the role ``user/NAME``, which no role can be called.
    """

    role: str
    session_name: str
    cognito: CognitoIdentity | None = None


@dataclass(frozen=True, slots=True)
class Credential:
    """An access key; temporary ones have a session token and an end."""

    access_key_id: str
    principal: Principal
    expires_at: datetime | None = None
    secret_key: str = field(repr=False, default="")
    session_token: str | None = field(repr=False, default=None)


class Credentials:
    """The credentials of ``identity.sqlite``, also those that the CLI just made."""

    def __init__(self, database: Database, facts: Facts, entropy: Entropy) -> None:
        self._database = database
        self._facts = facts
        self._entropy = entropy
        self.identities = Identities(database, facts, entropy)
        self._cache: OrderedDict[str, Credential] = OrderedDict()
        self._version: tuple[int, int] | None = None
        self._issued = 0

    def issue(
        self, principal: Principal, now: datetime, duration: timedelta | None
    ) -> Credential:
        """Make a credential for a role's session; without ``duration`` it never ends.

        Expired ones are swept out on the way.
        """
        prefix = "AKIA" if duration is None else "ASIA"
        letters = _ID_LENGTH - len(_MARKER)
        credential = Credential(
            access_key_id=f"{prefix}{_MARKER}{self._entropy.text(UPPER, letters)}",
            principal=principal,
            expires_at=None if duration is None else now + duration,
            secret_key=self._entropy.text(MIXED, _SECRET_LENGTH),
            session_token=None
            if duration is None
            else self._entropy.token(_SESSION_TOKEN_BYTES),
        )
        with self._database.transaction():
            self._sweep(now)
            self._insert(credential)
        return credential

    def for_role(
        self, role: str, session_name: str, now: datetime, duration: timedelta
    ) -> Credential:
        """Make temporary credentials of an assumed role."""
        return self.issue(Principal(role, session_name), now, duration)

    def for_user(
        self, role: str, sub: str, now: datetime, duration: timedelta
    ) -> Credential:
        """Make credentials of the identity pool's signed-in role for a pool user."""
        login = Login(self._facts.user_pool_provider, sub)
        identity = self.identities.of((login,), now)
        identity_id = identity.identity_id if identity else ""
        return self.for_identity(role, identity_id, (login,), now, duration)

    def for_guest(self, role: str, now: datetime, duration: timedelta) -> Credential:
        """Make credentials of the identity pool's guest role, a new guest each time."""
        guest = self.identities.guest(now)
        return self.for_identity(role, guest.identity_id, (), now, duration)

    def for_identity(
        self,
        role: str,
        identity_id: str,
        logins: tuple[Login, ...],
        now: datetime,
        duration: timedelta,
    ) -> Credential:
        """Make credentials of an identity, which is a guest's without logins."""
        own = self._facts.user_pool_provider
        parts = [
            f'"{one.provider}","{one.provider}:'
            f'{"CognitoSignIn" if one.provider == own else "OIDC"}:{one.subject}"'
            for one in logins
        ]
        cognito = CognitoIdentity(
            identity_id=identity_id,
            auth_type="authenticated" if logins else "unauthenticated",
            provider=",".join(parts) or None,
        )
        principal = Principal(role, COGNITO_SESSION_NAME, cognito)
        return self.issue(principal, now, duration)

    def for_iam_user(self, name: str, now: datetime) -> Credential:
        """Make a long-term access key of an IAM user, without a session token."""
        return self.issue(Principal(f"{IAM_USER}{name}", name), now, None)

    def find(self, access_key_id: str) -> Credential | None:
        """Return the credential of an access key id, expired or not."""
        version = self._database.version()
        if version != self._version:
            self._cache.clear()
            self._version = version
        known = self._cache.get(access_key_id)
        if known:
            return known
        row = self._database.row(
            "SELECT * FROM credential WHERE access_key_id = ?", access_key_id
        )
        if row is None:
            return None
        self._cache[access_key_id] = credential = _credential(row)
        if len(self._cache) > _CACHED:
            self._cache.popitem(last=False)
        return credential

    def caller(
        self, credential: Credential, source_ip: tuple[str, ...] = ("127.0.0.1",)
    ) -> IamCaller:
        """Return who a verified credential is, as ``$ctx.identity`` shows it."""
        principal, facts = credential.principal, self._facts
        cognito = principal.cognito
        return IamCaller(
            role=principal.role,
            user_arn=self.arn(principal),
            account_id=facts.account_id,
            access_key_id=credential.access_key_id,
            username=unique_id(principal),
            source_ip=source_ip,
            cognito_identity_pool_id=facts.identity_pool_id if cognito else None,
            cognito_identity_id=cognito.identity_id if cognito else None,
            cognito_identity_auth_type=cognito.auth_type if cognito else None,
            cognito_identity_auth_provider=cognito.provider if cognito else None,
        )

    def arn(self, principal: Principal) -> str:
        """Return the ARN of a role's session, or of an IAM user."""
        account = self._facts.account_id
        if principal.role.startswith(IAM_USER):
            return f"arn:aws:iam::{account}:{principal.role}"
        session = f"{principal.role}/{principal.session_name}"
        return f"arn:aws:sts::{account}:assumed-role/{session}"

    def _insert(self, credential: Credential) -> None:
        principal = credential.principal
        cognito = principal.cognito
        expires_at = credential.expires_at
        self._database.write(
            "INSERT INTO credential VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            credential.access_key_id,
            credential.secret_key,
            credential.session_token,
            round(expires_at.timestamp() * 1000) if expires_at else None,
            principal.role,
            principal.session_name,
            cognito.identity_id if cognito else None,
            cognito.auth_type if cognito else None,
            cognito.provider if cognito else None,
        )

    def _sweep(self, now: datetime) -> None:
        # A day of grace: a caller with an old credential is told that it expired.
        long_ago = round((now - timedelta(days=1)).timestamp() * 1000)
        self._database.write("DELETE FROM credential WHERE expires_at < ?", long_ago)
        self._issued += 1
        if self._issued % _COUNTED_EVERY == 0:
            self._keep_a_bound()

    def _keep_a_bound(self) -> None:
        """Drop what guests got first: they get as many as they ask for."""
        self._database.write(
            "DELETE FROM credential WHERE access_key_id IN (SELECT access_key_id FROM"
            " credential WHERE cognito_auth_type = 'unauthenticated'"
            " ORDER BY expires_at DESC LIMIT -1 OFFSET ?)",
            _MOST_OF_GUESTS,
        )


def credential_process(credential: Credential) -> dict[str, object]:
    """Return the JSON shape that AWS SDKs read from a ``credential_process``.

    Source: AWS CLI user guide, "Sourcing credentials with an external process".
    """
    shape: dict[str, object] = {
        "Version": 1,
        "AccessKeyId": credential.access_key_id,
        "SecretAccessKey": credential.secret_key,
    }
    if credential.session_token is not None:
        shape["SessionToken"] = credential.session_token
    if credential.expires_at is not None:
        shape["Expiration"] = credential.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return shape


def unique_id(principal: Principal) -> str:
    """Return ``AROA...:SESSION`` of a role's session, ``AIDA...`` of an IAM user.

    17 characters follow, made from the name.
    """
    digest = hashlib.sha256(principal.role.encode()).digest()
    rest = base64.b32encode(digest).decode()[:17]
    if principal.role.startswith(IAM_USER):
        return f"AIDA{rest}"
    return f"AROA{rest}:{principal.session_name}"


def _credential(row: Row) -> Credential:
    identity_id = row["cognito_identity_id"]
    expires_at = row["expires_at"]
    cognito = identity_id and CognitoIdentity(
        identity_id, row["cognito_auth_type"], row["cognito_auth_provider"]
    )
    return Credential(
        access_key_id=row["access_key_id"],
        principal=Principal(row["role"], row["session_name"], cognito or None),
        expires_at=None
        if expires_at is None
        else datetime.fromtimestamp(expires_at / 1000, UTC),
        secret_key=row["secret_key"],
        session_token=row["session_token"],
    )
