"""Tables as a remote DynamoDB describes them, and is told to make them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from amplikit.blueprint.resources import Attribute, AttributeType, Table, TableIndex
from amplikit.store.remote_service import RemoteError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.store.remote_service import RemoteService

__all__ = [
    "create_table",
    "delete_table",
    "describe_table",
    "differences",
    "table_names",
    "update_table",
]

_NOT_FOUND: Final = "ResourceNotFoundException"
_SECONDS_BETWEEN: Final = (0.02, 0.05, 0.1, 0.2, 0.5)
_PATIENCE_S: Final = 600.0


def table_names(service: RemoteService) -> Iterator[str]:
    """Yield the names of all tables; raises ``RemoteError``."""
    start: dict[str, object] = {}
    while True:
        answer = service.call("ListTables", start)
        yield from (str(name) for name in _list(answer.get("TableNames")))
        last = answer.get("LastEvaluatedTableName")
        if last is None:
            return
        start = {"ExclusiveStartTableName": last}


def describe_table(
    service: RemoteService, name: str
) -> tuple[Table, Mapping[str, object]]:
    """Return a table, and its description; raises ``RemoteError``."""
    described = _map(service.call("DescribeTable", {"TableName": name}).get("Table"))
    ttl = service.call("DescribeTimeToLive", {"TableName": name})
    found = _map(ttl.get("TimeToLiveDescription"))
    enabled = found.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
    table = _table(described)
    return replace(table, ttl=str(found["AttributeName"]) if enabled else None), (
        described
    )


def create_table(service: RemoteService, table: Table) -> None:
    """Create a table and wait until it is there; raises ``RemoteError``."""
    request: dict[str, object] = {
        "TableName": table.name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": _key_schema(table),
        "AttributeDefinitions": _definitions(table),
    }
    for name, local in (
        ("LocalSecondaryIndexes", True),
        ("GlobalSecondaryIndexes", False),
    ):
        indexes = [
            _index_request(each) for each in table.indexes if each.local == local
        ]
        if indexes:
            request[name] = indexes
    service.call("CreateTable", request)
    _wait(service, table.name)
    if table.ttl is not None:
        _set_ttl(service, table.name, table.ttl, enabled=True)


def update_table(service: RemoteService, old: Table, new: Table) -> None:
    """Change global indexes and TTL, one after the other; raises ``RemoteError``."""
    for index in old.indexes:
        if new.index(index.name) != index:
            gone = {"Delete": {"IndexName": index.name}}
            _update_index(service, new, gone)
    for index in new.indexes:
        if old.index(index.name) != index:
            _update_index(service, new, {"Create": _index_request(index)})
    if old.ttl != new.ttl:
        if old.ttl is not None:
            _set_ttl(service, new.name, old.ttl, enabled=False)
        if new.ttl is not None:
            _set_ttl(service, new.name, new.ttl, enabled=True)


def delete_table(service: RemoteService, name: str) -> None:
    """Delete a table and wait until it is gone; raises ``RemoteError``."""
    service.call("DeleteTable", {"TableName": name})
    try:
        _wait(service, name)
    except RemoteError as error:
        if error.type != _NOT_FOUND:
            raise


def differences(wanted: Table, found: Table) -> Iterator[str]:
    """Yield what the schema needs and the table has not; what it has more is left."""
    if (wanted.partition_key, wanted.sort_key) != (found.partition_key, found.sort_key):
        yield (
            f"Table '{wanted.name}' has the key {_keys(found)}, the schema's has "
            f"{_keys(wanted)}."
        )
    for index in wanted.indexes:
        other = found.index(index.name)
        if other is None:
            yield f"Table '{wanted.name}' has no index '{index.name}'."
        elif _comparable(other) != _comparable(index):
            yield (
                f"Index '{index.name}' of table '{wanted.name}' is {_told(other)}, the "
                f"schema's is {_told(index)}."
            )


def _wait(service: RemoteService, name: str) -> None:
    """Wait until nothing of the table changes any more."""
    pauses = iter(_SECONDS_BETWEEN)
    until = time.monotonic() + _PATIENCE_S
    while True:
        answer = service.call("DescribeTable", {"TableName": name})
        table = _map(answer.get("Table"))
        indexes = _list(table.get("GlobalSecondaryIndexes"))
        states = [table.get("TableStatus")]
        states += [_map(each).get("IndexStatus") for each in indexes]
        if all(state == "ACTIVE" for state in states) or time.monotonic() > until:
            return
        time.sleep(next(pauses, _SECONDS_BETWEEN[-1]))


def _update_index(
    service: RemoteService, table: Table, update: Mapping[str, object]
) -> None:
    service.call(
        "UpdateTable",
        {
            "TableName": table.name,
            "AttributeDefinitions": _definitions(table),
            "GlobalSecondaryIndexUpdates": [update],
        },
    )
    _wait(service, table.name)


def _set_ttl(
    service: RemoteService, name: str, attribute: str, *, enabled: bool
) -> None:
    wanted = {"Enabled": enabled, "AttributeName": attribute}
    service.call(
        "UpdateTimeToLive", {"TableName": name, "TimeToLiveSpecification": wanted}
    )


def _table(described: Mapping[str, object]) -> Table:
    types = {
        str(each["AttributeName"]): AttributeType(str(each["AttributeType"]))
        for each in map(_map, _list(described.get("AttributeDefinitions")))
    }
    partition, sort = _read_keys(described, types)
    indexes = [
        _read_index(_map(each), types, local=local)
        for name, local in (
            ("LocalSecondaryIndexes", True),
            ("GlobalSecondaryIndexes", False),
        )
        for each in _list(described.get(name))
    ]
    return Table(str(described["TableName"]), partition, sort, tuple(indexes))


def _read_index(
    described: Mapping[str, object], types: dict[str, AttributeType], *, local: bool
) -> TableIndex:
    partition, sort = _read_keys(described, types)
    projection = _map(described.get("Projection"))
    return TableIndex(
        str(described["IndexName"]),
        partition,
        sort,
        local,
        str(projection.get("ProjectionType")),
        tuple(str(name) for name in _list(projection.get("NonKeyAttributes"))),
    )


def _read_keys(
    described: Mapping[str, object], types: dict[str, AttributeType]
) -> tuple[Attribute, Attribute | None]:
    schema = map(_map, _list(described.get("KeySchema")))
    keys = {str(each["KeyType"]): str(each["AttributeName"]) for each in schema}
    partition = Attribute(keys["HASH"], types[keys["HASH"]])
    sort = keys.get("RANGE")
    return partition, None if sort is None else Attribute(sort, types[sort])


def _index_request(index: TableIndex) -> dict[str, object]:
    projection: dict[str, object] = {"ProjectionType": index.projection}
    if index.include:
        projection["NonKeyAttributes"] = list(index.include)
    return {
        "IndexName": index.name,
        "KeySchema": _key_schema(index),
        "Projection": projection,
    }


def _key_schema(keyed: Table | TableIndex) -> list[dict[str, str]]:
    keys = (("HASH", keyed.partition_key), ("RANGE", keyed.sort_key))
    return [
        {"AttributeName": each.name, "KeyType": kind} for kind, each in keys if each
    ]


def _definitions(table: Table) -> list[dict[str, str]]:
    everything: tuple[Table | TableIndex, ...] = (table, *table.indexes)
    found: dict[str, str] = {}
    for keyed in everything:
        for each in (keyed.partition_key, keyed.sort_key):
            if each:
                found[each.name] = each.type.value
    return [
        {"AttributeName": name, "AttributeType": kind} for name, kind in found.items()
    ]


def _comparable(index: TableIndex) -> tuple[object, ...]:
    return (
        index.local,
        index.partition_key,
        index.sort_key,
        index.projection,
        sorted(index.include),
    )


def _told(index: TableIndex) -> str:
    kind = "local" if index.local else "global"
    included = f" {', '.join(sorted(index.include))}" if index.include else ""
    return f"{kind} {_keys(index)} {index.projection}{included}"


def _keys(keyed: Table | TableIndex) -> str:
    keys = (keyed.partition_key, keyed.sort_key)
    return f"({', '.join(f'{key.name}: {key.type}' for key in keys if key)})"


def _map(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise RemoteError("UnreadableAnswer", f"{value!r:.100} is no object")
    return value


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
