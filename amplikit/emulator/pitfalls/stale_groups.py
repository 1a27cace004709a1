"""P35: the groups of a token are not those of the directory any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.grants import groups_of
from amplikit.blueprint.operations import GroupIs, Who
from amplikit.emulator.pitfalls.codes import pitfall
from amplikit.identity.caller import UserPoolCaller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.operations import Grant
    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.pitfalls.facts import Refusal
    from amplikit.emulator.trace import Decision, Path, Pitfall

__all__ = ["detect_added", "detect_removed"]

_CLAIM = "cognito:groups"
_REFRESH = "Refresh the session: fetchAuthSession({ forceRefresh: true }), or sign in."


def detect_added(refusal: Refusal, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for a refused user whom a newer token would let in."""
    for group in _not_in_token(asked):
        if any(_wants(grant, group, refusal.item) for grant in refusal.grants):
            yield _added(group, refusal.path, asked)
            return


def detect_removed(decision: Decision, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for who was let in by a group that has lost the user."""
    caller = asked.caller
    now = (
        asked.served.groups_now(caller) if isinstance(caller, UserPoolCaller) else None
    )
    if now is None:
        return
    for group in groups_of(caller, _CLAIM):
        if group not in now and any(
            f'"{group}"' in name for name, _ in decision.values
        ):
            yield pitfall(
                "stale-groups",
                decision.path,
                f"{caller.label} is no longer in '{group}', and is let in by it until "
                "the token ends.",
                "Sign the user out everywhere (AdminUserGlobalSignOut) and keep the "
                "lifetime of tokens short.",
            )
            return


def _not_in_token(asked: Asked) -> tuple[str, ...]:
    caller = asked.caller
    now = (
        asked.served.groups_now(caller) if isinstance(caller, UserPoolCaller) else None
    )
    claimed = groups_of(caller, _CLAIM)
    return tuple(group for group in now or () if group not in claimed)


def _wants(grant: Grant, group: str, item: object) -> bool:
    if isinstance(grant.item, GroupIs):
        stored = item.get(grant.item.attribute) if isinstance(item, dict) else None
        # Without an item, any group would have been looked for.
        return item is None or group == stored or group in (stored or ())
    return grant.who is Who.GROUPS and group in grant.names


def _added(group: str, path: Path, asked: Asked) -> Pitfall:
    caller = asked.caller
    return pitfall(
        "stale-groups",
        path,
        f"{caller.label} is in '{group}' by now, but the token was issued before and "
        "does not say so.",
        _REFRESH,
    )
