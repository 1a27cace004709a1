"""Who vouches for the tokens of an API: issuers beside its own pool, and a function.

Source: AppSync API reference, ``CreateGraphqlApi``: ``UserPoolConfig``,
``OpenIDConnectConfig``, ``LambdaAuthorizerConfig``.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "AuthProviders",
    "LambdaAuthorizer",
    "OidcProvider",
    "UserPoolProvider",
]


@dataclass(frozen=True, slots=True)
class UserPoolProvider:
    """A user pool beside the API's own, known by its issuer.

    ``client_ids`` is a regular expression that the app client's id must match.
    """

    issuer: str
    client_ids: str | None = None


@dataclass(frozen=True, slots=True)
class OidcProvider:
    """An OpenID Connect issuer.

    ``iat_ttl_ms`` and ``auth_ttl_ms`` are how long a token holds after its ``iat`` and
    its ``auth_time``, in milliseconds; None does not ask.
    """

    issuer: str
    client_ids: str | None = None
    iat_ttl_ms: int | None = None
    auth_ttl_ms: int | None = None


@dataclass(frozen=True, slots=True)
class LambdaAuthorizer:
    """A function of the project that judges tokens.

    ``ttl_s`` is how long its answer holds for a token; 0 asks each time. A token that
    does not match ``token_pattern`` is refused without asking.
    """

    function: str
    ttl_s: int = 0
    token_pattern: str | None = None


@dataclass(frozen=True, slots=True)
class AuthProviders:
    """What the modes need besides the API's own user pool.

    ``client_ids`` is what the app clients of that pool must match.
    """

    client_ids: str | None = None
    user_pools: tuple[UserPoolProvider, ...] = ()
    oidc: tuple[OidcProvider, ...] = ()
    authorizer: LambdaAuthorizer | None = None
