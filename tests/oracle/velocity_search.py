"""As much of OpenSearch as the rules ask of it: items by the values of a field."""

from __future__ import annotations

__all__ = ["search"]

Items = dict[str, list[dict[str, object]]]


def search(asked: dict, items: Items) -> dict[str, object]:
    """Answer a request for the whole index of a model (``/post/_search``)."""
    index = asked["path"].split("/")[1]
    table = next(name for name in items if name.lower() == index)
    body = asked["params"]["body"]
    found = [one for one in items[table] if _matches(body["query"], one)]
    hits = [{"_source": one, "sort": [one["id"]]} for one in found]
    return {"hits": {"hits": hits, "total": {"value": len(hits)}}, "aggregations": {}}


def _matches(query: dict, item: dict[str, object]) -> bool:
    ((kind, asked),) = query.items()
    match kind:
        case "match_all":
            return True
        case "bool":
            return any(_matches(one, item) for one in asked["should"])
        case "terms_set":
            ((field, wanted),) = asked.items()
            stored = item.get(field.removesuffix(".keyword"))
            values = stored if isinstance(stored, list) else [stored]
            return any(one in wanted["terms"] for one in values)
        case _:
            raise ValueError(query)
