"""Random attribute values as they stand on the wire, most of them from small pools.

Small pools make requests meet items that are there, and equal sort keys.
"""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from peer import Body

TEXTS = ("a", "b", "ab", "B", "a\0", "é", "\uffff", "😀", "zz", "10", "2", "\x7f")
NUMBERS = (
    "0",
    "1",
    "-1",
    "2",
    "10",
    "1.5",
    "-0.01",
    "1e20",
    "-1E+20",
    "9" * 38,
    "-" + "9" * 38,
    "1E-130",
    "9.9999999999999999999999999999999999999E+125",
    "-9.9999999999999999999999999999999999999E+125",
    "0.00000000000000000000000000000000000000000000000000000000000000000000001",
)
ODD_NUMBERS = ("-0", "007", "1.50", "+3", "100e-2", "0e5", ".5", "5.", "1e+2", "12E01")
BAD_NUMBERS = (
    "",
    " 1",
    "1 ",
    "abc",
    "1e",
    "NaN",
    "Infinity",
    "0x10",
    "1_0",
    "--1",
    "1e126",
    "-1e126",
    "1e-131",
    "1" * 39,
    "1." + "1" * 38,
)
BINARIES = (b"a", b"\xff", b"a\0", b"\0", b"\xff\xff", b"b", b"ab")
NAMES = ("v", "w", "x", "data", "status", "a.b", "é", "l", "m", "2nd", "_u", "a-b")
MAX_DEPTH = 3


def key_value(random: Random, kind: str) -> Body:
    """Return a value of a key type."""
    match kind:
        case "S":
            if random.random() < 0.02:
                return {"S": random.choice(TEXTS) * 200}
            return {"S": random.choice(TEXTS)}
        case "N":
            pool = ODD_NUMBERS if random.random() < 0.05 else NUMBERS
            return {"N": random.choice(pool)}
        case _:
            return {"B": _base64(random.choice(BINARIES))}


def rank(value: Body) -> Decimal | bytes:
    """Return what tells the order of two values of one key type."""
    match value:
        case {"S": str(text)}:
            return text.encode()
        case {"N": str(text)}:
            return Decimal(text)
        case _:
            return base64.b64decode(str(value["B"]))


def bad_key_value(random: Random, kind: str) -> Body:
    """Return what is no value for a key of that type."""
    empty = {"S": {"S": ""}, "N": {"N": "0x10"}, "B": {"B": ""}}[kind]
    long = {
        "S": {"S": "k" * random.choice((1025, 2049))},
        "N": {"N": "1" * 39},
        "B": {"B": _base64(b"k" * random.choice((1025, 2049)))},
    }[kind]
    other = {"S": {"N": "1"}, "N": {"S": "1"}, "B": {"S": "1"}}[kind]
    return random.choice([empty, long, other, {"NULL": True}, {"BOOL": True}])


def value(random: Random, depth: int = 0) -> Body:
    """Return any valid attribute value."""
    makers: list[Callable[[], Body]] = [
        lambda: {"S": random.choice((*TEXTS, "", "abc", "ab é"))},
        lambda: {"N": random.choice((*NUMBERS, *ODD_NUMBERS))},
        lambda: {"N": str(random.randrange(-20, 20))},
        lambda: {"B": _base64(random.choice((*BINARIES, b"")))},
        lambda: {"BOOL": random.random() < 0.5},
        lambda: {"NULL": True},
        lambda: {"SS": some(random, TEXTS)},
        lambda: {"NS": some(random, ("0", "1", "2", "10", "1.5", "-7", "1e20"))},
        lambda: {"BS": [_base64(each) for each in some(random, BINARIES)]},
    ]
    if depth < MAX_DEPTH:
        makers += [lambda: _list(random, depth), lambda: _map(random, depth)] * 2
    return random.choice(makers)()


def bad_value(random: Random) -> Body:
    """Return what is no attribute value."""
    return random.choice(
        [
            {"N": random.choice(BAD_NUMBERS)},
            {"SS": []},
            {"NS": []},
            {"BS": []},
            {"SS": ["a", "a"]},
            {"NS": ["1", "1.0"]},
            {"NS": ["1", random.choice(BAD_NUMBERS)]},
            {"BS": ["YQ==", "YQ=="]},
            {"NULL": False},
            {},
            {"S": "a", "N": "1"},
            {"L": [{"N": random.choice(BAD_NUMBERS)}]},
            {"M": {"a": {"SS": []}}},
            _nested(random.choice((31, 32, 33))),
        ]
    )


def large_text(random: Random, copies: int, *, too_large: bool) -> Body:
    """Return a text that nearly fills an item with so many copies, or overfills it."""
    if too_large:
        size = random.choice((409_000, 409_500, 409_590, 409_600, 410_000))
    else:
        size = random.choice((10_000, 90_000, 200_000, 400_000)) // (1 + copies)
    return {"S": "x" * size}


def some(random: Random, pool: tuple[str, ...] | tuple[bytes, ...]) -> list[str]:
    """Return one to three different elements."""
    return random.sample(pool, random.randrange(1, 4))


def _list(random: Random, depth: int) -> Body:
    return {"L": [value(random, depth + 1) for _ in range(random.randrange(4))]}


def _map(random: Random, depth: int) -> Body:
    names = random.sample(NAMES, random.randrange(4))
    return {"M": {name: value(random, depth + 1) for name in names}}


def _nested(depth: int) -> Body:
    inner: Body = {"S": "a"}
    for _ in range(depth):
        inner = {"L": [inner]}
    return inner


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
