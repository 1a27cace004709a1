"""Deleting what has expired: items by their table's TTL, old records, old tokens.

An item expires when its TTL attribute is a Number of seconds that have passed; one
more than five years back is taken for a mistake and stays. Source: DynamoDB developer
guide, "Time to Live (TTL)".
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from amplikit.store.rows import Effect
from amplikit.store.transactions import forget_tokens

if TYPE_CHECKING:
    from amplikit.store.engine import Engine

__all__ = ["expire"]

_BATCH = 1000
_OLDEST_S = 5 * 365 * 24 * 60 * 60


def expire(engine: Engine, now_s: float) -> int:
    """Delete what has expired, and return how many items that were.

    In transactions of a thousand, so that other writers need not wait for all.
    """
    deleted = 0
    with engine.database:
        engine.refresh()
        names = [each.table.name for each in engine.layout.tables if each.expiry]
    for name in names:
        while count := _expire_some(engine, name, now_s):
            deleted += count
    with engine.writing():
        forget_tokens(engine, now_s)
    while True:
        with engine.writing():
            if engine.changes.prune(now_s, _BATCH) < _BATCH:
                return deleted


def _expire_some(engine: Engine, name: str, now_s: float) -> int:
    before_s = math.ceil(now_s)
    with engine.writing():
        stored = engine.layout.table(name)
        if stored is None:  # deleted meanwhile
            return 0
        keys = engine.rows.expired(stored, before_s - _OLDEST_S, before_s, _BATCH)
        for key in keys:
            old = engine.rows.read(stored.number, key)
            engine.apply(Effect(stored, key, old, None), expired=True)
    return len(keys)
