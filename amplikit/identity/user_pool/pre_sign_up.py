"""PreSignUp: the function that may refuse, confirm or vouch for a new user.

Source: Cognito developer guide, "Pre sign-up Lambda trigger".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.blueprint.config import Trigger
from amplikit.identity.user_pool.refusal import Refusal
from amplikit.identity.user_pool.triggers import (
    INVALID_OUTPUT,
    Event,
    ask_function,
    metadata_member,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.identity.user_pool.pool import PoolContext

__all__ = ["NewUser", "PreSignUp", "ask_pre_sign_up"]

_ANSWERS = ("autoConfirmUser", "autoVerifyEmail", "autoVerifyPhone")


@dataclass(frozen=True, slots=True)
class NewUser:
    """Who wants to be a user; ``operation`` is how."""

    operation: str
    username: str
    client_id: str
    attributes: Mapping[str, str]
    validation: Mapping[str, str]
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PreSignUp:
    """What the function wishes."""

    confirms: bool = False
    verifies_email: bool = False
    verifies_phone: bool = False

    def verified(self, attributes: Mapping[str, str]) -> dict[str, str]:
        """Return the attributes that say what is verified."""
        wishes = {"email": self.verifies_email, "phone_number": self.verifies_phone}
        return {
            f"{name}_verified": "true"
            for name, wanted in wishes.items()
            if wanted and attributes.get(name)
        }


async def ask_pre_sign_up(
    context: PoolContext, new_user: NewUser
) -> PreSignUp | Refusal:
    """Return what the function wishes, nothing when there is none."""
    response = await ask_function(
        context,
        Event(
            Trigger.PRE_SIGN_UP,
            new_user.operation,
            new_user.username,
            new_user.client_id,
            {
                "userAttributes": dict(new_user.attributes),
                "validationData": dict(new_user.validation) or None,
                **metadata_member(new_user.metadata),
            },
            dict.fromkeys(_ANSWERS, False),
        ),
    )
    if response is None or isinstance(response, Refusal):
        return response or PreSignUp()
    answers = [response.get(name, False) for name in _ANSWERS]
    if not all(isinstance(answer, bool | None) for answer in answers):
        return INVALID_OUTPUT
    return PreSignUp(*map(bool, answers))
