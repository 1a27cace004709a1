"""Random requests for random tables, valid ones and ones with something wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Context, Decimal
from typing import TYPE_CHECKING

from random_expressions import Dice, Words, condition, projection, update
from random_values import (
    NAMES,
    bad_key_value,
    bad_value,
    key_value,
    large_text,
    rank,
    value,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from peer import Body
    from random_tables import Index, RandomTable

WRITE_RETURNS = ("NONE", "ALL_OLD")
UPDATE_RETURNS = ("NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW")
MOST_BATCHED = 6


@dataclass(frozen=True, slots=True)
class Request:
    """One call; ``pages`` asks to follow it to its end."""

    operation: str
    body: Body
    table: RandomTable | None = None
    index: Index | None = None
    pages: bool = False


@dataclass(slots=True)
class Requests:
    """Draws requests for some tables."""

    random: Random
    tables: list[RandomTable]
    tokens: list[str] = field(default_factory=list)

    def draw(self) -> Request:
        """Return the next request."""
        makers: list[tuple[int, Callable[[RandomTable, Dice], Request]]] = [
            (22, self.put),
            (22, self.update),
            (6, self.delete),
            (8, self.get),
            (18, self.query),
            (6, self.scan),
            (4, self.batch_get),
            (5, self.batch_write),
            (5, self.transact_write),
            (2, self.transact_get),
            (1, self.describe),
        ]
        random = self.random
        weights = [weight for weight, _ in makers]
        (make,) = random.choices([maker for _, maker in makers], weights)
        dice = Dice(random, 1 if random.random() < 0.35 else 0)
        return make(random.choice(self.tables), dice)

    def put(self, table: RandomTable, dice: Dice) -> Request:
        """Put an item."""
        body = self._on(table, dice, {"Item": self._item(table, dice)})
        self._conditional(table, dice, body, 0.35)
        self._returning(dice, body, WRITE_RETURNS)
        return Request("PutItem", body, table)

    def update(self, table: RandomTable, dice: Dice) -> Request:
        """Update an item."""
        body = self._on(table, dice, {"Key": self._key(table, dice)})
        words = self._words(table, dice)
        if self.random.random() < 0.95:
            body["UpdateExpression"] = update(words, self._targets(table, dice))
        self._conditional(table, dice, body, 0.3, words)
        self._returning(dice, body, UPDATE_RETURNS)
        return Request("UpdateItem", body, table)

    def delete(self, table: RandomTable, dice: Dice) -> Request:
        """Delete an item."""
        body = self._on(table, dice, {"Key": self._key(table, dice)})
        self._conditional(table, dice, body, 0.35)
        self._returning(dice, body, WRITE_RETURNS)
        return Request("DeleteItem", body, table)

    def get(self, table: RandomTable, dice: Dice) -> Request:
        """Get an item, or parts of it."""
        body = self._on(table, dice, {"Key": self._key(table, dice)})
        self._projected(table, dice, body)
        self._consistently(body)
        return Request("GetItem", body, table)

    def query(self, table: RandomTable, dice: Dice) -> Request:
        """Query the table or an index; perhaps all pages."""
        index = self._index(table)
        body = self._reading(table, index, dice)
        words = self._words(table, dice, index, queried=True)
        body["KeyConditionExpression"] = self._key_condition(table, index, words)
        self._filtered(body, words)
        if self.random.random() < 0.5:
            body["ScanIndexForward"] = self.random.random() < 0.5
        if index is None and dice.fault(0.1):
            body["ExclusiveStartKey"] = self._key(table, dice)
        pages = "Limit" in body and self.random.random() < 0.5
        return Request("Query", body, table, index, pages)

    def scan(self, table: RandomTable, dice: Dice) -> Request:
        """Scan the table or an index; perhaps all pages."""
        index = self._index(table)
        body = self._reading(table, index, dice)
        self._filtered(body, self._words(table, dice, index))
        if self.random.random() < 0.1:
            total = self.random.randrange(1, 4)
            body["TotalSegments"] = total
            body["Segment"] = total if dice.fault() else self.random.randrange(total)
            if dice.fault():
                del body[self.random.choice(("TotalSegments", "Segment"))]
        pages = "Limit" in body and self.random.random() < 0.5
        return Request("Scan", body, table, index, pages)

    def batch_get(self, table: RandomTable, dice: Dice) -> Request:
        """Get several items of one or two tables."""
        body: Body = {}
        for each in self._some_tables(table):
            count = 101 if dice.fault(0.02) else self.random.randrange(1, MOST_BATCHED)
            keys = self._different(each, dice, count)
            part: Body = {"Keys": [] if dice.fault(0.02) else keys}
            self._projected(each, dice, part)
            self._consistently(part)
            body[each.name] = part
        if dice.fault(0.03):
            body = self.random.choice([{}, {"Nowhere": {"Keys": [{"p": {"S": "a"}}]}}])
        return Request("BatchGetItem", {"RequestItems": body}, table)

    def batch_write(self, table: RandomTable, dice: Dice) -> Request:
        """Put and delete several items of one or two tables."""
        body: Body = {}
        for each in self._some_tables(table):
            count = 26 if dice.fault(0.02) else self.random.randrange(1, MOST_BATCHED)
            writes: list[Body] = []
            for key in self._different(each, dice, count):
                if self.random.random() < 0.3:
                    writes.append({"DeleteRequest": {"Key": key}})
                    continue
                item = {**self._item(each, dice), **key}
                writes.append({"PutRequest": {"Item": item}})
            if dice.fault(0.02):
                writes = []
            if dice.fault(0.02):
                writes.append({})
            body[each.name] = writes
        return Request("BatchWriteItem", {"RequestItems": body}, table)

    def transact_write(self, table: RandomTable, dice: Dice) -> Request:
        """Write several items, or none."""
        items: list[Body] = []
        for each in self._some_tables(table):
            count = 101 if dice.fault(0.01) else self.random.randrange(1, MOST_BATCHED)
            items += [
                self._transact_item(each, dice, key)
                for key in self._different(each, dice, count)
            ]
        self.random.shuffle(items)
        if dice.fault(0.02):
            items = self.random.choice([[], [{}], [{**items[0], **items[-1]}]])
        body: Body = {"TransactItems": items}
        if self.random.random() < 0.2:
            body["ClientRequestToken"] = self._token(dice)
        return Request("TransactWriteItems", body, table)

    def transact_get(self, table: RandomTable, dice: Dice) -> Request:
        """Get several items of one moment."""
        items: list[Body] = []
        for each in self._some_tables(table):
            count = 101 if dice.fault(0.01) else self.random.randrange(1, MOST_BATCHED)
            for key in self._different(each, dice, count):
                part = self._on(each, dice, {"Key": key})
                self._projected(each, dice, part)
                items.append({"Get": part})
        if dice.fault(0.02):
            items = self.random.choice([[], [{}]])
        return Request("TransactGetItems", {"TransactItems": items}, table)

    def describe(self, table: RandomTable, dice: Dice) -> Request:
        """Describe a table, or its time to live."""
        operation = self.random.choice(("DescribeTable", "DescribeTimeToLive"))
        return Request(operation, self._on(table, dice, {}), table)

    def _transact_item(self, table: RandomTable, dice: Dice, key: Body) -> Body:
        kind = self.random.choice(("Put", "Put", "Update", "Delete", "ConditionCheck"))
        part: Body = {"Key": key}
        words = self._words(table, dice)
        rate = 0.15
        match kind:
            case "Put":
                part = {"Item": {**self._item(table, dice), **key}}
            case "Update":
                part["UpdateExpression"] = update(words, self._targets(table, dice))
            case "ConditionCheck":
                rate = 1.0
        part = self._on(table, dice, part)
        if kind == "ConditionCheck" and self.random.random() < 0.7:
            part["ConditionExpression"] = f"attribute_not_exists({words.name('nope')})"
            rate = 0.0
        self._conditional(table, dice, part, rate, words)
        if self.random.random() < 0.3:
            part["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        return {kind: part}

    def _token(self, dice: Dice) -> str:
        if dice.fault(0.1):
            return self.random.choice(("", "x" * 37))
        if self.tokens and dice.fault(0.3):
            return self.random.choice(self.tokens)
        token = f"token-{self.random.getrandbits(64):x}"
        self.tokens = [*self.tokens[-9:], token]
        return token

    def _on(self, table: RandomTable, dice: Dice, body: Body) -> Body:
        body["TableName"] = table.name
        if dice.fault(0.02):
            wrong = self.random.choice((None, "Nowhere", "", "a", "a b", "x" * 256))
            if wrong is None:
                del body["TableName"]
            else:
                body["TableName"] = wrong
        return body

    def _key_part(self, table: RandomTable, name: str, dice: Dice) -> Body:
        if dice.fault(0.03):
            return bad_key_value(self.random, table.types[name])
        return key_value(self.random, table.types[name])

    def _key(self, table: RandomTable, dice: Dice) -> Body:
        key = {name: self._key_part(table, name, dice) for name in table.key.names}
        if dice.fault(0.02):
            key["extra"] = {"S": "a"}
        if dice.fault(0.02):
            del key[self.random.choice(tuple(key))]
        return key

    def _different(self, table: RandomTable, dice: Dice, count: int) -> list[Body]:
        """Return keys of different items, or with one twice."""
        if count > MOST_BATCHED:  # too many for the pools: more than is allowed
            other = {"S": "S", "N": "N", "B": "B"}[table.types[table.key.partition]]
            texts = {"S": "k{}", "N": "{}", "B": "{:04}"}[other]
            rest = {name: self._key_part(table, name, dice) for name in table.key.names}
            return [
                {**rest, table.key.partition: {other: texts.format(number)}}
                for number in range(count)
            ]
        keys: dict[str, Body] = {}
        for _ in range(count):
            key = self._key(table, dice)
            keys[_same(key)] = key
        result = list(keys.values())
        return [*result, result[0]] if dice.fault(0.05) else result

    def _item(self, table: RandomTable, dice: Dice) -> Body:
        item = self._key(table, dice)
        for index in table.indexes:
            for name in index.key.names:
                if name not in item and self.random.random() < 0.75:
                    item[name] = self._key_part(table, name, dice)
        for name in self.random.sample(NAMES, self.random.randrange(5)):
            bad = dice.fault(0.02)
            item[name] = bad_value(self.random) if bad else value(self.random)
        if self.random.random() < 0.002:
            copies = sum(index.local for index in table.indexes)
            too_large = dice.fault(0.5)
            item["big"] = large_text(self.random, copies, too_large=too_large)
        if dice.fault(0.005):
            item[self.random.choice(("", "x" * 65_536))] = {"S": "a"}
        if self.random.random() < 0.05:
            item["ttl"] = {"N": str(4_000_000_000 + self.random.randrange(100))}
        return item

    def _targets(self, table: RandomTable, dice: Dice) -> tuple[str, ...]:
        if dice.fault(0.05):
            return table.key.names
        if self.random.random() < 0.1 and dice.faults:
            return tuple(name for name in table.types if name not in table.key.names)[
                :3
            ] or ("v",)
        return NAMES

    def _index(self, table: RandomTable) -> Index | None:
        if table.indexes and self.random.random() < 0.6:
            return self.random.choice(table.indexes)
        return None

    def _key_names(self, table: RandomTable, index: Index | None) -> tuple[str, ...]:
        return (table.key if index is None else index.key).names

    def _words(
        self,
        table: RandomTable,
        dice: Dice,
        index: Index | None = None,
        *,
        queried: bool = False,
    ) -> Words:
        names = dict.fromkeys((*NAMES, *table.types))
        if index is not None and index.projection != "ALL" and not dice.fault(0.1):
            included = index.include if index.projection == "INCLUDE" else ()
            names = dict.fromkeys((*table.keys_of(index), *included))
        if queried and not dice.fault(0.1):
            for name in self._key_names(table, index):
                names.pop(name, None)
        return Words(dice, tuple(names), frozenset(table.types))

    def _conditional(
        self,
        table: RandomTable,
        dice: Dice,
        body: Body,
        rate: float,
        words: Words | None = None,
    ) -> None:
        words = words or self._words(table, dice)
        if self.random.random() < rate:
            body["ConditionExpression"] = condition(words)
        words.into(body)

    def _returning(self, dice: Dice, body: Body, allowed: tuple[str, ...]) -> None:
        if self.random.random() < 0.6:
            body["ReturnValues"] = self.random.choice(allowed)
        if dice.fault(0.02):
            body["ReturnValues"] = self.random.choice(("ALL", "", "UPDATED_NEW"))
        if self.random.random() < 0.3:
            body["ReturnValuesOnConditionCheckFailure"] = self.random.choice(
                WRITE_RETURNS
            )

    def _projected(self, table: RandomTable, dice: Dice, body: Body) -> None:
        words = self._words(table, dice)
        if self.random.random() < 0.4:
            body["ProjectionExpression"] = projection(words)
        if words.names:
            body["ExpressionAttributeNames"] = words.names

    def _filtered(self, body: Body, words: Words) -> None:
        if words.attributes and self.random.random() < 0.5:
            body["FilterExpression"] = condition(words)
        counted = "Select" in body and not words.dice.fault(0.1)
        if words.attributes and self.random.random() < 0.2 and not counted:
            body["ProjectionExpression"] = projection(words)
        words.into(body)

    def _reading(self, table: RandomTable, index: Index | None, dice: Dice) -> Body:
        body = self._on(table, dice, {})
        random = self.random
        if index is not None:
            body["IndexName"] = "nowhere" if dice.fault(0.03) else index.name
        if random.random() < 0.5:
            body["Limit"] = (
                0 if dice.fault(0.05) else random.choice((1, 1, 2, 3, 5, 50))
            )
        if (index is None or index.local or dice.fault(0.05)) and random.random() < 0.2:
            body["ConsistentRead"] = random.random() < 0.5
        if random.random() < 0.1:
            body["Select"] = "COUNT"
        elif dice.fault(0.05):
            body["Select"] = random.choice(
                (
                    "ALL_ATTRIBUTES",
                    "ALL_PROJECTED_ATTRIBUTES",
                    "SPECIFIC_ATTRIBUTES",
                    "NOTHING",
                )
            )
        return body

    def _consistently(self, body: Body) -> None:
        if self.random.random() < 0.2:
            body["ConsistentRead"] = self.random.random() < 0.5

    def _some_tables(self, table: RandomTable) -> list[RandomTable]:
        if len(self.tables) == 1 or self.random.random() < 0.7:
            return [table]
        return self.random.sample(self.tables, 2)

    def _key_condition(
        self, table: RandomTable, index: Index | None, words: Words
    ) -> str:
        key = table.key if index is None else index.key
        dice, random = words.dice, self.random
        operator = "=" if not dice.fault(0.03) else random.choice(("<", ">=", "<>"))
        first = words.value(self._key_part(table, key.partition, dice))
        name = words.name(key.partition)
        parts = [
            f"{first} {operator} {name}"
            if dice.fault(0.02)
            else f"{name} {operator} {first}"
        ]
        if key.sort is not None and random.random() < 0.6:
            parts.append(self._sort_condition(table, key.sort, words))
        if dice.fault(0.02):
            parts.append(f"{words.path(NAMES)} = {words.value()}")
        if dice.fault(0.02):
            parts.pop(0)
        random.shuffle(parts)
        joined = f" {'OR' if dice.fault(0.01) else 'AND'} ".join(parts)
        if dice.fault(0.02):
            joined = random.choice((f"NOT {joined}", f"({joined})", "", f"{joined} ("))
        return joined

    def _bounds(self, kind: str, dice: Dice) -> tuple[Body, Body]:
        bounds = [key_value(self.random, kind) for _ in range(2)]
        if not dice.fault(0.05):
            bounds.sort(key=rank)
        return bounds[0], bounds[1]

    def _sort_condition(self, table: RandomTable, name: str, words: Words) -> str:
        random, dice = self.random, words.dice

        def given() -> str:
            return words.value(self._key_part(table, name, dice))

        operator = random.choice(("=", "<", "<=", ">", ">=", "BETWEEN", "begins_with"))
        short = words.name(name)
        match operator:
            case "BETWEEN":
                low, high = self._bounds(table.types[name], dice)
                return f"{short} BETWEEN {words.value(low)} AND {words.value(high)}"
            case "begins_with":
                if table.types[name] == "N" and not dice.fault(0.2):
                    return f"{short} = {given()}"
                return f"begins_with({short}, {given()})"
            case _:
                wrong = dice.fault(0.03)
                return f"{short} {'<>' if wrong else operator} {given()}"


def _same(key: Body) -> str:
    """Return what is the same for keys of one item, however a number is written."""
    return repr(sorted((name, _plain(part)) for name, part in key.items()))


def _plain(part: object) -> str:
    match part:
        case {"N": str(text)}:
            try:
                plain = Context(prec=200).add(Decimal(text), Decimal(0))  # no -0
                return str(plain.normalize())
            except ArithmeticError:
                return text
        case _:
            return repr(part)
