"""Items as an SDK gives and takes them: typed, with binary values as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from amplikit.store.remote_service import RemoteError
from amplikit.store.typed_json import decode_item, encode_item
from amplikit.store.values import canonical_item

if TYPE_CHECKING:
    from amplikit.store.interface import Item, Key

__all__ = ["item_of", "items_of", "maybe_item", "typed"]


def typed(item: Key) -> dict[str, object]:
    """Return an item, or a key, for a request; raises ``Invalid``."""
    return encode_item(canonical_item(item).item, binary_as_text=False)


def item_of(document: object) -> Item:
    """Return an item of an answer."""
    if not isinstance(document, Mapping):
        raise RemoteError("UnreadableAnswer", f"{document!r:.100} is no item")
    return decode_item(document)


def maybe_item(document: object) -> Item | None:
    """Return an item of an answer, None when there is none."""
    return None if document is None else item_of(document)


def items_of(documents: object) -> tuple[Item, ...]:
    """Return the items of an answer."""
    return tuple(map(item_of, documents if isinstance(documents, list) else ()))
