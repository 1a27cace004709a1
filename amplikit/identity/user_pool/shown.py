"""How Cognito shows users, groups and factors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.identity.user_pool.attributes import shown_attributes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from amplikit.identity.user_pool.groups import Group
    from amplikit.identity.user_pool.pool import UserPool
    from amplikit.identity.user_pool.users import User

__all__ = ["seconds", "shown_factors", "shown_group", "shown_user"]


def seconds(instant: datetime) -> float:
    """Return an instant as AWS JSON has it: seconds since 1970, to the millisecond."""
    return round(instant.timestamp(), 3)


def shown_user(
    user: User, wanted: Iterable[str] | None = None, *, key: str = "Attributes"
) -> dict[str, object]:
    """Return a ``UserType``; ``wanted`` are the attributes asked for, None for all."""
    listed = shown_attributes(user)
    if wanted is not None:
        names = frozenset(wanted)
        listed = [each for each in listed if each["Name"] in names]
    return {
        "Username": user.username,
        key: listed,
        "UserCreateDate": seconds(user.created_at),
        "UserLastModifiedDate": seconds(user.modified_at),
        "Enabled": user.enabled,
        "UserStatus": user.status.value,
    }


def shown_factors(pool: UserPool, user: User) -> dict[str, object]:
    """Return the members of an answer that tell a user's second factors."""
    factors = pool.second_factors.get(user.username)
    if not factors.enabled:
        return {}
    shown: dict[str, object] = {
        "UserMFASettingList": [factor.value for factor in factors.enabled]
    }
    if factors.preferred:
        shown["PreferredMfaSetting"] = factors.preferred.value
    return shown


def shown_group(group: Group, pool: UserPool) -> dict[str, object]:
    """Return a ``GroupType``; what was never given is left out."""
    shown: dict[str, object] = {
        "GroupName": group.name,
        "UserPoolId": pool.facts.user_pool_id,
        "Description": group.description,
        "RoleArn": group.role_arn,
        "Precedence": group.precedence,
        "LastModifiedDate": seconds(group.modified_at),
        "CreationDate": seconds(group.created_at),
    }
    return {name: value for name, value in shown.items() if value is not None}
