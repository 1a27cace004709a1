"""Create the profile of a user who has just confirmed the sign-up.

A Cognito PostConfirmation trigger. It writes through AppSync, signed with the
function's role, so that subscribers see the profile and the API's rules apply.

Environment: ``APPSYNC_URL``, or the ``API_<NAME>_GRAPHQLAPIENDPOINTOUTPUT`` that
Amplify sets; and ``OWNER_FORMAT``, how the API's transformer stores an owner:
``username`` (v1, the default here) or ``sub::username`` (v2).
"""

from __future__ import annotations

import logging
import os
from functools import cache
from typing import Any

from amplikit_client import AppSyncClient, ConditionFailed, RetryPolicy

log = logging.getLogger(__name__)
log.setLevel(logging.INFO)

# Subscribers get the fields that the mutation selects, and no others.
CREATE_PROFILE = """
mutation CreateProfile($input: CreateUserInput!) {
  createUser(input: $input) {
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
    # A reset password is confirmed too, by a user who has a profile already.
    if event["triggerSource"] == "PostConfirmation_ConfirmSignUp":
        owner_format = os.environ.get("OWNER_FORMAT", "username")
        create(api(), profile(event, owner_format))
    return event


def profile(event: dict[str, Any], owner_format: str) -> dict[str, str]:
    """Return the profile's first values; its id is the user's ``sub``."""
    username = event["userName"]
    attributes = event["request"]["userAttributes"]
    sub = attributes["sub"]
    owners = {"username": username, "sub::username": f"{sub}::{username}"}
    if owner_format not in owners:
        raise ValueError(f"OWNER_FORMAT is '{owner_format}', not {' or '.join(owners)}")
    values = {
        "id": sub,
        "username": username,
        "email": attributes.get("email"),
        "displayName": attributes.get("name") or username,
        "owner": owners[owner_format],
    }
    return {name: value for name, value in values.items() if value}


def create(client: AppSyncClient, values: dict[str, str]) -> None:
    """Create the profile; an existing one is what a repeated event finds."""
    try:
        client.execute(CREATE_PROFILE, {"input": values})
    except ConditionFailed:
        log.info("The profile %s exists already.", values["id"])
