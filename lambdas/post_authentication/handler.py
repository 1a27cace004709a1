"""Remember when a user was last seen.

A Cognito PostAuthentication trigger. An error here would refuse the sign-in, so none
leaves it: a user without a profile yet, or an API that does not answer in time, is a
line in the log.

Environment: ``APPSYNC_URL``, or the ``API_<NAME>_GRAPHQLAPIENDPOINTOUTPUT`` that
Amplify sets.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from amplikit_client import AppSyncClient, AppSyncError, ConditionFailed, RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

# Subscribers get the fields that the mutation selects, and no others.
UPDATE_LAST_SEEN = """
mutation UpdateLastSeen($input: UpdateUserInput!) {
  updateUser(input: $input) {
    id
    username
    email
    displayName
    owner
    lastSeenAt
    createdAt
    updatedAt
  }
}
"""


@cache
def api() -> AppSyncClient:
    """Return the API's client, made once for all events of this process.

    Cognito waits five seconds for a trigger and calls it again after that.
    """
    return AppSyncClient.from_env(
        timeout_s=2, retry=RetryPolicy(tries=3, give_up_after_s=4)
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Handle Cognito's event, and give it back as Cognito demands."""
    user_id = event["request"]["userAttributes"]["sub"]
    try_update(api, user_id, datetime.now(UTC))
    return event


def try_update(
    client: Callable[[], AppSyncClient], user_id: str, seen_at: datetime
) -> None:
    """Update the profile, or say in the log why that is not possible."""
    try:
        update(client(), user_id, seen_at)
    except ConditionFailed:
        log.warning("The user %s has no profile yet.", user_id)
    except AppSyncError:
        log.exception("The profile %s is not updated.", user_id)


def update(client: AppSyncClient, user_id: str, seen_at: datetime) -> None:
    """Set ``lastSeenAt``, an AWSDateTime; no other field changes."""
    last_seen = seen_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    values = {"id": user_id, "lastSeenAt": last_seen}
    client.execute(UPDATE_LAST_SEEN, {"input": values})
