"""AppSync's authorization modes and which of them an API has switched on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["AuthConfig", "AuthMode"]


class AuthMode(StrEnum):
    """``authenticationType`` of an AppSync API."""

    API_KEY = "API_KEY"
    IAM = "AWS_IAM"
    USER_POOLS = "AMAZON_COGNITO_USER_POOLS"
    OIDC = "OPENID_CONNECT"
    LAMBDA = "AWS_LAMBDA"


@dataclass(frozen=True, slots=True)
class AuthConfig:
    """The default mode and the additional ones."""

    default: AuthMode
    additional: tuple[AuthMode, ...] = ()

    @property
    def modes(self) -> tuple[AuthMode, ...]:
        """Every mode that is switched on, the default first."""
        return (self.default, *self.additional)
