"""The effective configuration: one value, whoever wrote its parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from amplikit.blueprint.conflicts import ConflictConfig
from amplikit.blueprint.identity_pool import IdentityPoolSettings
from amplikit.blueprint.limits import NO_LIMITS, ApiLimits
from amplikit.blueprint.providers import AuthProviders
from amplikit.blueprint.user_pool import UserPoolClient, UserPoolSettings

if TYPE_CHECKING:
    from pathlib import Path

    from amplikit.blueprint.api import Transformer
    from amplikit.blueprint.modes import AuthConfig
    from amplikit.blueprint.resources import PolicyStatement

__all__ = [
    "ApiKeyConfig",
    "Config",
    "FunctionConfig",
    "IamUserConfig",
    "Mechanism",
    "Period",
    "Quota",
    "RoleConfig",
    "Trigger",
    "UsagePlan",
    "UserConfig",
]


class Mechanism(StrEnum):
    """What enforces a usage plan on AWS (docs/decisions)."""

    GATEWAY = "gateway"
    WAF = "waf"


class Period(StrEnum):
    """The period of a quota."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"


@dataclass(frozen=True, slots=True)
class Quota:
    """So many requests per period; ``offset_days`` shifts the period's start."""

    limit: int
    period: Period
    offset_days: int = 0


@dataclass(frozen=True, slots=True)
class UsagePlan:
    """A limit for third parties.

    ``rate_per_s`` and ``burst`` are the gateway's token bucket; ``limit`` per
    ``window_s`` is the WAF rule's.
    """

    name: str
    mechanism: Mechanism
    rate_per_s: float | None = None
    burst: int | None = None
    quota: Quota | None = None
    limit: int | None = None
    window_s: int | None = None


@dataclass(frozen=True, slots=True)
class ApiKeyConfig:
    """A key that exists from the first start."""

    name: str
    expires_days: int = 7
    usage_plan: str | None = None


@dataclass(frozen=True, slots=True)
class UserConfig:
    """A seeded user; the password is made up and printed, never configured."""

    name: str
    email: str | None = None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleConfig:
    """An IAM role of the project, with its policy.

    ``trust`` says who may assume it: ``account`` (whoever the own policy allows it),
    ``identity-pool``, ``lambda``, ``role:NAME`` or ``user:NAME``. None is ``lambda``
    for the role of a function, else ``account``.
    """

    name: str
    statements: tuple[PolicyStatement, ...]
    trust: tuple[str, ...] | None = None
    external_id: str | None = field(repr=False, default=None)
    max_session_s: int = 3600


@dataclass(frozen=True, slots=True)
class IamUserConfig:
    """An IAM user of the project, with its policy."""

    name: str
    statements: tuple[PolicyStatement, ...]


class Trigger(StrEnum):
    """User pool triggers that run a function."""

    PRE_SIGN_UP = "PreSignUp"
    POST_CONFIRMATION = "PostConfirmation"
    PRE_AUTHENTICATION = "PreAuthentication"
    POST_AUTHENTICATION = "PostAuthentication"
    PRE_TOKEN_GENERATION = "PreTokenGeneration"  # noqa: S105  a trigger's name
    CUSTOM_MESSAGE = "CustomMessage"
    USER_MIGRATION = "UserMigration"
    DEFINE_AUTH_CHALLENGE = "DefineAuthChallenge"
    CREATE_AUTH_CHALLENGE = "CreateAuthChallenge"
    VERIFY_AUTH_CHALLENGE_RESPONSE = "VerifyAuthChallengeResponse"


@dataclass(frozen=True, slots=True)
class FunctionConfig:
    """A Lambda function of the project."""

    name: str
    folder: Path
    role: str
    handler: str = "handler.handler"
    environment: tuple[tuple[str, str], ...] = ()
    triggers: tuple[Trigger, ...] = ()
    timeout_s: float = 3.0
    memory_mb: int = 128


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that is not the schema."""

    name: str
    transformer: Transformer
    auth: AuthConfig
    flags: tuple[tuple[str, bool], ...] = ()
    limits: ApiLimits = NO_LIMITS
    region: str = "us-east-1"
    account_id: str = "123456789012"
    groups: tuple[str, ...] = ()
    users: tuple[UserConfig, ...] = ()
    roles: tuple[RoleConfig, ...] = ()
    admin_role_names: tuple[str, ...] = ()
    iam_access: bool = False
    api_keys: tuple[ApiKeyConfig, ...] = (ApiKeyConfig("default"),)
    usage_plans: tuple[UsagePlan, ...] = ()
    functions: tuple[FunctionConfig, ...] = ()
    environments: tuple[str, ...] = field(default=("dev",))
    user_pool: UserPoolSettings = field(default_factory=UserPoolSettings)
    user_pool_clients: tuple[UserPoolClient, ...] = ()
    conflicts: ConflictConfig = field(default_factory=ConflictConfig)

    @property
    def environment(self) -> str:
        """The environment that is served: the first one."""
        return self.environments[0] if self.environments else ""

    iam_users: tuple[IamUserConfig, ...] = ()
    identity_pool: IdentityPoolSettings = field(default_factory=IdentityPoolSettings)
    providers: AuthProviders = field(default_factory=AuthProviders)
