"""P12: a list was asked for an order that no key gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amplikit.blueprint.api import Transformer
from amplikit.emulator.pitfalls.asked import Place
from amplikit.emulator.pitfalls.codes import pitfall
from amplikit.emulator.pitfalls.remedies import Home, sorted_index_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import FieldNode

    from amplikit.emulator.documents import Document
    from amplikit.emulator.pitfalls.asked import Asked, Served
    from amplikit.emulator.pitfalls.facts import ArgumentRefused
    from amplikit.emulator.trace import Pitfall

__all__ = ["detect", "detect_unknown"]

_ARGUMENT: Final = "sortDirection"
_SHARED: Final = "type"
_CREATED: Final = "createdAt"
_ALWAYS = frozenset({"filter", "limit", "nextToken", _ARGUMENT})


def detect(fact: ArgumentRefused, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for an order asked of a whole table."""
    if fact.argument != _ARGUMENT:
        return
    place = asked.place(fact.path)
    arguments = place.definition.args if place else {}
    keys = [name for name in arguments if name not in _ALWAYS]
    hint = (
        f"Give the partition key too: {keys[0]}: ..."
        if keys or place is None
        else _index(asked.served, place.element.name)
    )
    told = f"'{_ARGUMENT}' orders the items of one partition, not those of a table."
    yield pitfall("sort-without-key", fact.path, told, hint)


def detect_unknown(document: Document, served: Served) -> Iterator[Pitfall]:
    """Yield a pitfall for a list without a sort key that was asked for an order.

    Such a document is not valid, and is never executed.
    """
    root = served.schema.query_type
    for operation in document.operations:
        for node in document.fields(operation.node.selection_set):
            definition = root.fields.get(node.name.value) if root else None
            if (
                root is None
                or definition is None
                or _ARGUMENT in definition.args
                or not _given(node)
            ):
                continue
            model = Place(root, node.name.value, definition, (node,)).element.name
            yield pitfall(
                "sort-without-key",
                ((node.alias or node.name).value,),
                f"'{node.name.value}' has no '{_ARGUMENT}': {model} has no sort key, "
                "and a table is read in the order of a hash.",
                _index(served, model),
            )


def _given(node: FieldNode) -> bool:
    return any(one.name.value == _ARGUMENT for one in node.arguments or ())


def _index(served: Served, model: str) -> str:
    """Return an index over all items in their order, by a field that all share."""
    found = [one.name for one in served.blueprint.tables if one.name == model]
    if not found:
        return "Ask a list that has a sort key."
    line = sorted_index_line(served, Home(model, model), _SHARED, _CREATED)
    first = served.blueprint.transformer is Transformer.V1
    fields = f"{_SHARED}: String!, {_CREATED}" if first else _CREATED
    return f"{line}. Declare {fields}: AWSDateTime!"
