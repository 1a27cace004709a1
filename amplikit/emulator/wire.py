"""AppSync's and API Gateway's words, quoted, each with what is known about it.

``verified`` is documented by AWS or was seen in an answer of the real service,
``reported`` comes from graphql-java's sources or from several public clients, and
``assumed`` is plausible only. A template holds ``%s`` where the service puts a name.
"""

from __future__ import annotations

from typing import Final

from amplikit.identity import words as identity_words
from amplikit.quoting import Mark, Word, words_of

__all__ = ["Mark", "Word", "words"]


def words() -> dict[str, Word]:
    """Return every quoted text by the name of its constant."""
    return words_of(globals())


_GUIDE: Final = "AppSync developer guide"
_HTTP_81: Final = "graphql-over-http issue 81"
_JAVA: Final = "graphql-java sources of 2019"
_SEEN: Final = "answers quoted in public issues"
_GATEWAY: Final = "API Gateway developer guide, gateway response types"
_GUESS: Final = "no source"


def _verified(text: str, source: str) -> Word:
    return Word(text, Mark.VERIFIED, source)


def _reported(text: str, source: str) -> Word:
    return Word(text, Mark.REPORTED, source)


def _assumed(text: str, source: str = _GUESS) -> Word:
    return Word(text, Mark.ASSUMED, source)


# Headers.
CONTENT_TYPE_JSON = _assumed("application/json;charset=UTF-8")
CONTENT_TYPE_GATEWAY = _verified("application/json", _GATEWAY)
HEADER_API_KEY = _verified("x-api-key", _GUIDE)
HEADER_REQUEST_ID = _verified("x-amzn-RequestId", _GUIDE)
HEADER_ERROR_TYPE = _verified("x-amzn-ErrorType", _SEEN)
HEADER_TOKENS_CONSUMED = _verified("x-amzn-appsync-TokensConsumed", _GUIDE)

# Error types of whole requests.
UNAUTHORIZED_EXCEPTION = _verified("UnauthorizedException", _SEEN)
BAD_REQUEST_EXCEPTION = _verified("BadRequestException", _SEEN)
MALFORMED_REQUEST = _verified("MalformedHttpRequestException", _HTTP_81)
WAF_FORBIDDEN = _verified("WAFForbiddenException", _SEEN)
REQUEST_TOO_LARGE = _assumed("RequestEntityTooLargeException")
NOT_FOUND = _assumed("NotFoundException")
INTERNAL_FAILURE = _assumed("InternalFailure")
REQUEST_TIMEOUT = _assumed("RequestTimeoutException")
UNAVAILABLE = _assumed("ServiceUnavailableException")
METHOD_NOT_ALLOWED = _assumed("MethodNotAllowedException")

# Messages of whole requests.
NO_VALID_HEADER = _verified("Valid authorization header not provided.", _SEEN)
NOT_AUTHORIZED_CALL = identity_words.NOT_AUTHORIZED_CALL
UNPARSABLE_TOKEN = identity_words.UNPARSABLE_TOKEN
PERMISSION_DENIED = _verified("Permission denied", "amplify-category-api issue 2457")
WAF_MESSAGE = _verified("403 Forbidden", _SEEN)
EMPTY_BODY = _verified("Request body is empty.", _HTTP_81)
UNPARSABLE_QUERY = _verified("Unable to parse GraphQL query.", _HTTP_81)
MISSING_OPERATION_NAME = _reported("Missing operation name.", _HTTP_81)
SUBSCRIPTION_OVER_HTTP = _verified(
    "Subscriptions over MQTT is not supported.", "seen in 2021"
)
TOO_LONG = _verified("Maximum char length exceeded", f"{_GUIDE}, quotas")
TOO_LARGE = _assumed("Request entity too large.")
NO_SUCH_ROUTE = _assumed("Not Found")
REQUEST_TIMEOUT_MESSAGE = _assumed("The request took too long to arrive.")
UNAVAILABLE_MESSAGE = _assumed("Service unavailable.")
METHOD_NOT_ALLOWED_MESSAGE = _assumed("Method Not Allowed")
INTERNAL_MESSAGE = _assumed("Internal failure.")

# What an authorizer is told of a real-time connection.
CONNECT_OPERATION = _verified("DeepDish:Connect", _GUIDE)

# Field errors.
UNAUTHORIZED = _verified("Unauthorized", _SEEN)
NOT_AUTHORIZED_FIELD = _verified("Not Authorized to access %s on type %s", _SEEN)
NULL_FOR_NON_NULL = _verified(
    "Cannot return null for non-nullable type: '%s' within parent '%s' (%s)", _SEEN
)
CANNOT_SERIALIZE = _verified("Can't serialize value (%s) : %s", _SEEN)
NOT_A_VALID = _verified("Unable to serialize `%s` as a valid %s Object.", _SEEN)
TYPE_MISMATCH = _verified(
    "Can't resolve value (%s) : type mismatch error, expected type %s, got %s", _GUIDE
)
NO_SUCH_ENUM_VALUE = _reported("Invalid input for Enum '%s'. Unknown value '%s'", _JAVA)
EXECUTION_TIMEOUT = _assumed("ExecutionTimeout")
EXECUTION_TIMED_OUT = _verified("Execution timed out.", _SEEN)
RESPONSE_TOO_LARGE = _assumed("ResponseTooLarge")
RESPONSE_TOO_LARGE_MESSAGE = _assumed("The response is larger than %s bytes.")
NESTED_TOO_DEEPLY = _assumed("Query is nested too deeply.")
RESOLVER_LIMIT = _verified("ResolverExecutionLimitReached", _GUIDE)
DEPTH_LIMIT = _verified("QueryDepthLimitReached", _GUIDE)
DEPTH_LIMIT_MESSAGE = _assumed("Query depth limit of %s reached.")
RESOLVER_LIMIT_MESSAGE = _assumed("Resolver count limit of %s reached.")

# Functions and endpoints.
LAMBDA_UNHANDLED = _verified("Lambda:Unhandled", "aws-appsync-community issue 209")
LAMBDA_TIMEOUT = _verified("Lambda:ExecutionTimeoutException", _SEEN)
HTTP_TIMEOUT = _verified("Http:ExecutionTimeoutException", _SEEN)
HTTP_UNREACHABLE = _assumed("Http:ConnectionException")
HTTP_UNREACHABLE_MESSAGE = _assumed("Unable to connect to the endpoint.")
HTTP_TOO_LARGE = _assumed("Http:ResponseTooLarge")
HTTP_TOO_LARGE_MESSAGE = _assumed("The endpoint's response is larger than %s bytes.")
MAPPING_TEMPLATE = _verified("MappingTemplate", _SEEN)
UNCONVERTIBLE = _verified(
    "Unable to convert %s to class java.lang.Object.",
    "aws-appsync-visualization-with-athena-app issue 9",
)
NON_NULL_NOT_PRESENT = _verified(
    "An argument you marked as Non-Null is not present in the query nor the body of"
    " your request.",
    "the templates of @http, both transformers",
)

# Conflict detection.
_CONFLICTS: Final = f"{_GUIDE}, conflict detection and resolution"
CONFLICT_UNHANDLED = _verified("ConflictUnhandled", "amplify-js issue 5945")
CONFLICT_REJECTED = _verified(
    "Conflict resolver rejects mutation.", "amplify-js issue 5945"
)
CONFLICT_ERROR = _verified("ConflictError", _CONFLICTS)
CONFLICT_ERROR_MESSAGE = _assumed("The conflict handler did not resolve the conflict.")
MAX_CONFLICTS = _verified("MaxConflicts", _CONFLICTS)
MAX_CONFLICTS_MESSAGE = _assumed(
    "Max retry attempts were reached for conflict resolution."
)

# Variables.
UNKNOWN_OPERATION = _reported("Unknown operation named '%s'.", _JAVA)
NULL_VARIABLE = _verified(
    "Variable '%s' has coerced Null value for NonNull type '%s'", _SEEN
)
INVALID_VARIABLE = _reported("Variable '%s' has an invalid value. %s", _JAVA)
UNDEFINED_INPUT_FIELD = _verified(
    "The variables input contains a field that is not defined for input object type"
    " '%s' ",
    "aws-appsync-community issue 273",
)
EXPECTED_MAP = _reported(
    "Expected type 'Map' but was '%s'. Variables for input objects must be an"
    " instance of type 'Map'.",
    _JAVA,
)
ENUM_VARIABLE = _reported(
    "Invalid input for Enum '%s'. No value found for name '%s'", _JAVA
)
UNPARSABLE_SCALAR = _reported("Unable to parse `%s` as a valid %s.", _SEEN)
EXPECTED_SCALAR = _reported(
    "Expected type '%s' but was '%s'.", f"{_JAVA}, GraphqlIntegerCoercing"
)

# Validation.
VALIDATION_ERROR = _verified("Validation error of type %s: %s", _HTTP_81)
FIELD_UNDEFINED = _verified("Field '%s' in type '%s' is undefined", _HTTP_81)
UNKNOWN_ARGUMENT = _verified("Unknown field argument %s", _SEEN)
UNKNOWN_DIRECTIVE = _reported("Unknown directive %s", _JAVA)
UNKNOWN_DIRECTIVE_ARGUMENT = _reported("Unknown directive argument %s", _JAVA)
MISSING_FIELD_ARGUMENT = _reported("Missing field argument %s", _JAVA)
MISSING_DIRECTIVE_ARGUMENT = _reported("Missing directive argument %s", _JAVA)
WRONG_ARGUMENT = _reported("argument '%s' with value '%s' %s", _JAVA)
NOT_VALID_FOR_TYPE = _reported("is not a valid '%s'", _JAVA)
MUST_NOT_BE_NULL = _reported("must not be null", _JAVA)
MUST_BE_OBJECT = _reported("must be an object type", _JAVA)
MISSING_REQUIRED_FIELDS = _reported("is missing required fields '%s'", _JAVA)
FIELD_NOT_IN_TYPE = _reported("contains a field not in '%s': '%s'", _JAVA)
SUB_SELECTION_REQUIRED = _verified(
    "Sub selection required for type %s of field %s", _SEEN
)
SUB_SELECTION_NOT_ALLOWED = _reported(
    "Sub selection not allowed on leaf type %s of field %s", _JAVA
)
UNKNOWN_TYPE = _reported("Unknown type %s", _JAVA)
UNDEFINED_VARIABLE = _reported("Undefined variable %s", _JAVA)
UNUSED_VARIABLE = _reported("Unused variable %s", _JAVA)
VARIABLE_TYPE_MISMATCH = _verified(
    "Variable type '%s' doesn't match expected type '%s'", _SEEN
)
UNDEFINED_FRAGMENT = _reported("Undefined fragment %s", _JAVA)
UNUSED_FRAGMENT = _reported("Unused fragment %s", _JAVA)
FRAGMENT_CYCLE = _reported("Fragment cycles not allowed", _JAVA)
INVALID_INLINE_FRAGMENT = _reported(
    "Fragment cannot be spread here as objects of type %s can never be of type %s",
    _JAVA,
)
INVALID_NAMED_FRAGMENT = _reported(
    "Fragment %s cannot be spread here as objects of type %s can never be of type %s",
    _JAVA,
)
INLINE_FRAGMENT_CONDITION = _reported(
    "Inline fragment type condition is invalid, must be on Object/Interface/Union",
    _JAVA,
)
FRAGMENT_CONDITION = _reported(
    "Fragment type condition is invalid, must be on Object/Interface/Union", _JAVA
)
DIFFERENT_FIELDS = _reported("%s: %s and %s are different fields", _JAVA)
DIFFERING_ARGUMENTS = _reported("%s: they have differing arguments", _JAVA)
DIFFERING_TYPES = _reported("%s: they return differing types %s and %s", _JAVA)
LONE_ANONYMOUS = _reported("Anonymous operation with other operations.", _JAVA)
DUPLICATE_OPERATION = _reported("There can be only one operation named '%s'", _JAVA)
DUPLICATE_FRAGMENT = _reported("There can be only one fragment named '%s'", _JAVA)
DUPLICATE_VARIABLE = _assumed("There can be only one variable named '%s'")
DUPLICATE_ARGUMENT = _assumed("There can be only one argument named '%s'")
DUPLICATE_INPUT_FIELD = _assumed("There can be only one input field named '%s'")
DUPLICATE_DIRECTIVE = _reported(
    "Non repeatable directives must be uniquely named within a location. The directive"
    " '%s' used on a '%s' is not unique.",
    _JAVA,
)
MISPLACED_DIRECTIVE = _reported("Directive %s not allowed here", _JAVA)
NOT_EXECUTABLE = _reported("The %s definition is not executable.", _JAVA)
NON_INPUT_VARIABLE = _reported("Wrong type for a variable", _JAVA)
BAD_DEFAULT = _reported("Bad default value %s for type %s", _JAVA)
NO_SUCH_OPERATION_TYPE = _assumed("Schema is not configured for %ss.")
INTROSPECTION_TOO_DEEP = _assumed("Maximum introspection depth exceeded")
SEVERAL_SUBSCRIPTION_FIELDS = _assumed(
    "Subscription operation '%s' must have a single root field"
)

# Real time: message types, error types and texts.
SUBPROTOCOL = _verified("graphql-ws", _GUIDE)
CONNECTION_INIT = _verified("connection_init", _GUIDE)
CONNECTION_ACK = _verified("connection_ack", _GUIDE)
CONNECTION_ERROR = _verified("connection_error", _GUIDE)
KEEP_ALIVE = _verified("ka", _GUIDE)
START = _verified("start", _GUIDE)
START_ACK = _verified("start_ack", _GUIDE)
DATA = _verified("data", _GUIDE)
STOP = _verified("stop", _GUIDE)
COMPLETE = _verified("complete", _GUIDE)
ERROR = _verified("error", _GUIDE)
NO_PROTOCOL = _verified("NoProtocolError", "aws-appsync-community issue 195")
UNSUPPORTED_OPERATION = _verified("UnsupportedOperation", _SEEN)
NOT_SUPPORTED_IN_REAL_TIME = _verified(
    "%s not supported through the realtime channel", _SEEN
)
MAX_SUBSCRIPTIONS = _verified("MaxSubscriptionsReachedError", _GUIDE)
MAX_SUBSCRIPTIONS_MESSAGE = _verified("Max number of %s subscriptions reached", _SEEN)
DUPLICATED_OPERATION = _verified("DuplicatedOperationError", _SEEN)
DUPLICATED_OPERATION_MESSAGE = _assumed("Operation with id '%s' is already active.")
LIMIT_EXCEEDED_ERROR = _verified("LimitExceededError", _GUIDE)
RATE_LIMIT_EXCEEDED = _verified("Rate limit exceeded", _GUIDE)
BAD_CONNECT_HEADER = _assumed("Unable to parse the connection header.")
INVALID_MESSAGE = _assumed("Invalid message")
TOO_MANY_FILTER_VALUES = _verified(
    "subscription exceeds maximum value limit %s for operator `%s`.",
    "amplify-category-api issue 740, amplify-swift issue 3459",
)
TOO_MANY_FILTER_FIELDS = _reported(
    "Filters exceed maximum attributes limit %s for subscription",
    "amplify-flutter issue 6142",
)
TOO_MANY_FILTERS = _assumed("Filters exceed maximum limit %s for subscription")
TOO_LONG_FILTER_VALUE = _assumed(
    "subscription exceeds maximum length limit %s for operator `%s`."
)
TOO_MANY_INVALIDATIONS = _assumed(
    "invalidateSubscriptions exceeds maximum value limit %s"
)

# API Gateway.
GATEWAY_FORBIDDEN_TYPE = _verified("ForbiddenException", _GATEWAY)
GATEWAY_FORBIDDEN = _verified("Forbidden", _GATEWAY)
GATEWAY_THROTTLED_TYPE = _verified("TooManyRequestsException", _GATEWAY)
GATEWAY_THROTTLED = _verified("Too Many Requests", _GATEWAY)
GATEWAY_QUOTA_TYPE = _verified("LimitExceededException", _GATEWAY)
GATEWAY_QUOTA = _verified("Limit Exceeded", _GATEWAY)
GATEWAY_NO_ROUTE_TYPE = _verified("MissingAuthenticationTokenException", _GATEWAY)
GATEWAY_NO_ROUTE = _verified("Missing Authentication Token", _GATEWAY)
GATEWAY_TOO_LARGE_TYPE = _verified("RequestTooLargeException", _GATEWAY)
GATEWAY_TOO_LARGE = _verified("Request Too Long", _GATEWAY)

# Numbers of the service (Source: AppSync quotas, real-time guide).
MAX_QUERY_TOKENS: Final = 15_000
CONNECTION_TIMEOUT_MS: Final = 300_000
KEEP_ALIVE_S: Final = 60.0
MAX_CONNECTION_S: Final = 24 * 3600.0
MAX_SUBSCRIPTIONS_PER_CONNECTION: Final = 200
MAX_EVENT_BYTES: Final = 240 * 1024
MAX_INVALIDATIONS: Final = 5
MAX_EXECUTION_S: Final = 30.0
MAX_RESOLVERS: Final = 10_000
# Assumed: no figure is published. A page has at most 1 MB, so that no single resolver
# can meet the 5 MB that one result may have.
MAX_RESPONSE_BYTES: Final = 10_000_000
MAX_RESOLVER_RESULT_BYTES: Final = 5_242_880
GZIP_FROM_BYTES: Final = 1_000
GZIP_TO_BYTES: Final = 10_000_000
