"""The seam through which the pool runs Lambda functions, and the events it sends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from amplikit.identity.user_pool.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.blueprint.config import Trigger
    from amplikit.identity.user_pool.pool import PoolContext
    from amplikit.identity.user_pool.users import User

__all__ = [
    "NoTriggers",
    "TriggerFailed",
    "TriggerResult",
    "TriggerReturned",
    "Triggers",
    "run_trigger",
    "user_attributes",
]

_EVENT_KEYS = frozenset(
    {"version", "triggerSource", "userPoolId", "request", "response"}
)


@dataclass(frozen=True, slots=True)
class TriggerReturned:
    """The function's result, decoded from JSON."""

    payload: object


@dataclass(frozen=True, slots=True)
class TriggerFailed:
    """The function raised or timed out; ``error`` is its ``errorMessage``."""

    error: str


TriggerResult: TypeAlias = TriggerReturned | TriggerFailed | None


class Triggers(Protocol):
    """Runs the pool's functions; None when none is attached to the trigger."""

    async def run(self, trigger: Trigger, event: dict[str, object]) -> TriggerResult:
        """Invoke with ``event``, which is fresh JSON, and return the outcome."""


class NoTriggers:
    """A pool without functions."""

    async def run(self, trigger: Trigger, event: dict[str, object]) -> TriggerResult:  # noqa: ARG002  the seam's signature
        """Invoke nothing."""
        return None


def user_attributes(user: User) -> dict[str, str]:
    """Return a user's attributes as triggers see them: all text."""
    return {
        "sub": user.sub,
        "cognito:user_status": user.status.value,
        **dict(user.attributes),
    }


async def run_trigger(
    context: PoolContext,
    trigger: Trigger,
    operation: str,
    user: User,
    client_id: str,
    request: Mapping[str, object],
) -> Refusal | None:
    """Run the pool's function for ``trigger``, if there is one.

    ``request`` is added to the event's ``request``. No transaction may be open: the
    function calls back. Source: Cognito developer guide, "User pool Lambda trigger
    event".
    """
    event: dict[str, object] = {
        "version": "1",
        "region": context.pool.facts.region,
        "userPoolId": context.pool.facts.user_pool_id,
        "userName": user.username,
        "callerContext": {
            "awsSdkVersion": "aws-sdk-unknown-unknown",
            "clientId": client_id,
        },
        "triggerSource": f"{trigger.value}_{operation}",
        "request": {"userAttributes": user_attributes(user), **request},
        "response": {},
    }
    match await context.triggers.run(trigger, event):
        case TriggerFailed(error=error):
            return Refusal(
                "UserLambdaValidationException",
                f"{trigger.value} failed with error {error}.",
            )
        case TriggerReturned(payload=payload) if not _is_event(payload):
            return Refusal(
                "InvalidLambdaResponseException", "Unrecognizable lambda output"
            )
        case _:
            return None


def _is_event(payload: object) -> bool:
    return isinstance(payload, dict) and payload.keys() >= _EVENT_KEYS
