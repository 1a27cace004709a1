"""An in-memory DynamoDB for the requests that the real templates print."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from velocity_expressions import Expression, update
from velocity_util import AppSyncError, from_typed

__all__ = ["TableShape", "Tables"]

Item = dict[str, object]


@dataclass(frozen=True)
class TableShape:
    """Key attributes of a table and its indexes, with their types."""

    key: tuple[str, ...]
    types: dict[str, str]
    indexes: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, given: dict) -> TableShape:
        indexes = {
            one["name"]: tuple(key["name"] for key in one["keys"])
            for one in [*given["gsis"], *given["lsis"]]
        }
        types = {one["name"]: one["type"] for one in given["attributes"]}
        return cls(tuple(key["name"] for key in given["keySchema"]), types, indexes)


class Tables:
    """Items by table, in the order a scan reads them."""

    def __init__(
        self, shapes: dict[str, TableShape], items: dict[str, list[Item]]
    ) -> None:
        self._shapes = shapes
        self.items = {name: [dict(one) for one in items[name]] for name in shapes}

    def execute(self, table: str, request: dict) -> object:
        """Return ``ctx.result``; a refusal is raised as the service's error."""
        match request["operation"]:
            case "GetItem":
                return self._found(table, self._key(table, request))
            case "Query" | "Scan":
                return self._page(table, request)
            case "PutItem":
                return self._put(table, request)
            case "UpdateItem":
                return self._update(table, request)
            case "DeleteItem":
                return self._delete(table, request)
            case other:
                raise ValueError(other)

    def _key(self, table: str, request: dict) -> Item:
        shape = self._shapes[table]
        key = {name: from_typed(one) for name, one in request["key"].items()}
        if set(key) != set(shape.key):
            _invalid("The provided key element does not match the schema")
        self._check_types(shape, key, shape.key)
        return key

    def _check_types(
        self, shape: TableShape, item: Item, names: tuple[str, ...]
    ) -> None:
        for name in names:
            if name not in item:
                continue
            value, wanted = item[name], shape.types[name]
            number = isinstance(value, int | Decimal) and not isinstance(value, bool)
            if wanted == "N" and not number:
                _invalid(f"{name} is no number")
            if wanted == "S" and (not isinstance(value, str) or value == ""):
                _invalid(f"{name} is no string")

    def _found(self, table: str, key: Item) -> Item | None:
        for item in self.items[table]:
            if all(item.get(name) == value for name, value in key.items()):
                return dict(item)
        return None

    def _page(self, table: str, request: dict) -> Item:
        shape = self._shapes[table]
        items = [dict(one) for one in self.items[table]]
        if request["operation"] == "Query":
            items = self._partition(shape, request, items)
        limit = request.get("limit")
        read = items if limit is None else items[:limit]
        kept = read
        if request.get("filter"):
            expression = Expression.of(request["filter"])
            _check_filter(expression, shape, request)
            kept = [one for one in read if expression.holds(one)]
        stopped = limit is not None and len(items) >= limit
        return {
            "items": kept,
            "nextToken": "more" if stopped else None,
            "scannedCount": len(read),
        }

    def _partition(
        self, shape: TableShape, request: dict, items: list[Item]
    ) -> list[Item]:
        names = shape.indexes[request["index"]] if request.get("index") else shape.key
        condition = Expression.of(request["query"])
        fixed = condition.key_equalities()
        for typed in condition.values.values():
            if from_typed(typed) in (None, ""):
                _invalid("a key condition's value is null or empty")
        if len(condition.conditions_on(names[-1])) > 1:
            _invalid("KeyConditionExpressions must only contain one condition per key")
        if names[0] not in fixed:
            _invalid(f"Query condition missed key schema element: {names[0]}")
        found = [
            one
            for one in items
            if all(name in one for name in names) and condition.holds(one)
        ]
        if len(names) > 1:
            found.sort(key=lambda one: one[names[1]])
        if request.get("scanIndexForward") is False:
            found.reverse()
        return found

    def _check(self, request: dict, current: Item | None) -> None:
        if request.get("condition") is None:
            return
        if not Expression.of(request["condition"]).holds(current):
            raise AppSyncError(
                "The conditional request failed",
                "DynamoDB:ConditionalCheckFailedException",
            )

    def _check_item(self, table: str, item: Item) -> None:
        shape = self._shapes[table]
        for names in shape.indexes.values():
            self._check_types(shape, item, names)

    def _put(self, table: str, request: dict) -> Item:
        key = self._key(table, request)
        values = request["attributeValues"]
        item = {name: from_typed(one) for name, one in values.items()} | key
        self._check_item(table, item)
        current = self._found(table, key)
        if current != item:
            self._check(request, current)
        self._store(table, key, item)
        return dict(item)

    def _update(self, table: str, request: dict) -> Item:
        key = self._key(table, request)
        current = self._found(table, key)
        item = update(current or dict(key), request["update"])
        self._check_item(table, item)
        self._check(request, current)
        self._store(table, key, item)
        return dict(item)

    def _delete(self, table: str, request: dict) -> Item | None:
        key = self._key(table, request)
        current = self._found(table, key)
        if current is None:
            return None
        self._check(request, current)
        self.items[table].remove(current)
        return current

    def _store(self, table: str, key: Item, item: Item) -> None:
        items = self.items[table]
        for at, one in enumerate(items):
            if all(one.get(name) == value for name, value in key.items()):
                items[at] = item
                return
        items.append(item)


def _check_filter(expression: Expression, shape: TableShape, request: dict) -> None:
    if request["operation"] == "Scan":
        return
    names = shape.indexes[request["index"]] if request.get("index") else shape.key
    for name in names:
        if name in expression.names.values():
            _invalid("Filter Expression can only contain non-primary key attributes")


def _invalid(message: str) -> None:
    raise AppSyncError(message, "DynamoDB:ValidationException")
