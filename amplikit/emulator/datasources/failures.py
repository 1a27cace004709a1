"""How AppSync words what DynamoDB refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.calls import FieldError
from amplikit.emulator.datasources.remote import NOT_RUN_LOCALLY

if TYPE_CHECKING:
    from amplikit.emulator.run import Run

__all__ = [
    "INVALID_PAGINATION_TOKEN",
    "NULL_FOR_REQUIRED",
    "SEARCH_REFUSED",
    "VALIDATION",
    "condition_failed",
    "not_run_here",
    "refused",
]

VALIDATION = "ValidationException"

INVALID_PAGINATION_TOKEN = FieldError(
    "com.amazonaws.deepdish.common.pagination.InvalidPaginationTokenException: "
    "Invalid pagination token given.",
    "DynamoDB:UserIllegalArgumentException",
)
"""Verified: amplify-js issue 4880."""

NULL_FOR_REQUIRED = FieldError(
    "An argument you marked as Non-Null is set to Null in the query or the body of "
    "your request.",
    None,
)
"""Verified: v1's update template."""

SEARCH_REFUSED = FieldError(
    "@searchable needs OpenSearch, which amplikit does not run. Find items here by the "
    "list query with a filter, or by an index.",
    NOT_RUN_LOCALLY,
)


def not_run_here(why: str) -> FieldError:
    """Return the answer of a field that works on AWS and cannot here."""
    return FieldError(why, NOT_RUN_LOCALLY)


def refused(exception: str, message: str, run: Run) -> FieldError:
    """Return DynamoDB's refusal with the SDK's suffix.

    Source: reported in public issues, "(Service: DynamoDb, Status Code: 400, Request
    ID: ...)".
    """
    return FieldError(
        f"{message} (Service: DynamoDb, Status Code: 400, Request ID: {run.new_id()})",
        f"DynamoDB:{exception}",
    )


def condition_failed(run: Run) -> FieldError:
    """Return the refusal of a write whose condition does not hold."""
    return refused(
        "ConditionalCheckFailedException", "The conditional request failed", run
    )
