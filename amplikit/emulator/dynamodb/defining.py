"""A table as ``CreateTable`` describes it, checked in the service's order.

Source: dynalite's recordings of the service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amplikit.blueprint.resources import Attribute, AttributeType, Table, TableIndex
from amplikit.emulator.dynamodb import words
from amplikit.emulator.dynamodb.members import NAME_PATTERN
from amplikit.emulator.dynamodb.shapes import (
    ListOf,
    Member,
    Structure,
    Text,
    Whole,
)
from amplikit.store.refusals import Invalid

if TYPE_CHECKING:
    from amplikit.emulator.dynamodb.parameters import Parameters

__all__ = [
    "DEFINITIONS",
    "INDEX_MEMBERS",
    "KEY_SCHEMA",
    "THROUGHPUT",
    "attribute_types",
    "check_capacity",
    "global_index",
    "table_of",
]

_MOST_UNITS: Final = 1_000_000_000_000
_MOST_LOCAL: Final = 5
_MOST_GLOBAL: Final = 20

DEFINITIONS: Final = Member(
    "AttributeDefinitions",
    ListOf(
        Structure(
            "AttributeDefinition",
            (
                Member("AttributeName", Text(), required=True),
                Member("AttributeType", Text(("B", "N", "S")), required=True),
            ),
        )
    ),
    required=True,
)
KEY_SCHEMA: Final = Member(
    "KeySchema",
    ListOf(
        Structure(
            "KeySchemaElement",
            (
                Member("AttributeName", Text(), required=True),
                Member("KeyType", Text(("HASH", "RANGE")), required=True),
            ),
        ),
        fewest=1,
        most=2,
    ),
    required=True,
)
THROUGHPUT: Final = Member(
    "ProvisionedThroughput",
    Structure(
        "ProvisionedThroughput",
        (
            Member("WriteCapacityUnits", Whole("Long", least=1), required=True),
            Member("ReadCapacityUnits", Whole("Long", least=1), required=True),
        ),
        is_member=True,
    ),
)
_PROJECTION: Final = Member(
    "Projection",
    Structure(
        "Projection",
        (
            Member("ProjectionType", Text(("ALL", "INCLUDE", "KEYS_ONLY"))),
            Member("NonKeyAttributes", ListOf(Text(), fewest=1)),
        ),
        is_member=True,
    ),
    required=True,
)
INDEX_MEMBERS: Final = (
    Member(
        "IndexName",
        Text(pattern=NAME_PATTERN, shortest=3, longest=255),
        required=True,
    ),
    KEY_SCHEMA,
    _PROJECTION,
)

Types = dict[str, AttributeType]


def table_of(parameters: Parameters) -> Table:
    """Return the table that is wanted.

    Raises ``Invalid``.
    """
    check_capacity(parameters)
    types = attribute_types(parameters)
    partition, sort = _keys(parameters, types, is_table=True)
    locals_ = parameters.structures("LocalSecondaryIndexes")
    globals_ = parameters.structures("GlobalSecondaryIndexes")
    has_indexes = {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"} & {
        *parameters.members()
    }
    if not has_indexes and len(types) != 1 + (sort is not None):
        raise _invalid(
            "Number of attributes in KeySchema does not exactly match number of "
            "attributes defined in AttributeDefinitions"
        )
    if "LocalSecondaryIndexes" in parameters:
        _check_locals(locals_, sort)
    names: set[str] = set()
    indexes = [_local_index(each, types, partition, names) for each in locals_]
    if len(locals_) > _MOST_LOCAL:
        raise _invalid(
            f"Number of LocalSecondaryIndexes exceeds per-table limit of {_MOST_LOCAL}"
        )
    if "GlobalSecondaryIndexes" in parameters and not globals_:
        raise _invalid("List of GlobalSecondaryIndexes is empty")
    indexes += [global_index(each, types, names) for each in globals_]
    if len(globals_) > _MOST_GLOBAL:
        raise _invalid(
            f"GlobalSecondaryIndex count exceeds the per-table limit of {_MOST_GLOBAL}"
        )
    _check_definitions(types, partition, sort, indexes)
    return Table(parameters.required("TableName"), partition, sort, tuple(indexes))


def check_capacity(parameters: Parameters) -> None:
    """Refuse a billing mode and units that do not go together."""
    units = parameters.structure("ProvisionedThroughput")
    if parameters.text("BillingMode") == "PAY_PER_REQUEST":
        if units:
            raise _invalid(
                "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified "
                "when BillingMode is PAY_PER_REQUEST"
            )
        return
    if units is None:
        raise _invalid(
            "ReadCapacityUnits and WriteCapacityUnits must both be specified when "
            "BillingMode is PROVISIONED"
        )
    for name in ("ReadCapacityUnits", "WriteCapacityUnits"):
        given = units.number(name) or 0
        if given > _MOST_UNITS:
            raise Invalid(f"Given value {given} for {name} is out of bounds")


def attribute_types(parameters: Parameters) -> Types:
    """Return the types of the defined attributes."""
    return {
        each.required("AttributeName"): AttributeType(each.required("AttributeType"))
        for each in parameters.structures("AttributeDefinitions")
    }


def global_index(each: Parameters, types: Types, names: set[str]) -> TableIndex:
    """Return a global index, and add its name to those that are taken."""
    partition, sort = _keys(each, types)
    kind, include = _projection(each)
    name = _new_name(each, names)
    return TableIndex(name, partition, sort, projection=kind, include=include)


def _local_index(
    each: Parameters, types: Types, partition: Attribute, names: set[str]
) -> TableIndex:
    own, sort = _keys(each, types)
    name = each.required("IndexName")
    if sort is None:
        raise _invalid(f"Index KeySchema does not have a range key for index: {name}")
    if own != partition:
        raise _invalid(
            "Index KeySchema does not have the same leading hash key as table "
            f"KeySchema for index: {name}. index hash key: {own.name}, table hash key: "
            f"{partition.name}"
        )
    kind, include = _projection(each)
    _new_name(each, names)
    return TableIndex(name, own, sort, local=True, projection=kind, include=include)


def _keys(
    keyed: Parameters, types: Types, *, is_table: bool = False
) -> tuple[Attribute, Attribute | None]:
    schema = keyed.structures("KeySchema")
    names = [each.required("AttributeName") for each in schema]
    if is_table and len(names) > len(types):
        raise Invalid("Invalid KeySchema: Some index key attribute have no definition")
    if any(name not in types for name in names):
        raise _invalid(
            "Some index key attributes are not defined in AttributeDefinitions. "
            f"Keys: [{', '.join(names)}], AttributeDefinitions: [{', '.join(types)}]"
        )
    if len(names) > 1 and names[0] == names[1]:
        raise Invalid(
            "Both the Hash Key and the Range Key element in the KeySchema have the "
            "same name"
        )
    if schema[0].required("KeyType") != "HASH":
        raise Invalid(
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"
        )
    if len(schema) > 1 and schema[1].required("KeyType") != "RANGE":
        raise Invalid(
            "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"
        )
    attributes = [Attribute(name, types[name]) for name in names]
    return attributes[0], attributes[1] if len(attributes) > 1 else None


def _projection(each: Parameters) -> tuple[str, tuple[str, ...]]:
    projection = each.structure("Projection")
    kind = projection.text("ProjectionType") if projection else None
    if projection is None or kind is None:
        raise _invalid("Unknown ProjectionType: null")
    include = tuple(projection.texts("NonKeyAttributes") or ())
    if include and kind != "INCLUDE":
        raise _invalid(f"ProjectionType is {kind}, but NonKeyAttributes is specified")
    if kind == "INCLUDE" and not include:
        raise _invalid(
            "ProjectionType is INCLUDE, but NonKeyAttributes is not specified"
        )
    return kind, include


def _new_name(each: Parameters, names: set[str]) -> str:
    name = each.required("IndexName")
    if name in names:
        raise _invalid(f"Duplicate index name: {name}")
    names.add(name)
    return name


def _check_locals(locals_: list[Parameters], sort: Attribute | None) -> None:
    if not locals_:
        raise _invalid("List of LocalSecondaryIndexes is empty")
    if sort is None:
        raise _invalid(
            "Table KeySchema does not have a range key, which is required when "
            "specifying a LocalSecondaryIndex"
        )


def _check_definitions(
    types: Types,
    partition: Attribute,
    sort: Attribute | None,
    indexes: list[TableIndex],
) -> None:
    used = {each.name for each in (partition, sort) if each}
    for index in indexes:
        keys = (index.partition_key, index.sort_key)
        used |= {each.name for each in keys if each}
    if used != types.keys():
        raise _invalid(
            "Some AttributeDefinitions are not used. AttributeDefinitions: "
            f"[{', '.join(types)}], keys used: [{', '.join(sorted(used))}]"
        )


def _invalid(text: str) -> Invalid:
    return Invalid(f"{words.INVALID_VALUES}{text}")
