"""One running API: what its routes and connections share."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from amplikit.blueprint.config import Mechanism
from amplikit.emulator.auth.policy import RolePolicies
from amplikit.emulator.auth.presented import Trusted
from amplikit.emulator.auth.providers import others_of
from amplikit.emulator.auth.role_trust import RoleTrust
from amplikit.emulator.dynamodb.server import TableServer
from amplikit.emulator.executions import Executions
from amplikit.emulator.host import Host
from amplikit.emulator.identity_pool_endpoint import IdentityPoolServer
from amplikit.emulator.realtime.hub import Hub
from amplikit.emulator.realtime.pulse import Pulse
from amplikit.identity import sigv4
from amplikit.identity.token_verifier import TokenVerifier

if TYPE_CHECKING:
    from amplikit.emulator.http import Request
    from amplikit.emulator.runtime import Runtime
    from amplikit.identity.caller import UserPoolCaller

__all__ = ["MAX_CONNECTIONS", "OpenConnections", "Service"]

MAX_CONNECTIONS: Final = 16_384


@dataclass(slots=True)
class OpenConnections:
    """How many WebSocket connections are open, and how many may be."""

    limit: int
    count: int = 0


class Service:
    """A runtime at its place: ``base_url`` is where clients find it."""

    def __init__(
        self,
        runtime: Runtime,
        base_url: str,
        max_connections: int = MAX_CONNECTIONS,
    ) -> None:
        blueprint, identity = runtime.blueprint, runtime.identity
        self.runtime = runtime
        self.base_url = base_url
        self.log = runtime.log
        self.issuer = identity.facts.issuer(base_url)
        self.policies = policies = RolePolicies(
            blueprint.roles,
            runtime.config.roles,
            identity.facts.api_arn,
            runtime.config.iam_users,
        )
        self.role_trust = RoleTrust(blueprint, runtime.config)
        self.host = Host(
            blueprint, runtime.resolvers, policies, groups_now=self._groups_now
        )
        self.executions = Executions(
            waits=runtime.store_is_remote, waiting=runtime.waiting
        )
        self.tables = None
        if runtime.store:
            self.tables = TableServer(
                runtime.store, identity.facts, policies, runtime.clock, base_url
            )
        self.hub = Hub(self.host, self.executions, runtime.log)
        self.pulse = Pulse(runtime.clock)
        self.connections = OpenConnections(max_connections)
        self.trusted = Trusted(
            blueprint.auth.modes,
            identity,
            TokenVerifier(),
            self.issuer,
            others_of(runtime),
        )
        self.identity_pool = IdentityPoolServer(self)
        plans = runtime.config.usage_plans
        self.plans = {plan.name: plan for plan in plans}
        self.has_waf = any(plan.mechanism is Mechanism.WAF for plan in plans)

    def _groups_now(self, caller: UserPoolCaller) -> tuple[str, ...] | None:
        user = self.runtime.identity.pool.users.get(caller.username)
        return user.groups if user else None

    def verify(
        self, request: Request, service: str
    ) -> sigv4.Verified | sigv4.SignatureRefusal:
        """Return the credential that signed a request to one of AWS's services."""
        identity = self.runtime.identity
        return sigv4.verify(
            request.signed(),
            identity.credentials.find,
            self.runtime.clock(),
            sigv4.Scope(identity.facts.region, service),
        )

    def stop(self) -> None:
        """End the requests that are still executed, and wait for that."""
        self.host.stop()
        self.executions.close()

    def is_admin(self, token: str | None) -> bool:
        """Whether a header's value is the administrator's token."""
        given = (token or "").encode("latin-1", "replace")
        return hmac.compare_digest(given, self.runtime.admin_token.encode())
