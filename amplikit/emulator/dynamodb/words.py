"""DynamoDB's words on the wire: error types and the texts that no store says.

Source: dynalite's recordings of the service; those of transactions and of TTL are
DynamoDB Local's.
"""

from __future__ import annotations

from typing import Final

CORAL: Final = "com.amazon.coral.service#"
VALIDATE: Final = "com.amazon.coral.validate#"
DYNAMODB: Final = "com.amazonaws.dynamodb.v20120810#"

ACCESS_DENIED: Final = "AccessDeniedException"
CONDITION_FAILED: Final = "ConditionalCheckFailedException"
INTERNAL: Final = "InternalServerError"
UNSIGNED: Final = "MissingAuthenticationTokenException"
NOT_FOUND: Final = "ResourceNotFoundException"
SERIALIZATION: Final = "SerializationException"
TRANSACTION_CANCELED: Final = "TransactionCanceledException"
UNKNOWN_OPERATION: Final = "UnknownOperationException"
VALIDATION: Final = "ValidationException"

CORAL_TYPES: Final = frozenset(
    {
        ACCESS_DENIED,
        "ExpiredTokenException",
        "IncompleteSignatureException",
        "InvalidSignatureException",
        UNSIGNED,
        SERIALIZATION,
        UNKNOWN_OPERATION,
        "UnrecognizedClientException",
    }
)
UPPER_CASE_MESSAGE: Final = frozenset({ACCESS_DENIED, SERIALIZATION})
"""The errors whose text stands under ``Message`` instead of ``message``."""

UNSIGNED_MESSAGE: Final = "Request is missing Authentication Token"
NOT_AUTHORIZED: Final = (
    "User: %s is not authorized to perform: %s on resource: %s because no "
    "identity-based policy allows the %s action"
)
DENIED_EXPLICITLY: Final = (
    "User: %s is not authorized to perform: %s on resource: %s with an explicit deny "
    "in an identity-based policy"
)

TRANSACTION_CANCELED_MESSAGE: Final = (
    "Transaction cancelled, please refer cancellation reasons for specific reasons [%s]"
)
INTERNAL_MESSAGE: Final = (
    "The request processing has failed because of an unknown error, exception or "
    "failure."
)

INVALID_VALUES: Final = "One or more parameter values were invalid: "
WRITE_OF_NOTHING: Final = (
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one "
    "of the supported datatypes"
)
PUT_RETURN_VALUES: Final = "ReturnValues can only be ALL_OLD or NONE"
CONSISTENT_ON_GLOBAL: Final = (
    "Consistent reads are not supported on global secondary indexes"
)
NO_KEY_CONDITION: Final = (
    "Either the KeyConditions or KeyConditionExpression parameter must be specified in "
    "the request."
)
PROJECTED_WITHOUT_INDEX: Final = (
    "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"
)
SPECIFIC_WITHOUT_PATHS: Final = (
    "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
    "SPECIFIC_ATTRIBUTES"
)
PATHS_WITH_SELECT: Final = "Cannot specify the %s when choosing to get %s"
SEGMENTS_MISSING: Final = (
    "The TotalSegments parameter is required but was not present in the request when "
    "Segment parameter is present"
)
SEGMENT_MISSING: Final = (
    "The Segment parameter is required but was not present in the request when "
    "parameter TotalSegments is present"
)
SEGMENT_TOO_LARGE: Final = (
    "The Segment parameter is zero-based and must be less than parameter "
    "TotalSegments: Segment: %d is not less than TotalSegments: %d"
)
START_INVALID: Final = "The provided starting key is invalid: "

ONE_ACTION: Final = "TransactItems can only contain one of Check, Put, Update or Delete"
"""A transaction's item with no action, or with several."""

TABLE_NOT_FOUND: Final = "Requested resource not found: Table: %s not found"
RESOURCE_NOT_FOUND: Final = "Requested resource not found: ResourcArn: %s not found"
TABLE_NAME_REQUIRED: Final = (
    "The parameter 'TableName' is required but was not present in the request"
)
TABLE_NAME_LENGTH: Final = (
    "TableName must be at least 3 characters long and at most 255 characters long"
)
REQUIRED: Final = (
    "1 validation error detected: Value null at '%s' failed to satisfy constraint: "
    "Member must not be null"
)
TOO_MANY_TAGS: Final = "Too many tags: the number of tags is limited to 50 per resource"
