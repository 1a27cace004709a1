"""The seam through which the pool runs Lambda functions, and the events it sends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from amplikit.blueprint.config import Trigger
from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.identity.user_pool.pool import PoolContext
    from amplikit.identity.user_pool.users import User

__all__ = [
    "INVALID_OUTPUT",
    "NO_CLIENT",
    "Event",
    "NoTriggers",
    "TriggerFailed",
    "TriggerResult",
    "TriggerReturned",
    "TriggerTimedOut",
    "Triggers",
    "ask_function",
    "metadata_member",
    "user_attributes",
]

_EVENT_KEYS = frozenset(
    {"version", "triggerSource", "userPoolId", "request", "response"}
)
# Source: Cognito developer guide, "Customizing user pool workflows with Lambda
# triggers": 5 seconds, and three attempts.
_ATTEMPTS = 3
NO_CLIENT = "CLIENT_ID_NOT_APPLICABLE"
"""The client in the events of calls that come from none."""
INVALID_OUTPUT = Refusal("InvalidLambdaResponseException", words.LAMBDA_OUTPUT)


@dataclass(frozen=True, slots=True)
class TriggerReturned:
    """The function's result, decoded from JSON."""

    payload: object


@dataclass(frozen=True, slots=True)
class TriggerFailed:
    """The function raised; ``error`` is its ``errorMessage``."""

    error: str


@dataclass(frozen=True, slots=True)
class TriggerTimedOut:
    """The function took longer than Cognito waits."""


TriggerResult: TypeAlias = TriggerReturned | TriggerFailed | TriggerTimedOut | None


class Triggers(Protocol):
    """Runs the pool's functions; None when none is attached to the trigger."""

    async def run(self, trigger: Trigger, event: dict[str, object]) -> TriggerResult:
        """Invoke with ``event``, which is fresh JSON, and return the outcome."""


class NoTriggers:
    """A pool without functions."""

    async def run(self, trigger: Trigger, event: dict[str, object]) -> TriggerResult:  # noqa: ARG002  the seam's signature
        """Invoke nothing."""
        return None


@dataclass(frozen=True, slots=True)
class Event:
    """What a trigger's function is told; ``response`` is what it is to fill in."""

    trigger: Trigger
    operation: str
    username: str
    client_id: str
    request: Mapping[str, object]
    response: Mapping[str, object] = field(default_factory=dict)
    version: str = "1"


def user_attributes(user: User) -> dict[str, str]:
    """Return a user's attributes as triggers see them: all text."""
    return {
        "sub": user.sub,
        "cognito:user_status": user.status.value,
        **dict(user.attributes),
    }


def metadata_member(metadata: Mapping[str, str]) -> dict[str, object]:
    """Return ``clientMetadata`` for an event's request, if there is any."""
    return {"clientMetadata": dict(metadata)} if metadata else {}


async def ask_function(
    context: PoolContext, event: Event
) -> Mapping[str, object] | Refusal | None:
    """Run the pool's function and return its ``response``; None without a function.

    No transaction may be open: the function calls back. Source: Cognito developer
    guide, "User pool Lambda trigger event".
    """
    name = event.trigger.value
    result: TriggerResult = TriggerTimedOut()
    for _ in range(_ATTEMPTS):
        result = await context.triggers.run(event.trigger, _document(context, event))
        if not isinstance(result, TriggerTimedOut):
            break
    match result:
        case None:
            return None
        case TriggerTimedOut():
            message = words.LAMBDA_UNEXPECTED % name
            return Refusal("UnexpectedLambdaException", message)
        case TriggerFailed(error=error):
            message = words.LAMBDA_FAILED % (name, error)
            return Refusal("UserLambdaValidationException", message)
        case TriggerReturned(payload=payload):
            if not isinstance(payload, dict) or not payload.keys() >= _EVENT_KEYS:
                return INVALID_OUTPUT
            response = payload["response"]
            return response if isinstance(response, dict) else INVALID_OUTPUT


def _document(context: PoolContext, event: Event) -> dict[str, object]:
    source = (
        "TokenGeneration"
        if event.trigger is Trigger.PRE_TOKEN_GENERATION
        else event.trigger.value
    )
    return {
        "version": event.version,
        "region": context.pool.facts.region,
        "userPoolId": context.pool.facts.user_pool_id,
        "userName": event.username,
        "callerContext": {
            "awsSdkVersion": "aws-sdk-unknown-unknown",
            "clientId": event.client_id,
        },
        "triggerSource": f"{source}_{event.operation}",
        "request": dict(event.request),
        "response": dict(event.response),
    }
