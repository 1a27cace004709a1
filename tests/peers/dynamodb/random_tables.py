"""Random tables, as a CreateTable request writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from peer import Body

KEY_TYPES = ("S", "S", "N", "B")
INDEX_ATTRIBUTES = ("g", "h", "n", "o")


@dataclass(frozen=True, slots=True)
class Key:
    """The names of a partition key and, where there is one, a sort key."""

    partition: str
    sort: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """Both, the partition key first."""
        return (self.partition,) if self.sort is None else (self.partition, self.sort)

    def schema(self) -> list[Body]:
        """Return it as a ``KeySchema``."""
        return [
            {"AttributeName": name, "KeyType": kind}
            for name, kind in zip(self.names, ("HASH", "RANGE"), strict=False)
        ]


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index; ``include`` has a meaning with INCLUDE only."""

    name: str
    key: Key
    local: bool
    projection: str
    include: tuple[str, ...]

    def request(self) -> Body:
        """Return it as it stands in a CreateTable request."""
        projection: Body = {"ProjectionType": self.projection}
        if self.projection == "INCLUDE":
            projection["NonKeyAttributes"] = list(self.include)
        return {
            "IndexName": self.name,
            "KeySchema": self.key.schema(),
            "Projection": projection,
        }


@dataclass(frozen=True, slots=True)
class RandomTable:
    """A table; ``types`` are those of all key attributes."""

    name: str
    key: Key
    indexes: tuple[Index, ...]
    types: dict[str, str]

    def request(self) -> Body:
        """Return the CreateTable request."""
        body: Body = {
            "TableName": self.name,
            "KeySchema": self.key.schema(),
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": kind}
                for name, kind in self.types.items()
            ],
            "BillingMode": "PAY_PER_REQUEST",
        }
        for field, local in (
            ("LocalSecondaryIndexes", True),
            ("GlobalSecondaryIndexes", False),
        ):
            chosen = [index.request() for index in self.indexes if index.local == local]
            if chosen:
                body[field] = chosen
        return body

    def keys_of(self, index: Index | None) -> tuple[str, ...]:
        """Return the attributes that a ``LastEvaluatedKey`` holds."""
        mine = self.key.names
        return (
            mine if index is None else tuple(dict.fromkeys((*mine, *index.key.names)))
        )


def random_table(random: Random, name: str) -> RandomTable:
    """Return a table with up to two local and three global indexes."""
    key = Key("p", "s" if random.random() < 0.7 else None)
    indexes: list[Index] = []
    if key.sort is not None:
        locals_ = random.sample(INDEX_ATTRIBUTES, random.randrange(3))
        indexes += [
            _index(random, f"lsi-{sort}", key.partition, sort) for sort in locals_
        ]
    for number in range(random.randrange(4)):
        names = random.sample((*INDEX_ATTRIBUTES, *key.names), 2)
        sort = names[1] if random.random() < 0.7 else None
        indexes.append(_index(random, f"gsi.{number}", names[0], sort))
    names = dict.fromkeys(
        (*key.names, *(name for index in indexes for name in index.key.names))
    )
    types = {name: random.choice(KEY_TYPES) for name in names}
    return RandomTable(name, key, tuple(indexes), types)


def _index(random: Random, name: str, partition: str, sort: str | None) -> Index:
    projection = random.choice(("ALL", "KEYS_ONLY", "INCLUDE"))
    include = tuple(random.sample(("v", "w", "l"), random.randrange(1, 4)))
    local = name.startswith("lsi")
    return Index(name, Key(partition, sort), local, projection, include)
