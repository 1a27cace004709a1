"""Items that tell the rules of a schema apart: whose they are, and for which groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decision_callers import claims_named, groups_named

from amplikit.blueprint.api import Strategy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, AuthRule, Field, Model

__all__ = ["Samples"]

Item = dict[str, object]
_BY_TYPE: dict[str, object] = {
    "Int": 7,
    "Float": 7,
    "Boolean": True,
    "AWSTimestamp": 1700000000,
}
_TEXTS = {
    "AWSDateTime": "2026-01-02T03:04:{:02d}.000Z",
    "AWSDate": "2026-01-{:02d}",
    "AWSTime": "03:04:{:02d}Z",
    "AWSEmail": "a{}@example.com",
    "AWSURL": "https://example.com/{}",
    "AWSJSON": "[{}]",
}


class Samples:
    """Items and field values for one schema; ``enums`` maps an enum to a value."""

    def __init__(self, api: Api, enums: dict[str, str]) -> None:
        self.api = api
        self._enums = enums
        self.groups = groups_named(api) or ["Admin"]
        self.items = {model.name: self._items(model) for model in api.models}

    def owner_fields(self, model: Model) -> list[str]:
        """Return the attributes that a model's rules compare with the caller."""
        return self._fields(model, Strategy.OWNER)

    def group_fields(self, model: Model) -> list[str]:
        """Return the attributes that a model's rules compare with groups."""
        return self._fields(model, Strategy.GROUPS)

    def owners(self, model: Model, name: str) -> list[object]:
        """Return what may stand in an owner field."""
        single = ["alice", "a-1", "a-1::alice", "bob", "x::alice", "___xamznone____"]
        single.append("a-1::a-1")
        custom, _ = claims_named(self.api)
        if custom:
            single.insert(0, "alice-custom")
        several: list[object] = [["alice"], ["bob", "a-1::alice"], ["a-1"], []]
        several.append(["a-1::a-1"])
        if len({r.identity_claim for r in self._owner_rules(model, name)}) > 1:
            single.append("alice::a-1")
        if custom:
            several.append(["alice-custom"])
        return [*single, *([] if self._is_key(model, name) else several)]

    def memberships(self, model: Model, name: str) -> list[object]:
        """Return what may stand in a groups field."""
        first = self.groups[0]
        several: list[object] = [[first], ["Others", first], ["Nobody"], []]
        texts = [first, "Others", f"Super{first}", "SuperOthers"]
        return [*texts, *([] if self._is_key(model, name) else several)]

    def value(self, field: Field, number: int = 0) -> object:
        """Return a value of a field's type; ``number`` tells values apart."""
        name = field.type.name
        plain: object
        if name in self._enums:
            plain = self._enums[name]
        elif name in {"String", "ID", "AWSPhone", "AWSIPAddress"}:
            plain = f"{field.name}{number}"
        elif name in _TEXTS:
            plain = _TEXTS[name].format(number + 1)
        elif isinstance(_BY_TYPE.get(name), int) and name != "Boolean":
            plain = int(str(_BY_TYPE[name])) + number
        else:
            plain = _BY_TYPE.get(name, {})
        return [plain] if field.type.is_list else plain

    def key(self, model: Model, item: Item) -> Item:
        """Return the arguments that name an item."""
        key = {name: item[name] for name in model.key}
        return key if model.custom_key else {"id": str(key["id"])}

    def _rules(self, model: Model) -> list[AuthRule]:
        rules = [*(model.rules or ())]
        for field in model.fields:
            rules += field.rules or ()
        return rules

    def _owner_rules(self, model: Model, name: str) -> list[AuthRule]:
        return [
            rule
            for rule in self._rules(model)
            if rule.allow is Strategy.OWNER and rule.owner_field == name
        ]

    def _fields(self, model: Model, strategy: Strategy) -> list[str]:
        names = {
            rule.owner_field if strategy is Strategy.OWNER else rule.groups_field
            for rule in self._rules(model)
            if rule.allow is strategy
        }
        return sorted(name for name in names if name is not None)

    def _is_key(self, model: Model, name: str) -> bool:
        keys = {*model.key, *(f for index in model.indexes for f in index.fields)}
        return name in keys

    def _items(self, model: Model) -> list[Item]:
        several: list[Item] = [{}]
        for name in self.owner_fields(model):
            several += [{name: one} for one in self.owners(model, name)]
        for name in self.group_fields(model):
            several += [{name: one} for one in self.memberships(model, name)]
        several += self._of_both(model)
        if len(several) == 1:
            several = [{}, {}, {}]
        return [
            self.complete(model, number, given) for number, given in enumerate(several)
        ]

    def _of_both(self, model: Model) -> Iterator[Item]:
        """Yield what is somebody's and a group's, as an index has it."""
        for owner in self.owner_fields(model):
            for group in self.group_fields(model):
                member = self.memberships(model, group)[0]
                several = self._is_key(model, owner) or self._is_key(model, group)
                for one in self.owners(model, owner) if several else ["bob"]:
                    yield {owner: one, group: member}

    def complete(self, model: Model, number: int, given: Item) -> Item:
        """Return a whole item with these attributes; ``number`` tells items apart."""
        ruled = {*self.owner_fields(model), *self.group_fields(model)}
        item: Item = {"__typename": model.name}
        for field in model.fields:
            if field.relation is not None or field.name in {"_version", "_deleted"}:
                continue
            if field.name in ruled and field.name not in model.key:
                continue
            # All but the last part of a key repeats, so that partitions have items.
            last = field.name in {"id", model.key[-1]}
            item[field.name] = self.value(field, number if last else number % 2)
        item.update(given)
        if not model.custom_key:
            # The default key is a string, whatever id is declared as.
            item["id"] = str(item["id"])
        self._point_back(model, item, number)
        if number == 2:
            for field in model.fields:
                if not field.type.required and not self._is_key(model, field.name):
                    item.pop(field.name, None)
            item.update(given)
        for fields in (model.key, *(index.fields for index in model.indexes)):
            parts = fields[1:]
            if len(parts) > 1 and all(part in item for part in parts):
                item["#".join(parts)] = "#".join(str(item[part]) for part in parts)
        return item

    def _point_back(self, model: Model, item: Item, number: int) -> None:
        """Give foreign keys values that items of the other model have."""
        for other in self.api.models:
            for field in other.fields:
                relation = field.relation
                if relation is None:
                    continue
                if relation.many and relation.target == model.name:
                    for mine, theirs in relation.keys:
                        source = other.field(theirs)
                        if source is not None and mine not in model.key:
                            item[mine] = self.value(source, number % 2)
                if not relation.many and other.name == model.name:
                    target = self.api.model(relation.target)
                    for theirs, mine in relation.keys:
                        source = target.field(theirs) if target else None
                        if source is not None and mine not in model.key:
                            item[mine] = self.value(source, number % 3)
