"""Other names for the fields of inputs, filters and results."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amplikit.blueprint.operations import Rename
    from amplikit.emulator.run import Run
    from amplikit.store.interface import AttributeValue, Item

__all__ = ["rename"]


def rename(operation: Rename, run: Run) -> None:
    """Change what the operation's path leads to."""
    names = dict(operation.names)
    match operation.path:
        case "args.input":
            _rename_all(run.input, names)
        case "result":
            for item in _items(run.result):
                _rename_all(item, names)
        case path:
            argument = path.removeprefix("args.")
            run.arguments[argument] = _renamed(run.arguments.get(argument), names)


def _rename_all(item: Item, names: dict[str, str]) -> None:
    for name, other in names.items():
        item[other] = item.pop(name, None)


def _items(result: AttributeValue) -> list[Item]:
    if not isinstance(result, dict):
        return []
    items = result.get("items")
    if "scannedCount" in result and isinstance(items, list):
        return [item for item in items if isinstance(item, dict)]
    return [result]


def _renamed(value: AttributeValue, names: dict[str, str]) -> AttributeValue:
    match value:
        case dict():
            return {names.get(k, k): _renamed(v, names) for k, v in value.items()}
        case list():
            return [_renamed(one, names) for one in value]
        case _:
            return value
