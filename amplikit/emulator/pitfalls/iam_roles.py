"""P22, P26: v2's IAM rules are for one role of the identity pool each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.operations import Who
from amplikit.emulator.pitfalls.codes import pitfall
from amplikit.identity.caller import IamCaller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.pitfalls.facts import Refusal
    from amplikit.emulator.trace import Pitfall

__all__ = ["detect"]

_SIGNED_IN = "authenticated"


def detect(refusal: Refusal, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for an IAM caller whom a rule seems to be for."""
    caller = asked.caller
    if not isinstance(caller, IamCaller):
        return
    who = {grant.who for grant in refusal.grants}
    if caller.cognito_identity_auth_type is None:
        if who & {Who.SIGNED_IN_ROLE, Who.GUEST_ROLE}:
            yield pitfall(
                "role-is-not-signed-in",
                refusal.path,
                f"A rule lets IAM {refusal.operation.operation}, but in v2 it means "
                f"the identity pool's roles: '{caller.role}' is none of them.",
                f'Make it an admin role: admin_role_names = ["{caller.role}"] in '
                "amplify-config/identities.toml.",
            )
    elif caller.cognito_identity_auth_type == _SIGNED_IN and (
        Who.GUEST_ROLE in who and Who.SIGNED_IN_ROLE not in who
    ):
        operation = refusal.operation.operation
        asks = "read" if operation in {"get", "list", "listen"} else operation
        yield pitfall(
            "public-iam-is-guest",
            refusal.path,
            "'allow: public, provider: iam' lets the guest role in, and the caller "
            "has the role of who is signed in.",
            f"Add the rule {{ allow: private, provider: iam, operations: [{asks}] }}",
        )
