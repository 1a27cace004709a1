"""Decoded items, kept within a number of items and of bytes; the oldest use goes first.

Not thread-safe: the store's lock guards it.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amplikit.store.values import Measured

__all__ = ["CacheKey", "ItemCache"]

CacheKey = tuple[int, bytes]


class ItemCache:
    """The most recently used items by table number and key.

    ``max_bytes`` counts sizes in DynamoDB; as Python objects they take about five
    times as much.
    """

    def __init__(self, max_items: int = 50_000, max_bytes: int = 16 << 20) -> None:
        self._entries: OrderedDict[CacheKey, Measured] = OrderedDict()
        self._bytes = 0
        self._max_items = max_items
        self._max_bytes = max_bytes

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: CacheKey) -> Measured | None:
        """Return the item and count this as its latest use."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def put(self, key: CacheKey, entry: Measured) -> None:
        """Keep the item, at the cost of those that were not used for longest."""
        self.drop(key)
        if entry.size_bytes > self._max_bytes:
            return
        self._entries[key] = entry
        self._bytes += entry.size_bytes
        while len(self._entries) > self._max_items or self._bytes > self._max_bytes:
            _, evicted = self._entries.popitem(last=False)
            self._bytes -= evicted.size_bytes

    def drop(self, key: CacheKey) -> None:
        """Forget the item, if it is here."""
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= entry.size_bytes

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._bytes = 0
