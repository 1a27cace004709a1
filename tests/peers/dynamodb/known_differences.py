"""Where DynamoDB Local differs from the service, and we answer as the service does.

Each has a name, and a reason in docs/differences.md; everything else that differs is a
bug. Most are texts: those of the service are known from dynalite's recordings and from
the API reference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from comparing import Walked, canonical_item

if TYPE_CHECKING:
    from collections.abc import Callable

    from comparing import Difference

VALIDATION = "ValidationException: "
INVALID = "One or more parameter values were invalid: "
CANCELED = r"TransactionCanceledException: \["
PLACE = "(ExpressionAttributeValues contains invalid value: )?"
KEY = "The provided key element does not match the schema"
LOCAL_KEY = (
    "(The number of conditions on the keys is invalid|Invalid attribute value type|"
    f"{INVALID}Type mismatch for key)"
)
LOCAL_ITEM_KEY = (
    f"({LOCAL_KEY}|{INVALID}Type mismatch for Index Key|"
    "One of the required keys was not given a value)"
)
UPDATE = (
    "(The document path provided in the update expression is invalid for update|"
    "The provided expression refers to an attribute that does not exist in the item|"
    "An operand in the update expression has an incorrect data type|"
    "DynamoDB only supports precision up to 38 digits|Number (over|under)flow.*|"
    "One or more parameter values are not valid. The update expression attempted .*)"
)


@dataclass(frozen=True, slots=True)
class Known:
    """A name, and what tells such a difference."""

    name: str
    explains: Callable[[Difference], bool]


def reason_of(difference: Difference) -> str | None:
    """Return the name of the known difference, if it is one."""
    return next((known.name for known in KNOWN if known.explains(difference)), None)


def _words(ours: str, theirs: str) -> Callable[[Difference], bool]:
    """Return whether ours and theirs say what these patterns say."""
    one, other = re.compile(ours, re.DOTALL), re.compile(theirs, re.DOTALL)

    def explains(difference: Difference) -> bool:
        mine, his = difference.said
        return bool(any((mine, his)) and one.fullmatch(mine) and other.fullmatch(his))

    return explains


def _names_in_another_order(difference: Difference) -> bool:
    mine, his = (sorted(re.split(r"[\[\], ]+", said)) for said in difference.said)
    return "project" in mine and mine == his


def _the_same_without_dot(difference: Difference) -> bool:
    """Local ends the text with a dot for a ConditionCheck, and not for a write."""
    mine, his = difference.said
    return mine != his and mine == his.replace("request failed.", "request failed")


def _last_key_at_a_bound(difference: Difference) -> bool:
    """Local thinks that nothing follows an item at the far end of the condition.

    When others of an index have the same sort key, it loses them.
    """
    body = difference.request.body
    if difference.request.operation != "Query" or "Limit" not in body:
        return False
    match difference.ours, difference.theirs:
        case Walked(refusal=None) as mine, Walked(refusal=None) as his:
            shorter = mine.counts[: len(his.counts)] == his.counts != mine.counts
            theirs = [canonical_item(item) for item in his.items]
            there = [canonical_item(item) for item in mine.items]
            return shorter and all(item in there for item in theirs)
        case (mine_count, True, *mine), (his_count, False, *his):
            there = not mine or mine[:2] == his[:2]
            return mine_count == his_count == body["Limit"] and there
        case _:
            return False


def _form_of_a_transaction(difference: Difference) -> bool:
    """Local checks one item after the other, and reads in between."""
    mine, his = difference.said
    if difference.request.operation != "TransactWriteItems":
        return False
    form = re.compile(f"{VALIDATION}.*|ResourceNotFoundException: .*", re.DOTALL)
    item = re.compile(
        f"{VALIDATION}({UPDATE}|{LOCAL_ITEM_KEY})|{CANCELED}.*", re.DOTALL
    )
    return bool(form.fullmatch(mine) and item.fullmatch(his))


def _filter_of_an_index_scan(difference: Difference) -> bool:
    """Local looks into the whole item when it scans an index with a filter."""
    request = difference.request
    if request.operation != "Scan" or "FilterExpression" not in request.body:
        return False
    index = request.index
    return index is not None and not index.local and index.projection != "ALL"


def _part_of_an_update(difference: Difference) -> bool:
    """Local answers the whole attribute when a path inside it was updated."""
    returned = str(difference.request.body.get("ReturnValues", ""))
    match difference.ours, difference.theirs:
        case dict() as mine, dict() as his if returned.startswith("UPDATED"):
            return mine.keys() == his.keys() and _inside({"M": mine}, {"M": his})
        case _:
            return False


def _inside(part: object, whole: object) -> bool:
    """Return whether every value of a part is in the whole, in its place."""
    match part, whole:
        case {"M": dict(mine)}, {"M": dict(his)}:
            return all(
                name in his and _inside(value, his[name])
                for name, value in mine.items()
            )
        case {"L": list(mine)}, {"L": list(his)}:
            rest = iter(his)
            return all(any(_inside(value, each) for each in rest) for value in mine)
        case _:
            return part == whole


KNOWN: tuple[Known, ...] = (
    Known("key text", _words(VALIDATION + KEY, VALIDATION + LOCAL_ITEM_KEY)),
    Known(
        "item key text",
        _words(
            f"{VALIDATION}{INVALID}(Type mismatch for (key|Index Key)|Missing the key)"
            ".*",
            VALIDATION + LOCAL_ITEM_KEY,
        ),
    ),
    Known(
        "index key in an update",
        _words(
            f"({VALIDATION}|{CANCELED}.*ValidationError: )({INVALID}(Type mismatch for "
            "Index Key|Size of hashkey has|Aggregated size of all)|One or more "
            "parameter values are not valid. The update expression attempted) .*",
            f"({VALIDATION}(Invalid attribute value type|{INVALID}.*)|{CANCELED}.*)?",
        ),
    ),
    Known(
        "key size text",
        _words(
            f"{VALIDATION}{INVALID}(Size of hashkey has|Aggregated size of all) .*",
            f"({VALIDATION}|{CANCELED}.*ValidationError: )({INVALID}Size limit exceeded"
            "|Hash primary key values must be under 2048 bytes, ).*",
        ),
    ),
    Known(
        "constraint text",
        _words(
            rf"{VALIDATION}(\d+ validation errors? detected: |TableName must be at "
            r"least |The parameter '\w+' is required |The (Segment|TotalSegments) "
            r"parameter is |TransactItems can only contain one of ).*",
            f"({VALIDATION}|ResourceNotFoundException: |{CANCELED}).*",
        ),
    ),
    Known(
        "token text",
        _words(
            f"{VALIDATION}1 validation error detected: .* at 'clientRequestToken' .*|"
            "IdempotentParameterMismatchException: Specified idempotent token .*",
            "(IdempotentParameterMismatchException: )?",
        ),
    ),
    Known(
        "return values text",
        _words(
            f"{VALIDATION}ReturnValues can only be ALL_OLD or NONE",
            f"{VALIDATION}Return values set to invalid value",
        ),
    ),
    Known(
        "number text",
        _words(
            f"{VALIDATION}{PLACE}(The parameter cannot be converted to a numeric value"
            "|Attempting to store more than 38 significant digits in a Number).*",
            f"{VALIDATION}{PLACE}(A value provided cannot be converted into a number"
            "|DynamoDB only supports precision up to 38 digits).*",
        ),
    ),
    Known(
        "duplicates text",
        _words(
            f"{VALIDATION}{PLACE}{INVALID}Input collection .* contains duplicates.*",
            f"{VALIDATION}{PLACE}{INVALID}Input collection .*contains duplicates.*",
        ),
    ),
    Known(
        "no table text",
        _words(
            "ResourceNotFoundException: Requested resource not found.*",
            "ResourceNotFoundException: Cannot do operations on a non-existent table",
        ),
    ),
    Known(
        "bounds text",
        _words(
            rf"{VALIDATION}Invalid \w+: The BETWEEN operator requires .*",
            rf"{VALIDATION}Invalid \w+: The BETWEEN operator requires .*",
        ),
    ),
    Known(
        "expression size text",
        _words(
            rf"{VALIDATION}Invalid \w+: Expression size has exceeded .* size: \d+",
            rf"{VALIDATION}Invalid \w+: Expression size has exceeded [\w ]+;",
        ),
    ),
    Known(
        "nesting text",
        _words(f"{VALIDATION}{PLACE}Nesting Levels have exceeded .*", ".*"),
    ),
    Known(
        "name size text",
        _words(
            f"{VALIDATION}Attribute name is too large, .*",
            f"{VALIDATION}Item size has exceeded the maximum allowed size",
        ),
    ),
    Known(
        "size as a name",
        _words(
            rf"{VALIDATION}Invalid \w+: Attribute name is a reserved keyword; reserved "
            "keyword: size",
            ".*",
        ),
    ),
    Known(
        "consistent read text",
        _words(
            f"{VALIDATION}Consistent reads are not supported on global .*",
            f"{VALIDATION}Consistent read cannot be true when .* a GSI",
        ),
    ),
    Known(
        "missed key text",
        _words(
            f"{VALIDATION}Query condition missed key schema element: .*",
            f"{VALIDATION}Query condition missed key schema element",
        ),
    ),
    Known(
        "which index",
        _words(
            rf"{VALIDATION}One or more parameter values .* IndexName: .*",
            rf"{VALIDATION}One or more parameter values .* IndexName: .*",
        ),
    ),
    Known(
        "key size in a query",
        _words(
            f"{VALIDATION}{INVALID}(Size of hashkey has|Aggregated size of all) .*",
            "",
        ),
    ),
    Known(
        "overlap text",
        _words(
            rf"{VALIDATION}Invalid \w+: Two document paths (overlap|conflict) .*",
            rf"{VALIDATION}Invalid \w+: Two document paths (overlap|conflict) .*",
        ),
    ),
    Known(
        "type names text",
        _words(
            f"{VALIDATION}.*function: attribute_type, operand type: .*",
            f"{VALIDATION}.*function: attribute_type, operand type: .*DOUBLESET.*",
        ),
    ),
    Known(
        "start key text",
        _words(
            f"{VALIDATION}The provided starting key is outside query boundaries .*",
            f"{VALIDATION}The provided starting key does not match the range key .*",
        ),
    ),
    Known(
        "a value in a path",
        _words(
            rf"{VALIDATION}Invalid \w+: An expression attribute name used in the "
            r"document path is not defined; attribute name: :\w+",
            rf"{VALIDATION}Invalid \w+: (Incorrect number|Internal server) .*",
        ),
    ),
    Known(
        "which fault of an update",
        _words(f"{VALIDATION}{UPDATE}", f"{VALIDATION}{UPDATE}"),
    ),
    Known(
        "update in a transaction",
        _words(f"{CANCELED}.*ValidationError: {UPDATE}.*", f"{VALIDATION}{UPDATE}"),
    ),
    Known(
        "key in a transaction",
        _words(
            f"{CANCELED}.*ValidationError: ({KEY}|{INVALID}(Type mismatch|Missing)).*",
            f"({VALIDATION}|{CANCELED}.*ValidationError: ){LOCAL_ITEM_KEY}.*",
        ),
    ),
    Known(
        "key in a transaction's read",
        _words(VALIDATION + KEY, f"TransactionCanceledException: .*{LOCAL_KEY}.*"),
    ),
    Known(
        "key of an update in a transaction",
        _words(
            f"{CANCELED}.*Cannot update attribute .* part of the key.*",
            f"{CANCELED}.*",
        ),
    ),
    Known(
        "form of an update before its condition",
        _words(
            f"{VALIDATION}({INVALID}Cannot update attribute .* part of the key|Key "
            "attributes must be scalars; .*)",
            "ConditionalCheckFailedException: The conditional request failed",
        ),
    ),
    Known("form of a transaction before its items", _form_of_a_transaction),
    Known(
        "equal numbers as keys",
        _words(
            f"{VALIDATION}(Provided list of item keys contains duplicates|Transaction "
            "request cannot include multiple operations on one item)",
            "",
        ),
    ),
    Known("filter of an index scan", _filter_of_an_index_scan),
    Known("part of an update", _part_of_an_update),
    Known("a fault of Local", _words("", "InternalFailure: .*")),
    Known("order of names", _names_in_another_order),
    Known("dot after a check", _the_same_without_dot),
    Known("last key at a bound", _last_key_at_a_bound),
    Known(
        "start at a bound",
        _words("", f"{VALIDATION}The provided starting key does not match the .*"),
    ),
)
