"""Who calls: the verified result of one authorization mode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from amplikit.blueprint.modes import AuthMode

if TYPE_CHECKING:
    from amplikit.blueprint.grants import RoleSubject

__all__ = [
    "ApiKeyCaller",
    "Caller",
    "Claims",
    "IamCaller",
    "LambdaCaller",
    "OidcCaller",
    "UserPoolCaller",
]

Claims = Mapping[str, object]

_NO_CLAIMS: Claims = MappingProxyType({})


class _NoPrincipal:
    __slots__ = ()

    @property
    def iam(self) -> RoleSubject | None:
        """Not an IAM principal."""
        return None


@dataclass(frozen=True, slots=True)
class ApiKeyCaller(_NoPrincipal):
    """The holder of an API key; ``$ctx.identity`` is null."""

    key_id: str
    mode: AuthMode = field(default=AuthMode.API_KEY, init=False)

    @property
    def label(self) -> str:
        """How logs and explanations name this caller."""
        return f"key:{self.key_id}"

    @property
    def claims(self) -> Claims:
        """No token, no claims."""
        return _NO_CLAIMS


@dataclass(frozen=True, slots=True)
class UserPoolCaller(_NoPrincipal):
    """A user with a verified token of a user pool."""

    sub: str
    username: str
    issuer: str
    claims: Claims = field(repr=False)
    groups: tuple[str, ...] = ()
    source_ip: tuple[str, ...] = ("127.0.0.1",)
    default_auth_strategy: str | None = "ALLOW"
    mode: AuthMode = field(default=AuthMode.USER_POOLS, init=False)

    @property
    def label(self) -> str:
        """How logs and explanations name this caller."""
        return f"user:{self.username}"


@dataclass(frozen=True, slots=True)
class IamCaller:
    """An IAM principal with a verified signature.

    ``role`` is the role's name, whose policy is looked up in the blueprint or the
    configuration; an IAM user's is ``user/NAME``, which no role can be called. The
    ``cognito_*`` members are null for plain IAM.
    """

    role: str
    user_arn: str
    account_id: str
    access_key_id: str
    username: str
    source_ip: tuple[str, ...] = ("127.0.0.1",)
    cognito_identity_pool_id: str | None = None
    cognito_identity_id: str | None = None
    cognito_identity_auth_type: str | None = None
    cognito_identity_auth_provider: str | None = None
    mode: AuthMode = field(default=AuthMode.IAM, init=False)

    @property
    def label(self) -> str:
        """How logs and explanations name this caller."""
        return f"iam:{self.role}" if "/" in self.role else f"role:{self.role}"

    @property
    def claims(self) -> Claims:
        """No token, no claims."""
        return _NO_CLAIMS

    @property
    def iam(self) -> RoleSubject | None:
        """What the rules read of the principal."""
        return self


@dataclass(frozen=True, slots=True)
class OidcCaller(_NoPrincipal):
    """The subject of a verified token of an OpenID Connect issuer."""

    sub: str
    issuer: str
    claims: Claims = field(repr=False)
    mode: AuthMode = field(default=AuthMode.OIDC, init=False)

    @property
    def label(self) -> str:
        """How logs and explanations name this caller."""
        return f"oidc:{self.sub}"


@dataclass(frozen=True, slots=True)
class LambdaCaller(_NoPrincipal):
    """Whom the project's authorizer has let in.

    ``resolver_context`` is all that ``$ctx.identity`` has; ``denied_fields`` are the
    coordinates that stay closed, whatever the directives say.
    """

    resolver_context: Mapping[str, str] = field(repr=False)
    denied_fields: frozenset[str] = frozenset()
    mode: AuthMode = field(default=AuthMode.LAMBDA, init=False)

    @property
    def label(self) -> str:
        """How logs and explanations name this caller."""
        return "lambda"

    @property
    def claims(self) -> Claims:
        """No claims: rules cannot look into an opaque token."""
        return _NO_CLAIMS


Caller = ApiKeyCaller | UserPoolCaller | IamCaller | OidcCaller | LambdaCaller
