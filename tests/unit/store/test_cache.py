"""The cache of decoded items stays within its bounds."""

from __future__ import annotations

from amplikit.store.cache import ItemCache
from amplikit.store.values import Measured


def measured(size_bytes: int) -> Measured:
    return Measured({"id": "1"}, size_bytes, nested=False)


def kept(cache: ItemCache, count: int) -> list[int]:
    return [n for n in range(count) if cache.get((1, bytes((n,)))) is not None]


def test_the_least_recently_used_item_goes_first() -> None:
    cache = ItemCache(max_items=2)
    cache.put((1, b"\x00"), measured(1))
    cache.put((1, b"\x01"), measured(1))
    cache.get((1, b"\x00"))
    cache.put((1, b"\x02"), measured(1))
    assert kept(cache, 3) == [0, 2]


def test_the_bytes_are_bounded_also_when_an_item_is_replaced() -> None:
    cache = ItemCache(max_bytes=100)
    for number in range(5):
        cache.put((1, bytes((number,))), measured(40))
    assert kept(cache, 5) == [3, 4]
    cache.put((1, b"\x04"), measured(60))
    assert kept(cache, 5) == [3, 4]
    cache.put((1, b"\x04"), measured(61))
    assert kept(cache, 5) == [4]


def test_an_item_larger_than_the_cache_is_not_kept_and_evicts_nothing() -> None:
    cache = ItemCache(max_bytes=100)
    cache.put((1, b"\x00"), measured(40))
    cache.put((1, b"\x01"), measured(101))
    assert kept(cache, 2) == [0]


def test_dropped_and_cleared_items_give_their_bytes_back() -> None:
    cache = ItemCache(max_bytes=100)
    cache.put((1, b"\x00"), measured(100))
    cache.drop((1, b"\x00"))
    cache.drop((1, b"\x00"))
    cache.put((1, b"\x01"), measured(100))
    cache.clear()
    cache.put((1, b"\x02"), measured(100))
    assert kept(cache, 3) == [2]
