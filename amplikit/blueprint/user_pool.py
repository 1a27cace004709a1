"""What a user pool and its app clients allow: values, as Cognito names them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "DEFAULT_FLOWS",
    "Factor",
    "Flow",
    "Mfa",
    "PasswordPolicy",
    "SignInName",
    "TokenEvent",
    "UserPoolClient",
    "UserPoolSettings",
]


class Mfa(StrEnum):
    """``MfaConfiguration``: whether a second factor is asked for."""

    OFF = "OFF"
    OPTIONAL = "OPTIONAL"
    ON = "ON"


class Factor(StrEnum):
    """A second factor, named as its challenge is."""

    SMS = "SMS_MFA"
    TOTP = "SOFTWARE_TOKEN_MFA"


class Flow(StrEnum):
    """``ExplicitAuthFlows``: how a client may sign users in."""

    SRP = "ALLOW_USER_SRP_AUTH"
    PASSWORD = "ALLOW_USER_PASSWORD_AUTH"  # noqa: S105  a flow's name
    ADMIN_PASSWORD = "ALLOW_ADMIN_USER_PASSWORD_AUTH"  # noqa: S105  the same
    CUSTOM = "ALLOW_CUSTOM_AUTH"
    REFRESH = "ALLOW_REFRESH_TOKEN_AUTH"


class SignInName(StrEnum):
    """``UsernameAttributes``: what a user signs up with instead of a name."""

    EMAIL = "email"
    PHONE_NUMBER = "phone_number"


class TokenEvent(StrEnum):
    """``LambdaVersion`` of the event that PreTokenGeneration gets."""

    V1 = "V1_0"
    V2 = "V2_0"


DEFAULT_FLOWS = (
    Flow.SRP,
    Flow.PASSWORD,
    Flow.ADMIN_PASSWORD,
    Flow.CUSTOM,
    Flow.REFRESH,
)


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """What a password must have; temporary ones hold for ``temporary_days``."""

    minimum_length: int = 8
    require_lowercase: bool = True
    require_uppercase: bool = True
    require_numbers: bool = True
    require_symbols: bool = True
    temporary_days: int = 7


@dataclass(frozen=True, slots=True)
class UserPoolSettings:
    """A pool: sign-up by e-mail, a second factor for those who want one.

    With ``username_attributes`` a user signs up with her address or number, and the
    pool makes the username. ``custom_attributes`` are names without ``custom:``.
    """

    mfa: Mfa = Mfa.OPTIONAL
    factors: tuple[Factor, ...] = (Factor.SMS, Factor.TOTP)
    password_policy: PasswordPolicy = PasswordPolicy()
    username_attributes: tuple[SignInName, ...] = ()
    verified_by: tuple[SignInName, ...] = (SignInName.EMAIL,)
    required_attributes: tuple[str, ...] = ("email",)
    custom_attributes: tuple[str, ...] | None = None
    """None lets any custom attribute in."""
    self_sign_up: bool = True
    token_event: TokenEvent = TokenEvent.V1


@dataclass(frozen=True, slots=True)
class UserPoolClient:
    """An app client; ``scopes`` other than OpenID's are ``RESOURCE_SERVER/SCOPE``."""

    name: str
    has_secret: bool = False
    flows: tuple[Flow, ...] = DEFAULT_FLOWS
    access_token_s: int = 3600
    id_token_s: int = 3600
    refresh_token_s: int = 30 * 86_400
    session_minutes: int = 3
    hides_users: bool = True
    """``PreventUserExistenceErrors``: ENABLED, else LEGACY."""
    revokes_tokens: bool = True
    rotates_tokens: bool = False
    read_attributes: tuple[str, ...] | None = None
    write_attributes: tuple[str, ...] | None = None
    oauth_flows: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    callback_urls: tuple[str, ...] = ()
    logout_urls: tuple[str, ...] = ()
