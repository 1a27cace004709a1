"""What IAM lets a caller do with the tables; the rules of ``@auth`` are AppSync's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.dynamodb import words
from amplikit.emulator.dynamodb.protocol import Failure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amplikit.emulator.auth.policy import RolePolicies
    from amplikit.emulator.dynamodb.operation import Access
    from amplikit.identity.caller import IamCaller

__all__ = ["refusal"]


def refusal(
    policies: RolePolicies, caller: IamCaller, needs: Iterable[Access]
) -> Failure | None:
    """Return why the caller may not do one of those things, None when she may."""
    for name, resource in needs:
        action = f"dynamodb:{name}"
        verdict = policies.verdict_on(caller.role, action, resource)
        if verdict.allowed:
            continue
        if verdict.statement is not None:
            message = words.DENIED_EXPLICITLY % (caller.user_arn, action, resource)
            reason = f"a policy of role '{caller.role}' denies {action}"
        else:
            message = words.NOT_AUTHORIZED % (
                *(caller.user_arn, action, resource),
                action,
            )
            reason = f"no policy of role '{caller.role}' allows {action} on {resource}"
        return Failure(words.ACCESS_DENIED, message, reason=reason)
    return None
