"""Random expressions in all of DynamoDB's grammar; some are wrong in one place."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from random_values import NAMES, NUMBERS, TEXTS, bad_value, value

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from peer import Body

COMPARATORS = ("=", "<>", "<", "<=", ">", ">=")
TYPES = ("S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS")
CONDITION_MISUSES = (
    "unknown(P)",
    "attribute_exists(P, P)",
    "attribute_exists()",
    "ATTRIBUTE_EXISTS(P)",
    "attribute_exists(V)",
    "begins_with(P)",
    "contains(P)",
    "size(P)",
    "attribute_type(P, P)",
    "if_not_exists(P, V)",
    "V = V",
)
UPDATE_MISUSES = (
    "size(P)",
    "V * V",
    "list_append(V)",
    "P + P + P",
    "(V)",
    "unknown(V)",
    "attribute_exists(P)",
)
INTEGERS = tuple(map(str, range(-10, 11)))
BASE64 = ("AA==", "YQ==", "YWI=", "Yg==", "/w==")
IN_ORDER: dict[str, Callable[[str], object]] = {
    "S": str.encode,
    "N": int,
    "B": base64.b64decode,
}
RESERVED = frozenset(("data", "status"))
INLINE = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
MAX_DEPTH = 3
BREAKS = (" ", "(", ")", ",", "=", "AND", "#", ":", ".", "[", "size", "x y", "!", "'")


@dataclass(slots=True)
class Dice:
    """A source of randomness that lets few things go wrong in one request."""

    random: Random
    faults: int = 0

    def fault(self, rate: float = 0.08) -> bool:
        """Say whether to do this wrongly; each time uses one fault up."""
        if self.faults and self.random.random() < rate:
            self.faults -= 1
            return True
        return False


@dataclass(slots=True)
class Words:
    """The names and values that a request's expressions stand on."""

    dice: Dice
    attributes: tuple[str, ...]
    keys: frozenset[str] = frozenset()
    names: dict[str, str] = field(default_factory=dict)
    values: Body = field(default_factory=dict)

    def name(self, name: str) -> str:
        """Return the name as an expression writes it."""
        random = self.dice.random
        if self.dice.fault(0.01):
            return random.choice(("#missing", "9x", "#", "#a-b"))
        if INLINE.match(name) and random.random() < 0.5:
            if name not in RESERVED:
                return name
            if self.dice.fault(0.05):
                return random.choice((name, name.upper()))
        for short, long in self.names.items():
            if long == name:
                return short
        short = f"#n{len(self.names)}"
        self.names[short] = name
        return short

    def value(self, given: Body | None = None) -> str:
        """Return a value as an expression writes it."""
        random = self.dice.random
        if self.dice.fault(0.01):
            return random.choice((":missing", ":", "1", "'a'", ":a-b"))
        short = f":v{len(self.values)}"
        if given is None:
            given = bad_value(random) if self.dice.fault(0.03) else value(random)
        self.values[short] = given
        return short

    def path(self, names: tuple[str, ...] | None = None, deeper: float = 0.2) -> str:
        """Return a document path; ``deeper`` is how likely it goes on."""
        random = self.dice.random
        first = random.choice(names or self.attributes)
        parts = self.name(first)
        if first in self.keys and not self.dice.fault(0.05):
            return parts
        while random.random() < deeper:
            if random.random() < 0.5:
                parts += f"[{random.choice((0, 0, 1, 2, 7))}]"
            else:
                parts += f".{self.name(random.choice(NAMES))}"
        if self.dice.fault(0.01):
            parts += random.choice(("[-1]", "[a]", "[]", "[99999999999]", ".0", "[:v]"))
        return parts

    def others(self, operand: str) -> tuple[str, ...]:
        """Return the attributes that the operand does not name."""
        named = set(re.findall(r"#?[^\s.()\[\]]+", operand))
        long = {self.names.get(name, name) for name in named}
        return tuple(name for name in self.attributes if name not in long)

    def into(self, body: Body) -> None:
        """Add them to the request, with one too many, or none, now and then."""
        if self.dice.fault(0.02):
            self.names["#unused"] = "unused"
        if self.dice.fault(0.02):
            self.values[":unused"] = {"S": "unused"}
        if self.dice.fault(0.01):
            self.names[self.dice.random.choice(("bad", "#", "#a b"))] = "a"
        if self.dice.fault(0.01):
            self.values[self.dice.random.choice(("bad", ":", ":a b"))] = {"S": "a"}
        if self.names or self.dice.fault(0.01):
            body["ExpressionAttributeNames"] = self.names
        if self.values or self.dice.fault(0.01):
            body["ExpressionAttributeValues"] = self.values


def condition(words: Words, depth: int = 0) -> str:
    """Return a condition or filter expression."""
    text = _condition(words, depth)
    return broken(words, text) if depth == 0 else text


def _condition(words: Words, depth: int) -> str:
    random = words.dice.random
    kind = random.randrange(14 if depth < MAX_DEPTH else 9)
    match kind:
        case 0 | 1 | 2:
            return _comparison(words)
        case 3:
            return _between(words)
        case 4:
            count = 101 if words.dice.fault(0.01) else random.randrange(1, 4)
            options = ", ".join(words.value() for _ in range(count))
            return f"{operand(words)} {_word(random, 'IN')} ({options})"
        case 5 | 6 | 7 | 8:
            return _function(words)
        case 9 | 10:
            left, right = _condition(words, depth + 1), _condition(words, depth + 1)
            return f"{left} {_word(random, 'AND')} {right}"
        case 11:
            left, right = _condition(words, depth + 1), _condition(words, depth + 1)
            return f"{left} {_word(random, 'OR')} {right}"
        case 12:
            return f"{_word(random, 'NOT')} {_condition(words, depth + 1)}"
        case _:
            inner = f"({_condition(words, depth + 1)})"
            is_double = words.dice.fault(0.05)
            if inner.startswith("((") and inner.endswith("))") and not is_double:
                return inner[1:-1]
            return f"({inner})" if is_double else inner


def _comparison(words: Words) -> str:
    random = words.dice.random
    comparator = random.choice(COMPARATORS)
    left = operand(words, values=words.dice.fault(0.05))
    if words.dice.fault(0.02):
        right = left
    elif (others := words.others(left)) and random.random() < 0.15:
        right = words.path(others)
    else:
        any_type = comparator in {"=", "<>"} or words.dice.fault(0.1)
        right = words.value(None if any_type else _ordered(random))
    sides = [left, right]
    if random.random() < 0.1:
        sides.reverse()
    return f"{sides[0]} {comparator} {sides[1]}"


def _between(words: Words) -> str:
    random = words.dice.random
    kind = random.choice("SNB")
    pool = {"S": TEXTS, "N": INTEGERS, "B": BASE64}[kind]
    bounds = random.sample(pool, 2)
    if not words.dice.fault(0.1):
        bounds.sort(key=IN_ORDER[kind])
    given = [{kind: bound} for bound in bounds]
    if words.dice.fault(0.1):
        given[random.randrange(2)] = value(random)
    tested = operand(words, values=words.dice.fault(0.05))
    if (others := words.others(tested)) and random.random() < 0.1:
        low = words.path(others)
    else:
        low = words.value(given[0])
    high = words.value(given[1])
    return f"{tested} {_word(random, 'BETWEEN')} {low} {_word(random, 'AND')} {high}"


def _ordered(random: Random) -> Body:
    """Return a value of a type that has an order."""
    kind = random.choice("SNB")
    return {kind: random.choice({"S": TEXTS, "N": NUMBERS, "B": BASE64}[kind])}


def operand(words: Words, *, values: bool = True) -> str:
    """Return a path, a value or a size."""
    random = words.dice.random
    kind = random.random()
    if kind < 0.9 and (not values or kind < 0.6):
        return words.path()
    if kind < 0.9:
        return words.value()
    if words.dice.fault(0.05):
        return f"size({words.value()})"
    return f"size({words.path()})"


def _function(words: Words) -> str:
    random = words.dice.random
    if words.dice.fault(0.05):
        return _misused(words, CONDITION_MISUSES)
    match random.randrange(5):
        case 0:
            return f"attribute_exists({words.path()})"
        case 1:
            return f"attribute_not_exists ( {words.path()} )"
        case 2:
            wrong = words.dice.fault(0.1)
            given = {"S": "Q"} if wrong else {"S": random.choice(TYPES)}
            return f"attribute_type({words.path()}, {words.value(given)})"
        case 3:
            texts = [{"S": "a"}, {"B": "YQ=="}, {"S": ""}]
            given = None if words.dice.fault(0.3) else random.choice(texts)
            return f"begins_with({words.path()}, {words.value(given)})"
        case _:
            path = words.path()
            if words.dice.fault(0.05):
                other = path
            elif (others := words.others(path)) and random.random() < 0.4:
                other = words.path(others)
            else:
                other = words.value()
            return f"contains({path}, {other})"


def update(words: Words, targets: tuple[str, ...]) -> str:
    """Return an update expression that touches each of its targets once."""
    random = words.dice.random
    chosen = random.sample(targets, min(len(targets), random.randrange(1, 5)))
    clauses: dict[str, list[str]] = {}
    for name in chosen:
        kind = random.choice(("SET", "SET", "SET", "REMOVE", "ADD", "DELETE"))
        clauses.setdefault(kind, []).append(_action(words, kind, name))
    if words.dice.fault(0.05):
        kind = random.choice(("SET", "REMOVE", "ADD", "DELETE"))
        clauses.setdefault(kind, []).append(_action(words, kind, random.choice(chosen)))
    parts = [
        f"{_word(random, kind)} {', '.join(actions)}"
        for kind, actions in clauses.items()
    ]
    if words.dice.fault(0.02):
        parts.append(parts[0])
    return broken(words, " ".join(parts))


def _action(words: Words, kind: str, name: str) -> str:
    random = words.dice.random
    path = words.path((name,), 0.08)
    match kind:
        case "SET":
            return f"{path} = {_update_operand(words, name)}"
        case "REMOVE":
            return path
        case _:
            sets = [{"SS": ["a", "b"]}, {"NS": ["1", "2"]}, {"BS": ["YQ=="]}]
            fitting = sets if kind == "DELETE" else [*sets, {"N": "1.5"}, {"N": "-3"}]
            given = None if words.dice.fault(0.2) else random.choice(fitting)
            return f"{path} {words.value(given)}"


def _update_operand(words: Words, name: str) -> str:
    random = words.dice.random
    match random.randrange(8):
        case 0 | 1 | 2:
            return words.value()
        case 3:
            if random.random() < 0.7:
                return f"if_not_exists({words.path()}, {words.value()})"
            return words.path()
        case 4:
            operator = random.choice("+-")
            kind = random.random()
            left = words.path() if kind < 0.2 else ""
            if 0.2 <= kind < 0.6:
                left = (
                    f"if_not_exists({words.path((name,))}, {words.value({'N': '1'})})"
                )
            left = left or words.value({"N": "2"})
            right = words.value({"N": random.choice(("1", "-0.5"))})
            return f"{left} {operator} {right}"
        case 5:
            given = None if words.dice.fault(0.3) else {"L": [value(random)]}
            both = [words.path((name,)), words.value(given)]
            if random.random() < 0.5:
                both[0] = f"if_not_exists({both[0]}, {words.value({'L': []})})"
            random.shuffle(both)
            return f"list_append({both[0]}, {both[1]})"
        case 6:
            return f"if_not_exists({words.path((name,))}, {words.value()})"
        case _:
            if words.dice.fault(0.2):
                return _misused(words, UPDATE_MISUSES)
            return words.value()


def _misused(words: Words, misuses: tuple[str, ...]) -> str:
    """Return a text in which P stands for a path, and V for a value."""
    parts = re.split(r"\b([PV])\b", words.dice.random.choice(misuses))
    made = {"P": words.path, "V": words.value}
    return "".join(made[part]() if part in made else part for part in parts)


def projection(words: Words) -> str:
    """Return a projection expression of different attributes."""
    random = words.dice.random
    count = min(len(words.attributes), random.randrange(1, 4))
    names = random.sample(words.attributes, count)
    paths = [words.path((name,)) for name in names]
    if words.dice.fault(0.1):
        paths.append(words.path((names[0],)))
    return broken(words, ", ".join(paths))


def broken(words: Words, text: str) -> str:
    """Return the expression with a slip of the pen, now and then."""
    if not words.dice.fault(0.05):
        return text
    random = words.dice.random
    match random.randrange(7):
        case 0:
            return random.choice(("", " ", text + " " * 4096))
        case 1:
            return text[: random.randrange(len(text))]
        case 2:
            return text[random.randrange(len(text)) :]
        case 3:
            return f"{text} {random.choice(BREAKS)}"
        case _:
            at = random.randrange(len(text))
            return text[:at] + random.choice(BREAKS) + text[at + random.randrange(2) :]


def _word(random: Random, word: str) -> str:
    return random.choice((word, word, word, word.lower(), word.title()))
