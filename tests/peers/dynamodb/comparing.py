"""Two answers to one request: are they the same, as far as DynamoDB promises?

Items come in the order of the sort key inside one partition; those of an index with
equal sort keys, those of a scan and those of a batch come in any order. So a page of
these says how many items were read and whether there are more; what was in the pages
is compared when all of them are there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import orjson
from peer import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from peer import Body, Peer
    from random_requests import Request

MOST_PAGES = 200
DESCRIBED = (
    "TableName",
    "TableStatus",
    "KeySchema",
    "AttributeDefinitions",
    "ItemCount",
    "TimeToLiveDescription",
)
DESCRIBED_INDEX = ("IndexName", "KeySchema", "Projection", "IndexStatus")


@dataclass(frozen=True, slots=True)
class Difference:
    """What was asked, and what was answered on either side."""

    request: Request
    what: str
    ours: object
    theirs: object

    @property
    def said(self) -> tuple[str, str]:
        """What either side refuses, with the reasons; nothing where it answers."""
        return _said(self.ours), _said(self.theirs)


@dataclass(frozen=True, slots=True)
class Walked:
    """All pages: how much each read, and what passed, or why it came to an end.

    ``seen`` is what must be the same of the items.
    """

    counts: list[int]
    items: list[Body]
    refusal: tuple[str, str] | None = None
    seen: object = None


def compare(request: Request, ours: Peer, theirs: Peer) -> Difference | None:
    """Make the call on both sides; return what differs."""
    first = ours.call(request.operation, request.body)
    second = theirs.call(request.operation, request.body)
    if _meets_in_any_order(request) and first.refusal != second.refusal:
        return _compare_pages(request, ours, theirs)
    difference = _compare_one(request, first, second)
    if difference is not None or first.refusal is not None:
        return difference
    if "TotalSegments" in request.body:
        return _compare_segments(request, ours, theirs)
    if request.pages:
        return _compare_pages(request, ours, theirs)
    return None


def canonical(value: Body) -> Body:
    """Return an attribute value with the elements of sets in order.

    Numbers are written as the service writes them; DynamoDB Local gives those inside
    lists and maps back as they were sent (``+3``, ``1e2``).
    """
    ((kind, inner),) = value.items()
    match kind:
        case "N":
            return {kind: _plain(inner)}
        case "NS":
            return {kind: sorted(map(_plain, inner))}
        case "SS" | "BS":
            return {kind: sorted(inner)}
        case "L":
            return {kind: [canonical(each) for each in inner]}
        case "M":
            return {kind: canonical_item(inner)}
        case _:
            return value


def _plain(number: str) -> str:
    text = f"{Decimal(number):f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def canonical_item(item: Body) -> Body:
    """Return an item with its attributes in order, and the elements of its sets."""
    return {name: canonical(value) for name, value in sorted(item.items())}


def _meets_in_any_order(request: Request) -> bool:
    """Say whether the item that a filter cannot judge may be on another page."""
    if request.operation == "Query" and request.index is None:
        return False
    return "FilterExpression" in request.body and "Limit" in request.body


def _compare_one(request: Request, ours: Answer, theirs: Answer) -> Difference | None:
    if ours.refusal != theirs.refusal:
        return Difference(request, "refusal", ours, theirs)
    if ours.refusal is not None:
        mine, other = _refused(ours), _refused(theirs)
    else:
        seen = _VIEWS[request.operation]
        mine, other = seen(request, ours.body), seen(request, theirs.body)
    if mine != other:
        refused = ours.refusal is not None
        both = (ours, theirs) if refused else (mine, other)
        return Difference(request, "answer", *both)
    return None


def _said(answer: object) -> str:
    match answer:
        case Answer(refusal=None):
            return ""
        case Answer(body={"CancellationReasons": list(reasons)}):
            texts = (
                f"{each['Code']}: {each['Message']}" if "Message" in each else "None"
                for each in reasons
            )
            return f"TransactionCanceledException: [{'; '.join(texts)}]"
        case Answer(refusal=(kind, text)):
            return f"{kind}: {text}"
        case Walked(refusal=(kind, text)):
            return f"{kind}: {text}"
        case _:
            return ""


def _refused(answer: Answer) -> object:
    """Return what a refusal says besides its text."""
    reasons = answer.body.get("CancellationReasons")
    if reasons is not None:
        return [_reason(reason) for reason in reasons]
    item = answer.body.get("Item")
    return item and canonical_item(item)


def _reason(reason: Body) -> Body:
    item = reason.get("Item")
    seen: Body = {"Code": reason["Code"], "Message": reason.get("Message")}
    return {**seen, "Item": item and canonical_item(item)}


def _item(_: Request, body: Body) -> object:
    item = body.get("Item")
    return item if item is None else canonical_item(item)


def _attributes(_: Request, body: Body) -> object:
    attributes = body.get("Attributes")
    return attributes if attributes is None else canonical_item(attributes)


def _responses(_: Request, body: Body) -> object:
    return [_item(_, each) for each in body["Responses"]]


def _batch(_: Request, body: Body) -> object:
    responses = {name: _bag(items) for name, items in body["Responses"].items()}
    return responses, body.get("UnprocessedKeys")


def _unprocessed(_: Request, body: Body) -> object:
    return body.get("UnprocessedItems")


def _nothing(_: Request, body: Body) -> object:
    return body


def _description(_: Request, body: Body) -> object:
    table = body["Table"]
    seen = {name: table.get(name) for name in DESCRIBED}
    seen["AttributeDefinitions"] = _bag(table["AttributeDefinitions"])
    for field in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        seen[field] = _bag(
            {name: index.get(name) for name in DESCRIBED_INDEX}
            for index in table.get(field, ())
        )
    return seen


def _page(request: Request, body: Body) -> object:
    """Return what must be the same of one page."""
    items = body.get("Items")
    last = body.get("LastEvaluatedKey")
    read = (body["ScannedCount"], last is not None)
    if request.operation == "Query" and request.index is None:
        mine = items and [canonical_item(item) for item in items]
        return *read, body["Count"], mine, last and canonical_item(last)
    if last is not None or "TotalSegments" in request.body:
        return None if "TotalSegments" in request.body else read
    if "ExclusiveStartKey" in request.body:
        return None
    return *read, body["Count"], items is None, _all(request, items or [])


def _all(request: Request, items: list[Body]) -> object:
    """Return what must be the same of all items that a query or scan read."""
    if request.operation == "Scan" or request.index is None:
        return _bag(items)
    return _bag(items), _sort_keys(request, items)


def _sort_keys(request: Request, items: list[Body]) -> object:
    sort = request.index.key.sort if request.index else None
    if sort is None:
        return None
    return [canonical(item[sort]) for item in items if sort in item]


def _compare_pages(request: Request, ours: Peer, theirs: Peer) -> Difference | None:
    mine, other = _walk(request, ours), _walk(request, theirs)
    if mine.refusal is not None or other.refusal is not None:
        same = mine.refusal == other.refusal
    else:
        same = (mine.counts, mine.seen) == (other.counts, other.seen)
    return None if same else Difference(request, "pages", mine, other)


def _compare_segments(request: Request, ours: Peer, theirs: Peer) -> Difference | None:
    sides: list[object] = []
    for peer in (ours, theirs):
        refused: set[tuple[str, str]] = set()
        items: list[Body] = []
        for segment in range(int(str(request.body["TotalSegments"]))):
            part = replace(request, body={**request.body, "Segment": segment})
            walked = _walk_items(part, peer)
            items += walked.items
            refused |= {walked.refusal} if walked.refusal else set()
        sides.append(refused or _bag(items))
    return None if sides[0] == sides[1] else Difference(request, "segments", *sides)


def _walk(request: Request, peer: Peer) -> Walked:
    walked = _walk_items(request, peer)
    if request.operation == "Query" and request.index is None:
        return replace(walked, seen=[canonical_item(item) for item in walked.items])
    return replace(walked, seen=_all(request, walked.items))


def _walk_items(request: Request, peer: Peer) -> Walked:
    body = dict(request.body)
    walked = Walked([], [])
    for _ in range(MOST_PAGES):
        answer = peer.call(request.operation, body)
        if answer.refusal is not None:
            return replace(walked, refusal=answer.refusal)
        walked.counts.append(int(str(answer.body["ScannedCount"])))
        walked.items.extend(answer.body.get("Items", []))
        start = answer.body.get("LastEvaluatedKey")
        if start is None:
            return walked
        body["ExclusiveStartKey"] = start
    raise AssertionError(f"no end after {MOST_PAGES} pages: {request}")


def _bag(items: object) -> list[str]:
    """Return the elements in an order of their own."""
    return sorted(
        orjson.dumps(
            canonical_item(item) if _is_item(item) else item,
            option=orjson.OPT_SORT_KEYS,
        ).decode()
        for item in items
    )


def _is_item(item: Body) -> bool:
    return all(isinstance(value, dict) and len(value) == 1 for value in item.values())


_VIEWS: dict[str, Callable[[Request, Body], object]] = {
    "PutItem": _attributes,
    "UpdateItem": _attributes,
    "DeleteItem": _attributes,
    "GetItem": _item,
    "Query": _page,
    "Scan": _page,
    "BatchGetItem": _batch,
    "BatchWriteItem": _unprocessed,
    "TransactWriteItems": _nothing,
    "TransactGetItems": _responses,
    "DescribeTable": _description,
    "DescribeTimeToLive": _nothing,
}
