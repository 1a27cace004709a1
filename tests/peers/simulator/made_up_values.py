"""Made-up arguments: inputs, filters and key conditions by their types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from graphql import GraphQLArgument, GraphQLInputType

__all__ = ["SCALARS", "Values"]

TEXTS = ("alice", "bob", "Admin", "Editor", "acme", "a", "b", "alice@example.com")
IDS = tuple(f"i{number}" for number in range(6))
SCALARS: dict[str, tuple[object, ...]] = {
    "Int": (0, 1, 2, 3, -1),
    "Float": (0.5, 1.0, 2.25, -3),
    "Boolean": (True, False),
    "AWSDate": ("2024-01-01", "2024-02-29", "2025-12-31"),
    "AWSTime": ("10:00:00.000Z", "12:30:24.500Z"),
    "AWSDateTime": ("2024-01-01T00:00:00.000Z", "2024-06-01T10:20:30.123Z"),
    "AWSTimestamp": (1700000000, 1700000001, 1600000000),
    "AWSEmail": ("alice@example.com", "b@example.org"),
    "AWSURL": ("https://example.com/a", "https://example.com/b?c=d"),
    "AWSPhone": ("+12025550123", "+12025550199"),
    "AWSIPAddress": ("10.0.0.1", "192.168.0.7"),
    "AWSJSON": ('{"a":1}', "[1,2]", '"text"'),
}
# What the simulator is known not to do, and what the types alone do not say.
UNASKED = frozenset({"attributeType", "size", "in", "notIn"})
LOGIC = ("and", "or", "not")
DEEP = 4


class Values:
    """Draws values, from few enough that many are equal."""

    def __init__(self, random: Random, schema: GraphQLSchema) -> None:
        self._random = random
        # A part that is null is "null" there; AppSync writes the reference itself.
        self._parts = {
            field
            for kind in schema.type_map.values()
            if isinstance(kind, GraphQLInputObjectType)
            and kind.name.endswith("CompositeKeyInput")
            for field in kind.fields
        }

    def arguments(self, known: Mapping[str, GraphQLArgument]) -> dict[str, object]:
        """Return the arguments of a field; never a token, seldom a limit."""
        given: dict[str, object] = {}
        for name, argument in known.items():
            if name == "limit" and self._chance(0.1):
                given[name] = self._random.choice((100, 1000))
            if name not in {"limit", "nextToken"} and self._gives(name, argument.type):
                given[name] = self.of(argument.type, name, 0)
        several = len(known) > DEEP
        if several and "sortDirection" in given and next(iter(known)) not in given:
            del given["sortDirection"]
        return given

    def _gives(self, name: str, kind: GraphQLInputType) -> bool:
        if isinstance(kind, GraphQLNonNull):
            return True
        if name == "sortDirection":
            return self._chance(0.4)
        if name == "condition":
            return self._chance(0.25)
        is_input = isinstance(get_named_type(kind), GraphQLInputObjectType)
        return self._chance(0.5 if is_input else 0.95)

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def of(self, kind: GraphQLInputType, name: str, depth: int) -> object:
        """Return a value; ``name`` is the argument's or the field's."""
        random = self._random
        match kind:
            case GraphQLNonNull():
                return self.of(kind.of_type, name, depth)
            case GraphQLList():
                count = random.choice((0, 1, 1, 2)) if depth < DEEP else 0
                if name == "between":
                    count = 2
                return [self.of(kind.of_type, name, depth + 1) for _ in range(count)]
            case GraphQLEnumType():
                return random.choice(list(kind.values))
            case GraphQLInputObjectType():
                return self._input(kind, depth)
            case GraphQLScalarType(name="ID"):
                return random.choice((*IDS, *IDS, "alice"))
            case _:
                return random.choice(SCALARS.get(str(kind), TEXTS))

    def _input(self, kind: GraphQLInputObjectType, depth: int) -> dict[str, object]:
        fields = list(kind.fields)
        if "KeyConditionInput" in kind.name:
            return self._some(kind, fields, 1, depth)
        if {"eq", "ne"} <= kind.fields.keys() and "and" not in kind.fields:
            usable = [one for one in fields if one not in UNASKED]
            return self._some(kind, usable, self._random.choice((1, 1, 1, 2)), depth)
        if kind.fields.keys() >= set(LOGIC):
            usable = [one for one in fields if one not in LOGIC]
            if depth < 2 and self._chance(0.3):
                usable += LOGIC
            return self._some(kind, usable, self._random.choice((1, 1, 2)), depth)
        return self._whole(kind, depth)

    def _some(
        self,
        kind: GraphQLInputObjectType,
        usable: list[str],
        count: int,
        depth: int,
    ) -> dict[str, object]:
        chosen = self._random.sample(usable, min(count, len(usable)))
        return {one: self.of(kind.fields[one].type, one, depth + 1) for one in chosen}

    def _whole(self, kind: GraphQLInputObjectType, depth: int) -> dict[str, object]:
        """Return an item, mostly with what it needs, sometimes with nulls."""
        given: dict[str, object] = {}
        for name, field in kind.fields.items():
            draw = self._random.random()
            required = isinstance(field.type, GraphQLNonNull)
            if name == "id" and kind.name.startswith("Create"):
                # Ids that are made up differ, and so do comparisons with them.
                required = True
            if name in {"createdAt", "updatedAt"} and not required:
                draw += 0.3
            if (required and draw < 0.99) or (draw < 0.65 and depth < DEEP):
                given[name] = self.of(field.type, name, depth + 1)
            elif draw < 0.7 and depth < 2 and name not in self._parts:
                given[name] = None
        return given
