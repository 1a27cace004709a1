"""``@key`` and ``@connection`` of made-up v1 schemas."""

from __future__ import annotations

import json

from chances_v1 import ENUMS, MODELS, PLAIN, SCALARS
from rules_v1 import Rules


class Relations(Rules):
    """Draws keys of the declared fields, and relations that mostly fit them."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.models = self._models()
        self.plain = self.random.sample(PLAIN, self.random.choice((0, 0, 1, 2, 3)))
        self.enums = self.random.sample(ENUMS, self.random.choice((0, 1, 1, 2)))
        self.declared: dict[str, dict[str, str]] = {}
        self.index_keys: dict[str, list[tuple[str, list[str]]]] = {}
        self.pairs: dict[str, list[str]] = {}

    def _models(self) -> list[str]:
        found = self.random.sample(MODELS, self.pick((1, 1, 2, 2, 3, 4)))
        if self.chance(0.5) and not {"Post", "post"} & {*found}:
            found[0] = "Post"
        if {"Post", "post"} <= {*found} and self.chance(0.8):
            found.remove("post")
        return found

    def keys(self, model: str) -> list[str]:
        found = []
        taken = None
        for number in range(self.pick((0, 0, 1, 1, 2, 3))):
            primary = number == 0 and self.chance(0.5)
            fields = self._key_fields(model, primary=primary)
            if not fields and not self.wrong():
                continue
            if fields[:1] == [taken] and self.chance(0.95):
                continue
            taken = fields[0] if primary and len(fields) == 1 else taken
            parts = []
            named = ""
            if not primary or self.wrong():
                named = self.pick(("byOne", "by_two", "ByThree", "byFour", "b"))
                named = "by-5" if self.wrong() else named
                named = named if self.wrong() else f"{named}{number}"
                parts.append(f'name: "{named}"')
            self.index_keys.setdefault(model, []).append((named, fields))
            parts.append(f"fields: {json.dumps(fields)}")
            if (not primary and self.chance(0.6)) or self.wrong():
                parts.append(
                    f'queryField: "find{model}{"" if self.wrong() else number}"'
                )
            found.append(f"@key({', '.join(parts)})")
        return found

    def _key_fields(self, model: str, *, primary: bool) -> list[str]:
        fields = self.declared[model]
        usable = [
            name
            for name, kind in fields.items()
            if kind.rstrip("!") in {*SCALARS, *self.enums} - {"Boolean"}
            and (kind.endswith("!") or not primary)
        ]
        if self.wrong():
            usable = [*fields, "nowhere"]
        count = min(self.pick((1, 1, 2, 2, 3, 4)), len(usable))
        return self.random.sample(usable, count)

    def connections(self, model: str) -> list[str]:
        found = []
        for number in range(self.pick((0, 0, 1, 1, 2))):
            target = self.pick(self.models)
            if self.wrong():
                target = self.pick((*self.plain, *self.enums, "String"))
            kind = self.pick(
                (target, f"[{target}]", f"[{target}]", f"{target}!", f"[{target}!]!")
            )
            parts = self._connection_arguments(model, target, many="[" in kind)
            arguments = f"({', '.join(parts)})" if parts else ""
            rules = ""
            if self.chance(0.1) and (not kind.endswith("!") or self.wrong()):
                rules = f" {self.auth('model field')}"
            found.append(f"rel{number}: {kind} @connection{arguments}{rules}")
        return found + self.pairs.get(model, [])

    def _connection_arguments(
        self, model: str, target: str, *, many: bool
    ) -> list[str]:
        parts = []
        form = self.random.random()
        if form < 0.5:
            parts += self._named_fields(model, target, many=many)
        elif form < 0.52 or self.wrong():
            parts.append('name: "Lonely"')
        elif self.wrong():
            parts.append(f'sortField: "{self.pick(("createdAt", "rank", "title"))}"')
        if self.chance(0.2):
            key = "rank" if self.wrong() else self.pick(("made", "postID_", "madeId"))
            parts.append(f'keyField: "{key}"')
        if self.chance(0.15):
            parts.append(f"limit: {self.pick((1, 50, 0, -1))}")
        return parts

    def _named_fields(self, model: str, target: str, *, many: bool) -> list[str]:
        """Return fields of the model that are like the key of the target."""
        keys = [key for key in self.index_keys.get(target, []) if bool(key[0]) <= many]
        name, wanted = self.pick(keys or [("", ["id"])])
        if many and self.chance(0.6):
            wanted = wanted[:1]
        kinds = self.declared.get(target, {})
        own = self.declared[model]
        fields = []
        for field in wanted:
            base = kinds.get(field, "ID").rstrip("!")
            like = [one for one, kind in own.items() if kind.rstrip("!") == base]
            if not like or self.wrong():
                like = [*own] or ["id"]
            fields.append(self.pick(like))
        if self.wrong():
            name = self.pick(("byOne0", "nowhere"))
        named = [f'keyName: "{name}"'] if name else []
        return [*named, f"fields: {json.dumps(fields)}"]

    def made_pairs(self) -> dict[str, list[str]]:
        """Return the two sides of relations in the old form, by model."""
        found: dict[str, list[str]] = {}
        for number in range(self.pick((0, 0, 0, 1, 1, 2))):
            one, many = self.pick(self.models), self.pick(self.models)
            key = self.pick(("", "", ', keyField: "ownKey"', ', keyField: "userId"'))
            last = self.pick(("", "", ", limit: 7"))
            sort = ""
            if self.chance(0.3):
                fields = [*self.declared[many], "nowhere"]
                sortable = [
                    name
                    for name, kind in self.declared[many].items()
                    if kind.rstrip("!") in {"String", "Int", "AWSDateTime", "ID"}
                ]
                name = self.pick(fields if self.wrong() else sortable or fields)
                sort = f', sortField: "{name}"'
            named = f'name: "Pair{number}"'
            left = self.pick(
                (f"[{many}]", f"[{many}!]!", *((f"{many}",) if self.wrong() else ()))
            )
            right = self.pick(
                (one, f"{one}!", *((f"[{one}]",) if self.wrong() else ()))
            )
            here = f"many{number}: {left} @connection({named}{key}{last})"
            there = f"one{number}: {right} @connection({named}{key}{sort})"
            found.setdefault(one, []).append(here)
            found.setdefault(many, []).append(there)
        return found
