"""``ListUsers``: all users, or those that a filter finds, page by page.

Source: Cognito API reference, ListUsers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.operation import Answer, Operation
from amplikit.identity.user_pool.paging import MOST, page
from amplikit.identity.user_pool.parameters import USER_POOL_ID, Parameter
from amplikit.identity.user_pool.refusal import Refusal, invalid_parameter
from amplikit.identity.user_pool.shown import shown_user
from amplikit.identity.user_pool.user_filter import read_filter

if TYPE_CHECKING:
    from amplikit.identity.user_pool.parameters import Parameters
    from amplikit.identity.user_pool.pool import PoolContext

__all__ = ["OPERATIONS"]


async def _list(given: Parameters, context: PoolContext) -> Answer | Refusal:
    pool, text = context.pool, given.text("Filter")
    wanted = read_filter(text)
    if isinstance(wanted, Refusal):
        return wanted
    users = [user for user in pool.users.all() if not wanted or wanted.matches(user)]
    found = page(
        pool,
        given,
        users,
        lambda user: user.sub,
        of=f"users {text}",
        token_name="PaginationToken",  # noqa: S106  a member's name
    )
    if isinstance(found, Refusal):
        return found
    names = given.items("AttributesToGet")
    if len(names) != len(set(names)):
        return invalid_parameter(words.ATTRIBUTE_TWICE)
    listed, more = found
    shown = names if given.has("AttributesToGet") else None
    return {"Users": [shown_user(user, shown) for user in listed], **more}


OPERATIONS = (
    Operation(
        "ListUsers",
        (
            USER_POOL_ID,
            Parameter("AttributesToGet", kind="list", longest=32),
            Parameter("Limit", kind="integer", least=0, most=MOST),
            Parameter("PaginationToken", longest=131_072),
            Parameter("Filter", longest=256),
        ),
        _list,
        signed=True,
    ),
)
