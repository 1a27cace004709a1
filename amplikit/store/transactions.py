"""Several reads or writes that are one: all of a moment, all or nothing.

Source: API reference, TransactWriteItems (which errors are reasons, the ten minutes
of a token); the texts are those of DynamoDB Local 2.x.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from amplikit.store import refusals
from amplikit.store.batches import placed_reads
from amplikit.store.interface import ConditionFailed, Reason, TransactionCanceled
from amplikit.store.pages import own_part
from amplikit.store.refusals import Invalid, Misfit
from amplikit.store.rows import Effect
from amplikit.store.writing import prepare

if TYPE_CHECKING:
    from amplikit.store.engine import Engine
    from amplikit.store.interface import GetRequest, Item, TransactionItem
    from amplikit.store.writing import Placed, Prepared

__all__ = ["CREATE_TOKENS", "forget_tokens", "transact_get", "transact_write"]

MAX_ITEMS = 100
MAX_BYTES = 4 * 1024 * 1024
TOKEN_KEPT_S = 10 * 60
CREATE_TOKENS = (
    "CREATE TABLE tokens (token TEXT PRIMARY KEY, items BLOB, at REAL) WITHOUT ROWID"
)
_KNOWN = "SELECT items FROM tokens WHERE token = ? AND at >= ?"
_KEEP = "INSERT OR REPLACE INTO tokens (token, items, at) VALUES (?, ?, ?)"
_FORGET = "DELETE FROM tokens WHERE at < ?"
_FINE = Reason("None")


def transact_get(
    engine: Engine, requests: tuple[GetRequest, ...]
) -> tuple[Item | None, ...] | TransactionCanceled:
    """Return an item for each request, all of one moment."""
    _check_count(len(requests))
    with engine.reading():
        places = placed_reads(engine, requests, refusals.ONE_ITEM_TWICE)
        found = [engine.rows.read(stored.number, key) for stored, key in places]
        size_bytes = sum(each.size_bytes for each in found if each is not None)
        if size_bytes > MAX_BYTES:
            raise refusals.transaction_read_too_large(size_bytes)
        return tuple(
            None if each is None else own_part(each, request.projection)
            for each, request in zip(found, requests, strict=True)
        )


def transact_write(
    engine: Engine, items: tuple[TransactionItem, ...], token: str | None
) -> TransactionCanceled | None:
    """Do all, or nothing and say why."""
    _check_count(len(items))
    prepared = [prepare(item) for item in items]
    digest = None if token is None else _digest(items)
    with engine.writing():
        if token is not None and _is_done(engine, token, digest):
            return None
        effects: list[Effect] = []
        reasons: list[Reason] = []
        for each in _placed(engine, prepared):
            reason = each if isinstance(each, Reason) else _tried(engine, each, effects)
            reasons.append(reason)
        if any(reason != _FINE for reason in reasons):
            return TransactionCanceled(tuple(reasons))
        _check_size(effects)
        for effect in effects:
            engine.apply(effect)
        if token is not None and digest is not None:
            engine.database.execute(_KEEP, (token, digest, engine.clock()))
    return None


def forget_tokens(engine: Engine, now_s: float) -> None:
    """Drop the tokens whose ten minutes are over."""
    engine.database.execute(_FORGET, (now_s - TOKEN_KEPT_S,))


def _placed(engine: Engine, prepared: list[Prepared]) -> list[Placed | Reason]:
    """Return each write with its row; a key of another type is a reason."""
    placed: list[Placed | Reason] = []
    rows = set()
    for each in prepared:
        stored = engine.table(each.request.table)
        try:
            one = each.at(stored)
        except Misfit as misfit:
            placed.append(Reason("ValidationError", str(misfit)))
            continue
        row = (stored.number, one.key)
        if row in rows:
            raise Invalid(refusals.ONE_ITEM_TWICE)
        rows.add(row)
        placed.append(one)
    return placed


def _tried(engine: Engine, placed: Placed, effects: list[Effect]) -> Reason:
    """Add what the write does to the effects, or say why it cannot be done."""
    try:
        effect = placed.effect(engine.rows)
    except Invalid as invalid:
        return Reason("ValidationError", str(invalid))
    match effect:
        case ConditionFailed(item):
            message = refusals.CONDITION_FAILED
            return Reason("ConditionalCheckFailed", message, item)
        case Effect():
            effects.append(effect)
    return _FINE


def _is_done(engine: Engine, token: str, digest: bytes | None) -> bool:
    since_s = engine.clock() - TOKEN_KEPT_S
    known = engine.database.execute(_KNOWN, (token, since_s)).fetchone()
    if known is None:
        return False
    if known[0] != digest:
        raise refusals.token_of_other_items()
    return True


def _check_count(count: int) -> None:
    if count == 0:
        raise Invalid(refusals.TRANSACTION_EMPTY)
    if count > MAX_ITEMS:
        raise Invalid(refusals.TRANSACTION_TOO_LONG)


def _check_size(effects: list[Effect]) -> None:
    size_bytes = sum(
        written.size_bytes
        for effect in effects
        if (written := effect.new or effect.old) is not None
    )
    if size_bytes > MAX_BYTES:
        raise refusals.transaction_too_large(size_bytes)


def _digest(items: tuple[TransactionItem, ...]) -> bytes:
    """Return what tells these items from any others, in this process or another."""
    return hashlib.sha256(_canonical(items).encode()).digest()


def _canonical(value: object) -> str:
    if is_dataclass(value):
        parts = (_canonical(getattr(value, each.name)) for each in fields(value))
        return f"{type(value).__name__}({','.join(parts)})"
    if isinstance(value, Mapping):
        pairs = (f"{name!r}:{_canonical(each)}" for name, each in value.items())
        return f"{{{','.join(sorted(pairs))}}}"
    if isinstance(value, (tuple, list)):
        return f"[{','.join(map(_canonical, value))}]"
    if isinstance(value, (set, frozenset)):
        return f"<{','.join(sorted(map(repr, value)))}>"
    return repr(value)
