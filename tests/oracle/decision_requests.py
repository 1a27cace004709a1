"""What is asked: every resolver, with the arguments that make a difference."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amplikit.blueprint.api import OperationKind, Transformer
from amplikit.blueprint.remote import FunctionCall, HttpCall, PredictionsCall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decision_items import Item, Samples

    from amplikit.blueprint.api import Api, Field, Index, Model

__all__ = ["Asked", "requests"]

NAMES = {
    OperationKind.GET: "Query",
    OperationKind.LIST: "Query",
    OperationKind.SEARCH: "Query",
    OperationKind.CREATE: "Mutation",
    OperationKind.UPDATE: "Mutation",
    OperationKind.DELETE: "Mutation",
    OperationKind.ON_CREATE: "Subscription",
    OperationKind.ON_UPDATE: "Subscription",
    OperationKind.ON_DELETE: "Subscription",
}


@dataclass(frozen=True)
class Asked:
    """A field with its arguments and its parent's value."""

    coordinate: str
    arguments: dict[str, object] = field(default_factory=dict)
    source: dict[str, object] | None = None


def requests(api: Api, samples: Samples) -> Iterator[Asked]:
    """Return what is asked of a schema's resolvers."""
    for model in api.models:
        asking = _Asking(model, samples)
        for operation in model.operations:
            coordinate = f"{NAMES[operation.kind]}.{operation.field}"
            for arguments in asking.arguments(operation.kind):
                yield Asked(coordinate, arguments)
        for index in model.indexes:
            if index.query_field is not None:
                for arguments in asking.index(index):
                    yield Asked(f"Query.{index.query_field}", arguments)
        yield from asking.fields()
    for custom in api.custom_fields:
        match custom.calls[0]:
            case FunctionCall():
                yield Asked(custom.coordinate)
            case HttpCall(required=names):
                body = dict.fromkeys(names, "given")
                yield Asked(custom.coordinate, {"query": {}, "body": body})
            case PredictionsCall():
                # Its templates are pieces that CloudFormation joins.
                continue


class _Asking:
    def __init__(self, model: Model, samples: Samples) -> None:
        self._model = model
        self._samples = samples
        self._first = samples.api.transformer is Transformer.V1
        self._items = samples.items[model.name]
        ruled = {*samples.owner_fields(model), *samples.group_fields(model)}
        keys = {*model.key, *(name for i in model.indexes for name in i.fields)}
        self._keys = keys
        self._ruled = sorted(ruled)
        self._settable = self._ruled
        self._names = [
            one.name for one in model.fields if one.relation is None and not one.hidden
        ]
        self._plain = [
            one
            for one in model.fields
            if one.relation is None
            and one.declared
            and one.name not in ruled | keys
            and one.name not in {model.created_at, model.updated_at}
        ]

        made = (model.created_at, model.updated_at)
        self._made = [name for name in made if name is not None]
        self._guarded = [one for one in self._changeable() if one.rules]

    def arguments(self, kind: OperationKind) -> Iterator[dict[str, object]]:
        version = self._model.version
        writes = {OperationKind.UPDATE, OperationKind.DELETE}
        for arguments in self._arguments(kind):
            given = arguments.get("input")
            if version is None or kind not in writes or not isinstance(given, dict):
                yield arguments
                continue
            for expected in self._versions(version.field):
                yield arguments | {"input": given | {version.argument: expected}}

    def _versions(self, name: str) -> list[object]:
        found = [item.get(name) for item in self._items]
        known = [one for one in dict.fromkeys(found) if one is not None]
        return [*known[:2], 77]

    def _arguments(self, kind: OperationKind) -> Iterator[dict[str, object]]:
        match kind:
            case OperationKind.GET:
                yield from self._get()
            case OperationKind.LIST:
                yield from self._list()
            case OperationKind.SEARCH:
                yield {}
            case OperationKind.CREATE:
                yield from ({"input": one} for one in self._create())
                yield from self._create_conditions()
            case OperationKind.UPDATE:
                yield from self._update()
            case OperationKind.DELETE:
                yield from self._delete()
            case _:
                yield from self._listen()

    def _get(self) -> Iterator[dict[str, object]]:
        for item in self._items:
            yield self._key(item)
        yield self._missing()

    def _key(self, item: Item) -> Item:
        return self._samples.key(self._model, item)

    def _missing(self) -> Item:
        return self._samples.key(self._model, self._new(77))

    def _new(self, number: int) -> Item:
        """Return a whole item that does not exist."""
        model = self._model
        ruled = [name for name in self._ruled if name in model.key]
        return {name: self._values(name)[0] for name in ruled} | {
            one.name: self._samples.value(one, number)
            for one in model.fields
            if one.relation is None
            and one.name not in self._ruled
            and (one.declared or one.name == "id")
        }

    def _filters(self) -> Iterator[dict[str, object]]:
        for one in self._plain[:1]:
            value = self._samples.value(one, 0)
            if one.type.is_list or isinstance(value, dict | bool):
                continue
            test = {one.name: {"eq": value}}
            yield test
            yield {"not": test}
            yield {"or": [test, {one.name: {"attributeExists": False}}]}
            yield {"and": [test], one.name: {"ne": value, "gt": value}}
        if not self._first:
            # v1 sends the empty filter on: docs/differences.md, "Decisions".
            yield {}
        if self._ruled:
            yield {self._ruled[0]: {"eq": "alice"}}
            yield {self._ruled[0]: {"contains": "alice"}}

    def _pages(self) -> Iterator[dict[str, object]]:
        yield {}
        yield {"limit": 3}
        for one in self._filters():
            yield {"filter": one}
        for one in list(self._filters())[:1]:
            yield {"limit": 2, "filter": one}

    def _list(self) -> Iterator[dict[str, object]]:
        yield from self._pages()
        if self._model.custom_key:
            yield {"sortDirection": "DESC"}
            yield from self._keyed(self._model.key)

    def index(self, index: Index) -> Iterator[dict[str, object]]:
        """Return arguments of an index's query field."""
        keyed = self._keyed(index.fields)
        yield from (one for one in keyed if index.fields[0] in one)

    def _keyed(self, fields: tuple[str, ...]) -> Iterator[dict[str, object]]:
        partition, *rest = fields
        values = []
        for item in self._items:
            value = item.get(partition)
            if value is not None and value not in values:
                values.append(value)
        for value in values[:6]:
            yield {partition: value}
        given = {partition: values[0]} if values else {}
        for page in self._pages():
            yield given | page
        yield given | {"sortDirection": "DESC"}
        yield {partition: "nobody"} if isinstance(given.get(partition), str) else {}
        if rest:
            argument = _sort_argument(rest)
            for condition in self._sorts(rest):
                yield given | {argument: condition}
                yield given | {argument: condition, "sortDirection": "DESC"}
            yield {argument: {"eq": self._sort_value(rest, self._items[0])}}

    def _sort_value(self, rest: list[str], item: Item) -> object:
        if len(rest) == 1:
            return item.get(rest[0])
        return {name: item.get(name) for name in rest}

    def _sorts(self, rest: list[str]) -> Iterator[dict[str, object]]:
        first = self._sort_value(rest, self._items[0])
        second = self._sort_value(rest, self._items[1])
        for operator in ("eq", "lt", "le", "gt", "ge"):
            yield {operator: first}
        low, high = (first, second) if str(first) < str(second) else (second, first)
        yield {"between": [low, high]}
        yield {}
        if len(rest) > 1:
            yield {"beginsWith": {rest[0]: self._items[0].get(rest[0])}}
            yield {"eq": {rest[0]: self._items[0].get(rest[0])}}
            yield {"eq": {rest[-1]: self._items[0].get(rest[-1])}}
            yield {"between": [first]}
            yield {"eq": first, "gt": second}
            yield {"eq": {}}
        elif isinstance(first, str):
            yield {"beginsWith": first[:3]}
            yield {"eq": first, "gt": second}

    def _create(self) -> Iterator[Item]:
        new = self._new(50)
        model = self._model
        yield new
        required = {
            one.name
            for one in model.fields
            if one.type.required and one.name in self._keys
        }
        yield {name: one for name, one in new.items() if name in required}
        identity = model.field("id")
        made = {"ID"} if self._first else {"ID", "String"}
        if identity is not None and identity.type.name in made:
            yield self._without_id(new)
        for name in self._settable:
            for value in self._values(name):
                yield new | {name: value}
            yield new | {name: None}
            yield {name: self._values(name)[0], **self._without_id(new)}
        for one in model.fields:
            if one.name in new and not one.type.required:
                yield new | {one.name: None}
                yield {name: value for name, value in new.items() if name != one.name}
        yield self._items[0] | {"__typename": model.name}
        for other in self._ruled:
            for group in self._samples.group_fields(model):
                for value in self._values(group) if other != group else ():
                    yield new | {other: "nobody", group: value}
        for item in self._telling():
            yield {n: item[n] for n in self._names if n in item} | self._key(new)
        yield {name: new[name] for name in model.key if name in new}
        yield {**new, **self._key(self._items[0])}

    def _values(self, name: str) -> list[object]:
        model = self._model
        if name in self._samples.owner_fields(model):
            return self._samples.owners(model, name)
        return self._samples.memberships(model, name)

    def _without_id(self, new: Item) -> Item:
        return {name: value for name, value in new.items() if name != "id"}

    def _create_conditions(self) -> Iterator[dict[str, object]]:
        new = self._new(51)
        for one in self._plain[:1]:
            exists = {one.name: {"attributeExists": True}}
            yield {"input": new, "condition": exists}
            yield {"input": new, "condition": {"not": exists}}

    def _update(self) -> Iterator[dict[str, object]]:
        for item in [*self._items, self._missing()]:
            key = self._key(item)
            yield {"input": key}
            for one in dict.fromkeys([*self._plain[:1], *self._guarded]):
                yield {"input": key | {one.name: self._samples.value(one, 9)}}
                yield {"input": key | {one.name: None}}
        for item in self._telling():
            key = self._key(item)
            yield {"input": {n: item[n] for n in self._names if n in item}}
            yield {"input": dict.fromkeys(self._names) | key}
            for one in self._changeable():
                yield {"input": key | {one.name: self._samples.value(one, 9)}}
                yield {"input": key | {one.name: None}}
            for name in self._made if self._guarded else ():
                yield {"input": key | {name: None}}
            for name in self._settable:
                if name in self._model.key:
                    continue
                yield {"input": key | {name: "bob"}}
                yield {"input": key | {name: None}}
            for index in self._model.indexes:
                whole = self._new(9)
                changed = {n: whole[n] for n in index.fields[1:] if n in whole}
                yield {"input": changed | key}
            yield from self._conditions(key)

    def _telling(self) -> list[Item]:
        """Return an item of nobody, two for each field that decides, one of all."""
        found = self._items[:1]
        for name in self._ruled:
            known = self._model.field(name)
            is_list = known is not None and known.type.is_list
            found += [
                item
                for item in self._items
                if name in item and isinstance(item[name], list) is is_list
            ][:2]
        several = [i for i in self._items if sum(n in i for n in self._ruled) > 1]
        return [*found, *several[-1:]]

    def _changeable(self) -> list[Field]:
        return [
            one
            for one in self._model.fields
            if one.relation is None
            and one.name not in self._model.key
            and one.name not in self._ruled
            and one.declared
        ]

    def _conditions(self, key: Item) -> Iterator[dict[str, object]]:
        for one in self._plain[:1]:
            value = self._samples.value(one, 0)
            if not isinstance(value, str):
                continue
            for operator in ("eq", "ne"):
                condition = {one.name: {operator: value}}
                yield {"input": key, "condition": condition}

    def _delete(self) -> Iterator[dict[str, object]]:
        for item in [*self._items, self._missing()]:
            yield {"input": self._key(item)}
        for item in self._items[:3]:
            yield from self._conditions(self._key(item))

    def _listen(self) -> Iterator[dict[str, object]]:
        yield {}
        filters = [one for one in self._filters() if "not" not in one]
        if self._first:
            filters = []
        for one in filters[:3]:
            yield {"filter": one}
        for name in self._samples.owner_fields(self._model):
            owner = self._model.field(name)
            if owner is not None and owner.type.is_list and not self._first:
                continue
            for value in [*self._samples.owners(self._model, name), ""]:
                if not isinstance(value, list):
                    yield {name: value}
            yield {name: None}
            yield from ({name: "alice", "filter": one} for one in filters[:1])

    def fields(self) -> Iterator[Asked]:
        """Return reads of this model's own fields, relations among them."""
        marked: list[Item] = [
            {**item, mark: "Mutation"}
            for item in self._items[:2]
            for mark in ("__operation", "operation")
        ]
        for one in self._model.fields:
            coordinate = f"{self._model.name}.{one.name}"
            many = one.relation is not None and one.relation.many
            for _, name in one.relation.keys if one.relation else ():
                for value in () if name in self._model.key else ("", None):
                    yield Asked(coordinate, {}, {**self._items[0], name: value})
            for item in [*self._items, *marked, *self._pointing(one)]:
                yield Asked(coordinate, {}, item)
            if not many:
                continue
            for arguments in [{"limit": 2}, {"sortDirection": "DESC"}, *_sorted(one)]:
                yield Asked(coordinate, arguments, self._items[0])

    def _pointing(self, one: Field) -> Iterator[Item]:
        """Yield an item that leads to each of another model, and one to none."""
        relation = one.relation
        if relation is None or relation.many:
            return
        for other in self._samples.items.get(relation.target, ()):
            names = {mine: other.get(theirs) for theirs, mine in relation.keys}
            yield self._items[0] | names
        lost = {mine: "nobody" for _, mine in relation.keys}
        yield self._items[0] | lost


def _sorted(one: Field) -> Iterator[dict[str, object]]:
    name = one.relation.sort_field if one.relation else None
    if name is not None:
        for operator in ("eq", "beginsWith", "ge"):
            yield {name: {operator: f"{name}0"}}


def _sort_argument(rest: list[str]) -> str:
    if len(rest) == 1:
        return rest[0]
    first, *others = rest
    words = [first[:1].lower() + first[1:]]
    return "".join([*words, *(one[:1].upper() + one[1:] for one in others)])
