"""Made-up schemas to run, all of them right: the same for the same number."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

MODES = ("API_KEY", "AMAZON_COGNITO_USER_POOLS", "AWS_IAM")
MODELS = ("Post", "Comment", "Person", "Shop", "Item", "News", "Status2", "userData")
TYPES = (
    *("String",) * 6,
    *("Int", "Float", "Boolean", "ID", "AWSDate", "AWSDateTime", "AWSTimestamp"),
    *("AWSEmail", "AWSJSON", "AWSURL", "Kind", "Meta", "[String]", "[Int!]", "[Meta]"),
)
KEYABLE = ("String", "ID", "Int", "AWSDate", "AWSDateTime", "AWSTimestamp", "Kind")
NAMES = ("title", "text", "rank", "state", "place", "note", "email", "about", "size")
DEFAULTS = {
    "String": "some text",
    "Int": "7",
    "Boolean": "true",
    "Kind": "ON",
    "AWSDate": "2024-02-29",
}
REST = (
    "enum Kind { ON OFF }\n"
    "type Meta { name: String! count: Int kinds: [Kind] inner: Inner }\n"
    "type Inner { at: AWSDate texts: [String!] }\n"
)
PARTS = ("read", "create", "update", "delete")
GROUPS = ('["Admin"]', '["Editor"]', '["Admin", "Editor"]')


def _texts(names: Iterable[str]) -> str:
    return json.dumps(list(names))


class _Making:
    def __init__(self, seed: int) -> None:
        self.random = random = Random(seed)
        modes = list(MODES)
        random.shuffle(modes)
        self.modes = modes[: random.choice((1, 2, 2, 3))]
        self.names = random.sample(MODELS, random.choice((1, 2, 2, 3, 4)))
        self.keys: dict[str, tuple[str, ...]] = dict.fromkeys(self.names, ("id",))
        self.fields: dict[str, dict[str, str]] = {name: {} for name in self.names}
        self.more: dict[str, list[str]] = {name: [] for name in self.names}
        for name in self.names:
            self._fields(name)
        for number in range(
            random.choice((0, 1, 1, 2, 3)) if len(self.names) > 1 else 0
        ):
            self._relation(number)

    def _fields(self, name: str) -> None:
        random, fields = self.random, self.fields[name]
        if random.random() < 0.25:
            parts = random.choice((1, 2, 2, 3))
            self.keys[name] = tuple(f"key{part}" for part in range(parts))
            rest = _texts(self.keys[name][1:])
            for part, key in enumerate(self.keys[name]):
                given = f"(sortKeyFields: {rest})" if parts > 1 else ""
                kind = random.choice(KEYABLE[:5] if part else ("ID", "String"))
                fields[key] = f"{kind}!" + ("" if part else f" @primaryKey{given}")
        elif random.random() < 0.9:
            fields["id"] = "ID!"
        for field in random.sample(NAMES, random.choice((1, 2, 3, 5))):
            kind = random.choice(TYPES)
            need = "!" if random.random() < 0.25 else ""
            given = ""
            if kind in DEFAULTS and random.random() < 0.2:
                given = f' @default(value: "{DEFAULTS[kind]}")'
            fields[field] = f"{kind}{need}{given}"
        for number in range(random.choice((0, 0, 1, 1, 2))):
            self._index(name, number)

    def _index(self, name: str, number: int) -> None:
        random, fields = self.random, self.fields[name]
        parts = random.choice((1, 2, 2, 3))
        made = [f"by{number}{letter}" for letter in "abc"[:parts]]
        kinds = [random.choice(KEYABLE) for _ in made]
        need = "!" if random.random() < 0.5 else ""
        for field, kind in zip(made[1:], kinds[1:], strict=True):
            fields[field] = kind + need
        given = [f'name: "index{number}"', f'queryField: "{name}By{number}"']
        if made[1:]:
            given.append(f"sortKeyFields: {_texts(made[1:])}")
        fields[made[0]] = f"{kinds[0]}{need} @index({', '.join(given)})"

    def _relation(self, number: int) -> None:
        random = self.random
        one, other = random.sample(self.names, 2)
        many, back = f"many{number}", f"back{number}"
        kind = random.choice(
            ("hasMany", "hasOne", "references", "oneReferred", "manyToMany")
        )
        if (len(one) + len(other)) % 2 and kind in {"hasMany", "hasOne"}:
            # Between two models, all relations are of one style.
            kind = "references"
        elif (len(one) + len(other)) % 2 == 0 and kind in {"references", "oneReferred"}:
            kind = "hasMany"
        match kind:
            case "hasMany":
                self.more[one].append(f"{many}: [{other}] @hasMany")
                self.more[other].append(f"{back}: {one} @belongsTo")
            case "hasOne":
                self.more[one].append(f"{many}: {other} @hasOne")
                if random.random() < 0.5:
                    self.more[other].append(f"{back}: {one} @belongsTo")
            case "manyToMany":
                given = f'@manyToMany(relationName: "Pair{number}")'
                self.more[one].append(f"{many}: [{other}] {given}")
                self.more[other].append(f"{back}: [{one}] {given}")
            case _:
                names = []
                for key in self.keys[one]:
                    names.append(f"ref{number}{key}")
                    base = self.fields[one].get(key, "ID!").split("!")[0]
                    self.more[other].append(f"{names[-1]}: {base}")
                shown = _texts(names)
                wanted = (
                    f"[{other}] @hasMany"
                    if kind == "references"
                    else f"{other} @hasOne"
                )
                self.more[one].append(f"{many}: {wanted}(references: {shown})")
                self.more[other].append(
                    f"{back}: {one} @belongsTo(references: {shown})"
                )

    # Rules

    def _rules(self, name: str) -> dict[str, str]:
        random = self.random
        drawn = [self._rule(name) for _ in range(random.choice((1, 2, 2, 3)))]
        return dict(drawn)

    def _model_auth(self, rules: dict[str, str]) -> str:
        random, shown = self.random, []
        for rule in rules.values():
            parts = random.sample(PARTS[1:], random.choice((0, 1, 2)))
            limits = random.random() < 0.4
            listed = f", operations: [{', '.join(['read', *parts])}]" if limits else ""
            shown.append(f"{{ {rule}{listed} }}")
        return f"@auth(rules: [{', '.join(shown)}])"

    def _field_auth(self, rules: dict[str, str]) -> str:
        """Let fewer in than the model does, as who only has a field is refused."""
        random = self.random
        kept = random.sample(list(rules.values()), random.randint(1, len(rules)))
        shown = [
            f"{{ {rule}{random.choice(('', '', ', operations: [read]'))} }}"
            for rule in kept
        ]
        return f"@auth(rules: [{', '.join(shown)}])"

    def _rule(self, name: str) -> tuple[str, str]:
        random = self.random
        match random.choice(self.modes):
            case "API_KEY":
                return "public", "allow: public"
            case "AWS_IAM":
                allow = random.choice(("public", "private"))
                return f"{allow} iam", f"allow: {allow}, provider: identityPool"
            case _:
                return self._user_rule(name)

    def _user_rule(self, name: str) -> tuple[str, str]:
        random, fields = self.random, self.fields[name]
        match random.choice(
            ("private", "owner", "owner", "ownerField", "groups", "groupsField")
        ):
            case "private":
                return "private", "allow: private"
            case "owner":
                claim = random.choice(("", "", "sub", "username", "custom:tenant"))
                if random.random() < 0.4:
                    fields.setdefault("owner", "String")
                given = f', identityClaim: "{claim}"' if claim else ""
                return "owner", f"allow: owner{given}"
            case "ownerField":
                field = random.choice(("author", "editors"))
                fields[field] = "[String]" if field == "editors" else "String"
                return field, f'allow: owner, ownerField: "{field}"'
            case "groups":
                claim = random.choice(("", "", ', groupClaim: "teams"'))
                groups = random.choice(GROUPS)
                return (
                    f"groups {claim} {groups}",
                    f"allow: groups, groups: {groups}{claim}",
                )
            case _:
                field = random.choice(("team", "teams"))
                fields[field] = "[String]" if field == "teams" else "String"
                return field, f'allow: groups, groupsField: "{field}"'

    def schema(self) -> str:
        random, found = self.random, []
        for name in self.names:
            ruled = random.random() < 0.93
            model = "@model"
            draw = random.random()
            if draw < 0.07:
                model = "@model(subscriptions: null)"
            elif draw < 0.14:
                model = '@model(timestamps: { createdAt: "madeOn" })'
            elif draw < 0.2:
                model = f'@model(queries: {{ get: "one{name}", list: "all{name}" }})'
            rules = self._rules(name) if ruled else {}
            shown = f" {self._model_auth(rules)}" if ruled else ""
            lines = [
                f"{field}: {kind}" for field, kind in self.fields[name].items()
            ] + self.more[name]
            lines = [
                f"{line} {self._field_auth(rules)}"
                if ruled
                and "!" not in line
                and "@in" not in line
                and random.random() < 0.15
                else line
                for line in lines
            ]
            body = "\n  ".join(lines)
            found.append(f"type {name} {model}{shown} {{\n  {body}\n}}\n")
        return "\n".join(found) + REST


def api(number: int) -> dict[str, Any]:
    """Return ``{id, schema, flags, auth}``."""
    making = _Making(number)
    default, *additional = making.modes
    flags = {"adminRoles": ["local-admin"]} if number % 7 == 0 else {}
    return {
        "id": number,
        "schema": making.schema(),
        "flags": flags,
        "auth": {"default": default, "additional": additional},
    }
