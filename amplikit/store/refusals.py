"""DynamoDB's words for the requests it refuses.

Source: the service's answers as the dynalite project recorded them, completed with
those of DynamoDB Local 2.x where no recording of the service is at hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.store.interface import Refused

if TYPE_CHECKING:
    from amplikit.blueprint.resources import Attribute

__all__ = ["Invalid"]

_INVALID = "One or more parameter values were invalid: "
_NOT_VALID = "One or more parameter values are not valid. "

NUMBER_TOO_PRECISE = "Attempting to store more than 38 significant digits in a Number"
NUMBER_OVERFLOW = (
    "Number overflow. Attempting to store a number with magnitude larger than "
    "supported range"
)
NUMBER_UNDERFLOW = (
    "Number underflow. Attempting to store a number with magnitude smaller than "
    "supported range"
)
NESTED_TOO_DEEP = (
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested "
    "levels beyond supported limit"
)
NUMBER_EMPTY = "The parameter cannot be converted to a numeric value"
EMPTY_STRING_SET = f"{_INVALID}An string set  may not be empty"
EMPTY_NUMBER_SET = f"{_INVALID}An number set  may not be empty"
EMPTY_BINARY_SET = f"{_INVALID}Binary sets should not be empty"
NULL_IN_SET = f"{_INVALID}An string set  may not have a null string as a member"
NULL_FALSE = f"{_INVALID}Null attribute value types must have the value of true"
DUPLICATE_NUMBERS = "Input collection contains duplicates"
VALUE_EMPTY = (
    "Supplied AttributeValue is empty, must contain exactly one of the supported "
    "datatypes"
)
VALUE_OF_SEVERAL_TYPES = (
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one "
    "of the supported datatypes"
)
# No recording of the service: Java's encoder never lets such a string reach it.
NOT_UNICODE = f"{_INVALID}A string holds a lone surrogate"
EMPTY_ATTRIBUTE_NAME = "Empty attribute name"
ATTRIBUTE_NAME_TOO_LONG = "Attribute name is too large, must be less than 65536 bytes"
ITEM_TOO_LARGE = "Item size has exceeded the maximum allowed size"
UPDATED_ITEM_TOO_LARGE = "Item size to update has exceeded the maximum allowed size"
KEY_DOES_NOT_MATCH = "The provided key element does not match the schema"
PARTITION_KEY_TOO_LONG = (
    f"{_INVALID}Size of hashkey has exceeded the maximum size limit of2048 bytes"
)
SORT_KEY_TOO_LONG = (
    f"{_INVALID}Aggregated size of all range keys has exceeded the size limit of "
    "1024 bytes"
)
KEY_CONDITION_TYPE = f"{_INVALID}Condition parameter type does not match schema type"
KEY_CONDITION_UNSUPPORTED = "Query key condition not supported"
START_INVALID = "The provided starting key is invalid"
START_DOES_NOT_MATCH = f"{START_INVALID}: {KEY_DOES_NOT_MATCH}"
START_OUTSIDE_PARTITION = (
    "The provided starting key is outside query boundaries based on provided conditions"
)
START_OUTSIDE_RANGE = "The provided starting key does not match the range key predicate"
UPDATE_OPERAND_TYPE = "An operand in the update expression has an incorrect data type"
DUPLICATE_KEYS = "Provided list of item keys contains duplicates"
TOO_MANY_READS = "Too many items requested for the BatchGetItem call"
TOO_MANY_WRITES = "Too many items requested for the BatchWriteItem call"
ONE_ITEM_TWICE = "Transaction request cannot include multiple operations on one item"
TRANSACTION_TOO_LONG = "Member must have length less than or equal to 100"
TRANSACTION_EMPTY = (
    "Value [] at 'transactItems' failed to satisfy constraint: Member must have length "
    "greater than or equal to 1"
)
CONDITION_FAILED = "The conditional request failed"
START_OUTSIDE_SEGMENT = "Exclusive start key must lie within the segment"


class Invalid(Exception):
    """A request is refused, found deep inside a value or an expression.

    No operation of a store raises it: each returns ``refused`` instead.
    """

    def __init__(self, message: str, *, type_: str = "ValidationException") -> None:
        super().__init__(message)
        self.refused = Refused(type_, message)


class Misfit(Invalid):
    """A write does not fit the table's keys: in a transaction it is a reason."""


def unknown_table() -> Invalid:
    """Return the refusal of a request to a table that does not exist."""
    return Invalid("Requested resource not found", type_="ResourceNotFoundException")


def unknown_index(name: str) -> Invalid:
    """Return the refusal of a read from an index that the table does not have."""
    return Invalid(f"The table does not have the specified index: {name}")


def unknown_global_index(name: str) -> Invalid:
    """Return the refusal of a change to a global index that the table has not."""
    return Invalid(
        f"Requested resource not found: Index: {name} not found",
        type_="ResourceNotFoundException",
    )


def limit_too_small(limit: int) -> Invalid:
    """Return the refusal of a limit below 1."""
    return Invalid(
        f"1 validation error detected: Value '{limit}' at 'limit' failed to satisfy "
        "constraint: Member must have value greater than or equal to 1"
    )


def missing_key(name: str) -> Invalid:
    """Return the refusal of an item without one of its key attributes."""
    return Invalid(f"{_INVALID}Missing the key {name} in the item")


def in_batch(invalid: Invalid) -> Invalid:
    """Return a refusal as a batch tells it: of a key, it does not say what is wrong."""
    message = invalid.refused.message
    of_key = (f"{_INVALID}Missing the key ", f"{_INVALID}Type mismatch for key ")
    return Invalid(KEY_DOES_NOT_MATCH) if message.startswith(of_key) else invalid


def key_type(key: Attribute, actual: str) -> Invalid:
    """Return the refusal of an item whose key attribute has another type."""
    return Misfit(
        f"{_INVALID}Type mismatch for key {key.name} expected: {key.type} "
        f"actual: {actual}"
    )


def index_key_type(key: Attribute, actual: str, index: str) -> Invalid:
    """Return the refusal of an item whose index key attribute has another type."""
    return Misfit(
        f"{_INVALID}Type mismatch for Index Key {key.name} Expected: {key.type} "
        f"Actual: {actual} IndexName: {index}"
    )


def empty_key(key: Attribute) -> Invalid:
    """Return the refusal of an empty key attribute."""
    return Invalid(
        f"{_NOT_VALID}The AttributeValue for a key attribute cannot contain an empty "
        f"{_kind(key)} value. Key: {key.name}"
    )


def empty_index_key(key: Attribute, index: str) -> Invalid:
    """Return the refusal of an empty index key attribute."""
    return Invalid(
        f"{_NOT_VALID}A value specified for a secondary index key is not supported. "
        "The AttributeValue for a key attribute cannot contain an empty "
        f"{_kind(key)} value. IndexName: {index}, IndexKey: {key.name}"
    )


def updated_index_key_empty(value: str | bytes) -> Invalid:
    """Return the refusal of an update that leaves an index key empty."""
    kind = "string" if isinstance(value, str) else "binary"
    return Invalid(
        f"{_NOT_VALID}The update expression attempted to update a secondary index key "
        "to a value that is not supported. The AttributeValue for a key attribute "
        f"cannot contain an empty {kind} value."
    )


def key_updated(name: str) -> Invalid:
    """Return the refusal of an update that touches the item's own key."""
    return Misfit(
        f"{_INVALID}Cannot update attribute {name}. This attribute is part of the key"
    )


def key_not_scalar(name: str, *, in_index: bool) -> Invalid:
    """Return the refusal of a path that leads into a key attribute."""
    return Invalid(
        "Key attributes must be scalars; list random access '[]' and map lookup '.' "
        f"are not allowed: {'IndexKey' if in_index else 'Key'}: {name}"
    )


def paths_overlap(name: str) -> Invalid:
    """Return the refusal of an update that sets and removes the same attribute."""
    return Invalid(
        "Invalid UpdateExpression: Two document paths overlap with each other; must "
        "remove or rewrite one of these paths; "
        f"path one: [{name}], path two: [{name}]"
    )


def missed_key(name: str) -> Invalid:
    """Return the refusal of a query without a condition on one of its keys."""
    return Invalid(f"Query condition missed key schema element: {name}")


def filter_on_key(name: str) -> Invalid:
    """Return the refusal of a query whose filter reads a key that it queries by."""
    return Invalid(
        "Filter Expression can only contain non-primary key attributes: "
        f"Primary key attribute: {name}"
    )


def filter_not_projected(index: str, names: list[str]) -> Invalid:
    """Return the refusal of a filter on attributes that a global index lacks."""
    return Invalid(
        f"{_INVALID}Secondary index {index} does not project one or more filter "
        f"attributes: [{', '.join(names)}]"
    )


def not_a_number(text: str) -> Invalid:
    """Return the refusal of NaN, the infinities, and what is no number at all."""
    return Invalid(f"{NUMBER_EMPTY}: {text}")


def placeholder_value(message: str, name: str) -> Invalid:
    """Return the refusal of a value that an expression is given."""
    return Invalid(
        f"ExpressionAttributeValues contains invalid value: {message} for key {name}"
    )


def duplicate_strings(elements: list[str]) -> Invalid:
    """Return the refusal of a string set that names an element twice."""
    return Invalid(
        f"{_INVALID}Input collection [{', '.join(elements)}] contains duplicates."
    )


def duplicate_blobs(elements: list[str]) -> Invalid:
    """Return the refusal of a binary set that names an element twice, in base 64."""
    return Invalid(
        f"{_INVALID}Input collection [{', '.join(elements)}]of type BS contains "
        "duplicates."
    )


def not_projected(index: str, names: list[str]) -> Invalid:
    """Return the refusal of a projection of what a global index lacks."""
    return Invalid(
        f"{_INVALID}Global secondary index {index} does not project "
        f"[{', '.join(names)}]"
    )


def whole_items_not_projected(index: str) -> Invalid:
    """Return the refusal of ALL_ATTRIBUTES of a global index that lacks some."""
    return Invalid(
        f"{_INVALID}Select type ALL_ATTRIBUTES is not supported for global secondary "
        f"index {index} because its projection type is not ALL"
    )


def transaction_too_large(size_bytes: int) -> Invalid:
    """Return the refusal of a transaction that writes more than 4 MB."""
    return Invalid(
        f"Transaction payload size cannot exceed 4MB. Payload Size: {size_bytes}"
    )


def transaction_read_too_large(size_bytes: int) -> Invalid:
    """Return the refusal of a transaction that reads more than 4 MB."""
    return Invalid(f"Payload in response is too large.{size_bytes}")


def token_of_other_items() -> Invalid:
    """Return the refusal of a transaction whose token stood for another one."""
    return Invalid(
        "Specified idempotent token was used with different request parameters within "
        "the idempotency window",
        type_="IdempotentParameterMismatchException",
    )


def table_in_use(name: str) -> Invalid:
    """Return the refusal of a table whose name is taken."""
    return Invalid(f"Table already exists: {name}", type_="ResourceInUseException")


def table_of_schema(name: str) -> Invalid:
    """Return the refusal of taking away what the schema needs.

    The words are ours; on AWS it is a matter of the caller's policy.
    """
    return Invalid(
        f"{_INVALID}Table: {name} is one of the schema's, and changes with it"
    )


def _kind(key: Attribute) -> str:
    return "binary" if key.type == "B" else "string"
