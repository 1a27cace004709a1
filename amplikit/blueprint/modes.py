"""AppSync's authorization modes and which of them an API has switched on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["AuthConfig", "AuthMode", "DefaultAction"]


class AuthMode(StrEnum):
    """``authenticationType`` of an AppSync API."""

    API_KEY = "API_KEY"
    IAM = "AWS_IAM"
    USER_POOLS = "AMAZON_COGNITO_USER_POOLS"
    OIDC = "OPENID_CONNECT"
    LAMBDA = "AWS_LAMBDA"


class DefaultAction(StrEnum):
    """What users of the default user pool may do where no directive lets them in."""

    ALLOW = "ALLOW"
    DENY = "DENY"


@dataclass(frozen=True, slots=True)
class AuthConfig:
    """The default mode and the additional ones.

    ``default_action`` counts only where the user pool is the default mode.
    """

    default: AuthMode
    additional: tuple[AuthMode, ...] = ()
    default_action: DefaultAction = DefaultAction.ALLOW

    @property
    def modes(self) -> tuple[AuthMode, ...]:
        """Every mode that is switched on, the default first."""
        return (self.default, *self.additional)
