"""P09, P10: an item that lacks an index's sort key, or gives null for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.pitfalls.codes import pitfall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.pitfalls.facts import WriteRefused, Written
    from amplikit.emulator.trace import Path, Pitfall

__all__ = ["detect_absent", "detect_null"]

# v2 stores the parts of a key that it has made up, and not the key.
_NAMED_KEYS = "Name the keys of the relation: @hasMany(references: [...])"


def detect_absent(written: Written, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for each index that a write has left the item out of.

    An item without the index's partition key does not mean to be there.
    """
    item, given = written.item, written.given
    if not written.creates and None not in given.values():
        return
    for index in asked.blueprint.table(written.table).indexes:
        sort = index.sort_key
        if sort is None or item.get(index.partition_key.name) is None:
            continue
        parts = sort.name.split("#")
        touched = written.creates or any(given.get(name, 0) is None for name in parts)
        if item.get(sort.name) is not None or not touched:
            continue
        missing = [name for name in parts if item.get(name) is None]
        names = ", ".join(f"'{name}'" for name in missing) or f"'{sort.name}'"
        yield pitfall(
            "not-in-index",
            written.path,
            f"The item has no {names}, so index '{index.name}' does not hold it: "
            "no query of that index finds it.",
            _required(asked, written.path, missing) if missing else _NAMED_KEYS,
        )


def detect_null(refused: WriteRefused, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for each null that was given for a key of an index."""
    for index in asked.blueprint.table(refused.table).indexes:
        keys = [index.partition_key, *([index.sort_key] if index.sort_key else [])]
        for key in keys:
            if refused.values.get(key.name, 0) is None:
                yield pitfall(
                    "null-in-index-key",
                    refused.path,
                    f"'{key.name}' is null, and a key of index '{index.name}': "
                    "DynamoDB refuses to store it.",
                    f"Leave '{key.name}' out of the input; the index then does not "
                    f"hold the item. {_required(asked, refused.path, [key.name])}",
                )


def _required(asked: Asked, path: Path, names: list[str]) -> str:
    place = asked.place(path)
    model = place.type.name if place else ""
    lines = [f"{name}: {asked.served.type_text(model, name)}!" for name in names]
    return f"Make it required: {', '.join(lines)}"
