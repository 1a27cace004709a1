"""Where an item stands: keys as bytes that sort in DynamoDB's order.

A row's key is the hash of the partition key, the partition key, and the sort key; an
index entry's is the same of the index's keys, then the row's key, which breaks ties.
Every part ends in ``00 01`` and a zero inside it is written ``00 FF``, so a shorter
part sorts first and no part can reach into the next.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from amplikit.store.numbers import number_key

if TYPE_CHECKING:
    from amplikit.store.interface import AttributeValue

__all__ = [
    "EVERYTHING",
    "TIME_BYTES",
    "KeyRange",
    "after",
    "key_bytes",
    "partition",
    "row_key_of_entry",
    "segment_range",
    "sort_part",
    "sort_range",
    "time_key",
    "whole",
]

_END = b"\x00\x01"
_PAST_END = b"\x00\x02"
_HASH_BYTES = 8
TIME_BYTES = 8
_LAST_S = (1 << 63) - 1


class KeyRange(NamedTuple):
    """Keys from ``low`` on and before ``high``."""

    low: bytes
    high: bytes


EVERYTHING = KeyRange(b"", b"\xff" * 4096)  # longer than any partition key


def key_bytes(value: AttributeValue) -> bytes:
    """Return bytes that sort like the values of one key type."""
    match value:
        case str():
            return value.encode()
        case bytes():
            return value
        case bool():
            raise AssertionError("a boolean is not a key")
        case int() | Decimal():
            return number_key(value)
        case _:
            raise AssertionError(f"{value!r} is not a key")


def partition(value: bytes) -> bytes:
    """Return what all keys of a partition begin with.

    The hash is DynamoDB's, so scans meet the partitions in the service's order.
    Source: dynalite, test/scan.js, "should return items in string hash order".
    """
    digest = hashlib.md5(b"Outliers" + value, usedforsecurity=False).digest()
    return digest[:_HASH_BYTES] + sort_part(value)


def sort_part(value: bytes) -> bytes:
    """Return the sort key's part of a key."""
    return value.replace(b"\x00", b"\x00\xff") + _END


def row_key_of_entry(entry: bytes, parts: int) -> bytes:
    """Return the row's key at the end of an index entry of that many key parts."""
    at = _HASH_BYTES
    for _ in range(parts):
        at = entry.index(_END, at) + len(_END)
    return entry[at:]


def whole(prefix: bytes) -> KeyRange:
    """Return the range of everything that begins with complete parts."""
    return KeyRange(prefix, prefix[:-1] + b"\x02")


def after(key: bytes) -> bytes:
    """Return the first key that sorts after this one."""
    return key + b"\x00"


def sort_range(prefix: bytes, operator: str, values: list[bytes]) -> KeyRange:
    """Return the range of a partition's keys for which the sort condition holds."""
    low, high = whole(prefix)
    first = prefix + values[0].replace(b"\x00", b"\x00\xff")
    match operator:
        case "=":
            return KeyRange(first + _END, first + _PAST_END)
        case "<":
            return KeyRange(low, first + _END)
        case "<=":
            return KeyRange(low, first + _PAST_END)
        case ">":
            return KeyRange(first + _PAST_END, high)
        case ">=":
            return KeyRange(first + _END, high)
        case "BETWEEN":
            last = prefix + values[1].replace(b"\x00", b"\x00\xff")
            return KeyRange(first + _END, last + _PAST_END)
        case "begins_with":
            return KeyRange(first, _successor(first))
        case _:
            raise AssertionError(f"unknown sort condition {operator!r}")


def segment_range(segment: int, segments: int) -> KeyRange:
    """Return the part of all keys that one segment of a scan reads.

    The service divides by the first twelve bits of the hash: dynalite's recordings.
    """
    grains = 1 << (12 if segments <= 1 << 12 else 8 * _HASH_BYTES)
    return KeyRange(
        *(
            _hash_from(-(-at * grains // segments), grains)
            for at in (segment, segment + 1)
        )
    )


def time_key(at_s: int | Decimal) -> bytes:
    """Return bytes that sort like times; what is out of their range is at its end."""
    whole_s = int(min(max(at_s, 0), _LAST_S))
    return whole_s.to_bytes(TIME_BYTES)


def _hash_from(at: int, grains: int) -> bytes:
    if at == grains:
        return EVERYTHING.high
    return (at * ((1 << 8 * _HASH_BYTES) // grains)).to_bytes(_HASH_BYTES)


def _successor(prefix: bytes) -> bytes:
    """Return the first key that sorts after all that begin with the prefix."""
    kept = prefix.rstrip(b"\xff")
    return kept[:-1] + bytes((kept[-1] + 1,))
