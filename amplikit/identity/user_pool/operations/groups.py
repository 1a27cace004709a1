"""Groups, and who is in them.

Source: Cognito API reference, the operations by their names.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.logins import find_user
from amplikit.identity.user_pool.operation import Answer, Operation
from amplikit.identity.user_pool.paging import MOST, page
from amplikit.identity.user_pool.parameters import (
    GROUP_NAME,
    USER_POOL_ID,
    USERNAME,
    Parameter,
)
from amplikit.identity.user_pool.refusal import USER_NOT_FOUND, Refusal, not_found
from amplikit.identity.user_pool.shown import shown_group, shown_user

if TYPE_CHECKING:
    from amplikit.identity.user_pool.groups import Group
    from amplikit.identity.user_pool.parameters import Parameters
    from amplikit.identity.user_pool.pool import PoolContext
    from amplikit.identity.user_pool.users import User

__all__ = ["OPERATIONS"]

_NO_GROUP = not_found(words.GROUP_NOT_FOUND)


async def _create(given: Parameters, context: PoolContext) -> Answer | Refusal:
    pool, name = context.pool, given.text("GroupName")
    with pool.database.transaction():
        if not pool.groups.create(name, context.now):
            return Refusal("GroupExistsException", words.GROUP_EXISTS)
        return _describe(given, context)


async def _update(given: Parameters, context: PoolContext) -> Answer | Refusal:
    with context.pool.database.transaction():
        return _describe(given, context)


def _describe(given: Parameters, context: PoolContext) -> Answer | Refusal:
    pool, name = context.pool, given.text("GroupName")
    group = pool.groups.get(name)
    if group is None:
        return _NO_GROUP
    changed = replace(
        group,
        description=given.text("Description")
        if given.has("Description")
        else group.description,
        precedence=given.integer("Precedence")
        if given.has("Precedence")
        else group.precedence,
        role_arn=given.text("RoleArn") if given.has("RoleArn") else group.role_arn,
    )
    pool.groups.describe(changed, context.now)
    return _shown(pool.groups.get(name), context)


async def _get(given: Parameters, context: PoolContext) -> Answer | Refusal:
    return _shown(context.pool.groups.get(given.text("GroupName")), context)


def _shown(group: Group | None, context: PoolContext) -> Answer | Refusal:
    return {"Group": shown_group(group, context.pool)} if group else _NO_GROUP


async def _delete(given: Parameters, context: PoolContext) -> Answer | Refusal:
    return {} if context.pool.groups.delete(given.text("GroupName")) else _NO_GROUP


async def _list(given: Parameters, context: PoolContext) -> Answer | Refusal:
    return _listed(given, context, context.pool.groups.all(), "groups")


async def _list_of_user(given: Parameters, context: PoolContext) -> Answer | Refusal:
    user = find_user(context.pool, given.text("Username"))
    if user is None:
        return USER_NOT_FOUND
    groups = context.pool.groups.of(user.username)
    return _listed(given, context, groups, f"groups of {user.sub}")


def _listed(
    given: Parameters, context: PoolContext, groups: list[Group], of: str
) -> Answer | Refusal:
    found = page(context.pool, given, groups, lambda group: group.name, of=of)
    if isinstance(found, Refusal):
        return found
    listed, more = found
    return {"Groups": [shown_group(each, context.pool) for each in listed], **more}


async def _members(given: Parameters, context: PoolContext) -> Answer | Refusal:
    pool, name = context.pool, given.text("GroupName")
    if pool.groups.get(name) is None:
        return _NO_GROUP
    found = page(
        pool, given, pool.groups.members(name), lambda each: each, of=f"members {name}"
    )
    if isinstance(found, Refusal):
        return found
    listed, more = found
    users = filter(None, map(pool.users.get, listed))
    return {"Users": [shown_user(user) for user in users], **more}


async def _add(given: Parameters, context: PoolContext) -> Answer | Refusal:
    found = _membership(given, context)
    if isinstance(found, Refusal):
        return found
    user, group = found
    context.pool.groups.add(user.username, group.name)
    return {}


async def _remove(given: Parameters, context: PoolContext) -> Answer | Refusal:
    found = _membership(given, context)
    if isinstance(found, Refusal):
        return found
    user, group = found
    context.pool.groups.remove(user.username, group.name)
    return {}


def _membership(
    given: Parameters, context: PoolContext
) -> tuple[User, Group] | Refusal:
    user = find_user(context.pool, given.text("Username"))
    group = context.pool.groups.get(given.text("GroupName"))
    if user is None:
        return USER_NOT_FOUND
    return (user, group) if group else _NO_GROUP


_PAGE = (
    Parameter("Limit", kind="integer", least=0, most=MOST),
    Parameter("NextToken", longest=131_072),
)
_GROUP = (USER_POOL_ID, GROUP_NAME)
_DESCRIBED = (
    *_GROUP,
    Parameter("Description", longest=2048),
    Parameter("RoleArn", longest=2048),
    Parameter("Precedence", kind="integer", least=0, most=2**31 - 1),
)
_MEMBER = (USER_POOL_ID, USERNAME, GROUP_NAME)

OPERATIONS = (
    Operation("CreateGroup", _DESCRIBED, _create, signed=True),
    Operation("UpdateGroup", _DESCRIBED, _update, signed=True),
    Operation("GetGroup", _GROUP, _get, signed=True),
    Operation("DeleteGroup", _GROUP, _delete, signed=True),
    Operation("ListGroups", (USER_POOL_ID, *_PAGE), _list, signed=True),
    Operation("ListUsersInGroup", (*_GROUP, *_PAGE), _members, signed=True),
    Operation("AdminAddUserToGroup", _MEMBER, _add, signed=True),
    Operation("AdminRemoveUserFromGroup", _MEMBER, _remove, signed=True),
    Operation(
        "AdminListGroupsForUser",
        (USER_POOL_ID, USERNAME, *_PAGE),
        _list_of_user,
        signed=True,
    ),
)
