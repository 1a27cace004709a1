"""Who may assume which role of this account.

Source: IAM user guide, "How to use trust policies with IAM roles".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from amplikit.blueprint.resources import RoleKind

if TYPE_CHECKING:
    from amplikit.blueprint.config import Config
    from amplikit.blueprint.resources import Blueprint

__all__ = ["IDENTITY_POOL", "RoleTrust", "TrustPolicy"]

ACCOUNT: Final = "account"
IDENTITY_POOL: Final = "identity-pool"
_LAMBDA: Final = "lambda"
_DEFAULT_SESSION_S: Final = 3600


@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """Who may assume a role, in the words of ``RoleConfig``."""

    principals: frozenset[str]
    external_id: str | None = field(repr=False, default=None)
    max_session_s: int = _DEFAULT_SESSION_S


class RoleTrust:
    """The trust policies of all roles, by name."""

    def __init__(self, blueprint: Blueprint, config: Config) -> None:
        run_functions = {function.role for function in config.functions}
        self._policies = {
            role.name: TrustPolicy(
                frozenset(
                    {_LAMBDA if role.kind is RoleKind.FUNCTION else IDENTITY_POOL}
                )
            )
            for role in blueprint.roles
        }
        for role in config.roles:
            usual = _LAMBDA if role.name in run_functions else ACCOUNT
            trust = (usual,) if role.trust is None else role.trust
            self._policies[role.name] = TrustPolicy(
                frozenset(trust), role.external_id, role.max_session_s
            )

    def of(self, role: str) -> TrustPolicy | None:
        """Return a role's policy; None when there is no such role."""
        return self._policies.get(role)

    def trusts(self, role: str, principal: str) -> bool:
        """Whether a role's policy names a principal."""
        policy = self._policies.get(role)
        return policy is not None and principal in policy.principals
