"""Made-up v1 schemas: the same for the same number, most right, some wrong.

``python schemas_v1.py FIRST COUNT`` prints the requests that ``run_v1.js`` reads.
"""

from __future__ import annotations

import json
import sys
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

MODES = ("API_KEY", "AMAZON_COGNITO_USER_POOLS", "AWS_IAM", "OPENID_CONNECT")
SCALARS = (
    *("ID", "String", "String", "Int", "Float", "Boolean", "AWSDate", "AWSTime"),
    *("AWSDateTime", "AWSTimestamp", "AWSEmail", "AWSJSON", "AWSURL", "AWSPhone"),
    *("AWSIPAddress", "BigInt", "Double"),
)
MODELS = (
    *("Post", "Comment", "Category", "Person", "Box", "Status", "News", "UserData"),
    *("post", "blog_post", "URLEntry", "A", "Item2", "Todo_", "Sheep", "iPhone", "A_b"),
    *("Connection", "ModelPost", "Data", "Bus", "Child", "Quiz", "HTTPLog", "x"),
)
PLAIN = ("Meta", "address", "Geo_Point", "Point3D", "Detail", "Tree", "PostInput")
ENUMS = ("Kind", "state", "Level_2", "PostStatus")
FIELDS = (
    *("title", "name", "owner", "editors", "group", "groups", "createdAt", "updatedAt"),
    *("rank", "number2", "_under", "snake_case", "URL", "postID", "userId", "when"),
    *("content", "tags", "active", "price", "version", "and", "limit", "email", "type"),
)
CLASHING = (
    "type ModelPostConnection { items: [Post] other: Int }",
    "input CreatePostInput { id: ID title: String extra: Int }",
    "input UpdatePostInput { id: ID! extra: String }",
    "input DeletePostInput { id: ID! why: String }",
    "input ModelPostFilterInput { title: ModelStringInput }",
    "input ModelPostConditionInput { rank: ModelIntInput }",
    "input ModelStringInput { eq: String }",
    "input ModelKindInput { eq: Kind }",
    "enum ModelSortDirection { UP DOWN }",
    "enum ModelAttributeTypes { a b }",
    "input MetaInput { x: Int }",
    "input ModelStringKeyConditionInput { eq: String }",
    "input SearchablePostFilterInput { x: Int }",
    "type SearchablePostConnection { x: Int }",
)


class Maker:
    """Makes one schema. ``care``: how seldom something wrong is tried."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.care = self.random.choice((1.0, 0.995, 0.97, 0.9))
        count = self.random.choice((1, 1, 2, 2, 3, 4))
        self.models = self.random.sample(MODELS, count)
        if self.chance(0.5) and not {"Post", "post"} & {*self.models}:
            self.models[0] = "Post"
        if {"Post", "post"} <= {*self.models} and self.chance(0.8):
            self.models.remove("post")
        self.plain = self.random.sample(PLAIN, self.random.choice((0, 0, 1, 2, 3)))
        self.enums = self.random.sample(ENUMS, self.random.choice((0, 1, 1, 2)))
        self.has_interface = self.chance(0.12)
        self.has_union = self.chance(0.06)
        self.has_scalar = self.chance(0.06)
        self.default = self.pick(MODES)
        others = [mode for mode in MODES if mode != self.default]
        self.additional = self.random.sample(others, self.pick((0, 0, 1, 2, 3)))
        self.providers = self._providers()
        self.declared = {name: self._fields(name) for name in self.models}
        self.keys: dict[str, list[tuple[str, list[str]]]] = {}
        self.key_texts = {name: self._keys(name) for name in self.models}
        self.pairs = self._pairs()

    def _providers(self) -> list[str]:
        names = {
            "API_KEY": "apiKey",
            "AMAZON_COGNITO_USER_POOLS": "userPools",
            "AWS_IAM": "iam",
            "OPENID_CONNECT": "oidc",
        }
        return [names[mode] for mode in (self.default, *self.additional)]

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def wrong(self) -> bool:
        return not self.chance(self.care)

    def pick(self, values: Sequence[T]) -> T:
        return self.random.choice(values)

    # Fields

    def _wrapped(self, name: str) -> str:
        return self.pick(
            (
                *(name,) * 6,
                *(f"{name}!",) * 4,
                *(f"[{name}]", f"[{name}!]", f"[{name}]!", f"[{name}!]!"),
                *((f"[[{name}]]", f"[[{name}!]!]!") if self.chance(0.2) else ()),
            )
        )

    def _type(self) -> str:
        others = [*self.plain, *self.enums, *self.enums]
        if self.has_interface and self.chance(0.1):
            others.append("Node")
        if self.has_union and self.chance(0.3):
            others.append("Anything")
        if self.has_scalar and self.chance(0.3):
            others.append("Blob")
        if self.chance(0.03):
            others.append(self.pick(self.models))
        if others and self.chance(0.3):
            return self._wrapped(self.pick(others))
        return self._wrapped(self.pick(SCALARS))

    def _fields(self, model: str) -> dict[str, str]:
        found = {}
        if self.chance(0.85):
            found["id"] = self.pick(
                (*("ID!",) * 30, "ID", "ID", "String!", "Int!", "[ID]")
            )
        for name in self.random.sample(FIELDS, self.random.randint(1, 6)):
            reserved = name in {"and", "limit"}
            if reserved and not self.wrong():
                continue
            found[name] = self._type()
            if name in {"createdAt", "updatedAt"} and not self.wrong():
                found[name] = found[name].replace("[", "").replace("]", "")
                found[name] = found[name].replace("!!", "!")
        if self.chance(0.7):
            found.setdefault("title", "String!")
        if self.chance(0.6):
            found.setdefault("userId", "ID!")
        if self.chance(0.5):
            found.setdefault(
                "rank", self.pick(("Int!", "Int", "AWSTimestamp", "Float!"))
            )
        if self.chance(0.4):
            found.setdefault("createdAt", self.pick(("AWSDateTime!", "AWSDateTime")))
        if model in {"Node", "Anything"}:
            found.clear()
        return found

    def _arguments(self) -> str:
        names = self.random.sample(
            ("first", "x", "kind", "list", "in"), self.pick((1, 2))
        )
        inputs = [*SCALARS, *self.enums, "Ask"]
        shown = []
        for name in names:
            kind = self._wrapped(self.pick(inputs))
            default = " = 3" if kind == "Int" and self.chance(0.5) else ""
            shown.append(f"{name}: {kind}{default}")
        return f"({', '.join(shown)})"

    # Directives

    def _map(self, words: tuple[str, ...], value: Callable[[str], str]) -> str:
        if self.chance(0.15):
            return "null"
        chosen = self.random.sample(words, self.random.randint(0, len(words)))
        return f"{{ {', '.join(f'{word}: {value(word)}' for word in chosen)} }}"

    def _name_of(self, model: str) -> Callable[[str], str]:
        def name(word: str) -> str:
            return self.pick(
                ("null", '""', f'"{word}One{model}"', f'"{word}{model}"')
                if self.chance(0.5)
                else (f'"{word}_{model}x"',)
            )

        return name

    def _names_of(self, model: str) -> Callable[[str], str]:
        def names(word: str) -> str:
            if word == "level":
                return self.pick(("on", "off", "public", "null"))
            return self.pick(
                (
                    f'["{word}{model}"]',
                    f'["{word}1{model}", "{word}2{model}"]',
                    f'["any{model}"]',
                    f'["{word}{model}"]',
                    f'"{word}"' if self.wrong() else "null",
                    "[]",
                )
            )

        return names

    def _model(self, model: str) -> str:
        arguments = []
        if self.chance(0.2):
            text = self._map(("get", "list"), self._name_of(model))
            arguments.append(f"queries: {text}")
        if self.chance(0.2):
            text = self._map(("create", "update", "delete"), self._name_of(model))
            arguments.append(f"mutations: {text}")
        if self.chance(0.2):
            words = ("onCreate", "onUpdate", "onDelete", "level")
            text = self._map(words, self._names_of(model))
            arguments.append(f"subscriptions: {text}")
        if self.chance(0.2):
            names = ('"createdOn"', '"updatedAt"', '"title"', "null", '"at"')
            text = self._map(("createdAt", "updatedAt"), lambda _: self.pick(names))
            arguments.append(f"timestamps: {text}")
        return f"@model({', '.join(arguments)})" if arguments else "@model"

    def _rule(self, *, on: str) -> str:
        allow = self.pick(("owner", "owner", "groups", "groups", "public", "private"))
        allowed = {
            "owner": ("userPools", "oidc"),
            "groups": ("userPools", "oidc"),
            "public": ("apiKey", "iam"),
            "private": ("userPools", "iam"),
        }[allow]
        open_to = [name for name in allowed if name in self.providers]
        if not open_to and not self.wrong():
            return self._fallback_rule()
        parts = [f"allow: {allow}"]
        default = {"owner": "userPools", "groups": "userPools", "public": "apiKey"}
        if self.wrong():
            parts.append(
                f"provider: {self.pick(('apiKey', 'iam', 'oidc', 'userPools'))}"
            )
        elif open_to:
            provider = self.pick(open_to)
            if provider != default.get(allow, "userPools") or self.chance(0.4):
                parts.append(f"provider: {provider}")
        if allow == "owner" or self.wrong():
            if self.chance(0.5):
                parts.append(
                    f'ownerField: "{self.pick((*FIELDS[:5], "author", "id"))}"'
                )
            if self.chance(0.3):
                claim = self.pick(("sub", "username", "custom:tenant", "email"))
                parts.append(
                    f'{self.pick(("identityClaim", "identityField"))}: "{claim}"'
                )
        if allow == "groups" or self.wrong():
            if self.chance(0.6):
                parts.append('groups: ["Admin", "Editor"]')
            elif self.chance(0.8):
                parts.append(
                    f'groupsField: "{self.pick(("group", "groups", "teams"))}"'
                )
            if self.chance(0.2):
                parts.append('groupClaim: "teams"')
        return f"{{ {', '.join([*parts, *self._operations(on)])} }}"

    def _fallback_rule(self) -> str:
        provider = self.pick(self.providers)
        allow = {
            "apiKey": "public",
            "iam": self.pick(("public", "private")),
            "oidc": "owner",
            "userPools": self.pick(("private", "owner")),
        }[provider]
        return f"{{ allow: {allow}, provider: {provider} }}"

    def _operations(self, on: str) -> list[str]:
        found = []
        if self.chance(0.4) and (on in {"model", "model field"} or self.wrong()):
            words = ("create", "update", "delete", "read")
            chosen = self.random.sample(words, self.random.randint(0, 4))
            text = "null" if self.chance(0.05) else f"[{', '.join(chosen)}]"
            found.append(f"operations: {text}")
        if self.chance(0.12) and (on == "model" or self.wrong()):
            text = self.pick(("null", "[]", "[get]", "[list]", "[get, list]"))
            found.append(f"queries: {text}")
        if self.chance(0.12) and (on == "model" or self.wrong()):
            text = self.pick(("null", "[]", "[create]", "[update, delete]"))
            found.append(f"mutations: {text}")
        return found

    def _auth(self, on: str) -> str:
        rules = [self._rule(on=on) for _ in range(self.pick((1, 1, 2, 3)))]
        if self.chance(0.02):
            rules = []
        return f"@auth(rules: [{', '.join(rules)}])"

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

    def _keys(self, model: str) -> list[str]:
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
            self.keys.setdefault(model, []).append((named, fields))
            parts.append(f"fields: {json.dumps(fields)}")
            if (not primary and self.chance(0.6)) or self.wrong():
                parts.append(
                    f'queryField: "find{model}{"" if self.wrong() else number}"'
                )
            found.append(f"@key({', '.join(parts)})")
        return found

    # Types

    def _model_type(self, model: str) -> str:
        directives = [self._model(model), *self.key_texts[model]]
        if self.chance(0.45):
            directives.append(self._auth("model"))
        if self.chance(0.07):
            given = ("", "", '(versionInput: "was")', '(versionField: "count")')
            wrong = '(versionField: "rank")' if self.wrong() else ""
            directives.append(f"@versioned{wrong or self.pick(given)}")
        if self.chance(0.1):
            given = ("", "(queries: null)", '(queries: { search: "seek" })')
            directives.append(f"@searchable{self.pick(given)}")
        if self.chance(0.03):
            directives.append(self.pick(("@aws_iam", "@aws_api_key @aws_oidc")))
        self.random.shuffle(directives)
        if self.wrong():
            directives.pop(0)
        lines = [
            self._field(name, kind, "model field")
            for name, kind in self.declared[model].items()
        ]
        lines += self._connections(model)
        begins = " implements Node" if self._fits(model) else ""
        told = f'"Told of {model}"\n' if self.chance(0.08) else ""
        body = "\n  ".join(lines)
        return f"{told}type {model}{begins} {' '.join(directives)} {{\n  {body}\n}}"

    def _fits(self, model: str) -> bool:
        return self.has_interface and self.declared[model].get("id") == "ID!"

    def _field(self, name: str, kind: str, on: str) -> str:
        text = name
        if self.chance(0.03):
            text += self._arguments()
        text += f": {kind}"
        if self.chance(0.08) and (not kind.endswith("!") or self.wrong()):
            text += f" {self._auth(on)}"
        if self.chance(0.02):
            text += ' @deprecated(reason: "old")'
        if self.chance(0.03):
            text += f" {self._remote()}"
        if self.chance(0.02):
            text = f'"told" {text}'
        return text

    def _connections(self, model: str) -> list[str]:
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
                rules = f" {self._auth('model field')}"
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
        keys = [key for key in self.keys.get(target, []) if bool(key[0]) <= many]
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

    def _pairs(self) -> dict[str, list[str]]:
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

    def _remote(self) -> str:
        if self.chance(0.5):
            names = ("echo", "my-fn-${env}", "a_b", "3d")
            parts = [f'name: "{self.pick(names)}"']
            if self.chance(0.3):
                parts.append('region: "eu-west-1"')
            more = f" {self._remote_function()}" if self.chance(0.3) else ""
            return f"@function({', '.join(parts)}){more}"
        url = self.pick(
            (
                "https://api.example.com/posts/:id",
                "http://example.com" if self.wrong() else "https://example.com/x",
                "https://example.com/a/:first/b?x=:y",
                "https://www.example.com:8080/${env}/x",
                "example.com" if self.wrong() else "https://example.org/",
            )
        )
        parts = [f'url: "{url}"']
        if self.chance(0.6):
            parts.append(
                f"method: {self.pick(('GET', 'POST', 'PUT', 'PATCH', 'DELETE'))}"
            )
        if self.chance(0.3):
            parts.append('headers: [{ key: "X-A", value: "b" }]')
        return f"@http({', '.join(parts)})"

    def _remote_function(self) -> str:
        return f'@function(name: "{self.pick(("next", "last-${env}"))}")'

    def _root(self, root: str) -> str:
        kinds = [*SCALARS, *self.models, *self.plain, *self.enums]
        lines = []
        for number in range(self.random.randint(1, 4)):
            name = self.pick((f"own{number}", f"call_{number}", f"Do{number}"))
            if self.wrong():
                name = self.pick(("getPost", "listPosts", "createPost", "onCreatePost"))
            text = f"{name}{self._arguments() if self.chance(0.5) else ''}"
            text += f": {self._wrapped(self.pick(kinds))}"
            if root == "Query" and self.chance(0.08):
                actions = ("identifyText", "identifyLabels", "translateText")
                chosen = self.random.sample(
                    (*actions, "convertTextToSpeech"), self.pick((1, 2))
                )
                text += f" @predictions(actions: [{', '.join(chosen)}])"
            elif root != "Subscription" and self.chance(0.6):
                text += f" {self._remote()}"
            elif root == "Subscription":
                text += ' @aws_subscribe(mutations: ["createPost"])'
            if self.chance(0.25):
                text += f" {self._auth('root')}"
            lines.append(text)
        extended = self.chance(0.03)
        return (
            f"{'extend ' if extended else ''}type {root} {{\n  "
            + "\n  ".join(lines)
            + "\n}"
        )

    def schema(self) -> str:
        found = [self._model_type(model) for model in self.models]
        for name in self.plain:
            fields = self.random.sample(FIELDS, self.random.randint(1, 4))
            kinds = [self._type() for _ in fields]
            # What requires itself is refused, whatever else is in the schema.
            kinds = [
                kind
                if self.wrong() or kind.strip("[]!") not in self.plain
                else kind.rstrip("!")
                for kind in kinds
            ]
            lines = [
                self._field(field, kind, "plain")
                for field, kind in zip(fields, kinds, strict=True)
            ]
            found.append(f"type {name} {{\n  " + "\n  ".join(lines) + "\n}")
        found += [f"enum {name} {{ ONE two _3 }}" for name in self.enums]
        found.append("input Ask { x: Int y: [String!] }")
        if self.has_interface:
            found.append("interface Node { id: ID! }")
        if self.has_union:
            found.append(f"union Anything = {' | '.join(self.models)}")
        if self.has_scalar:
            found.append("scalar Blob")
        for root, share in (
            ("Query", 0.35),
            ("Mutation", 0.25),
            ("Subscription", 0.15),
        ):
            if self.chance(share):
                found.append(self._root(root))
        if self.chance(0.06):
            found.append(f"extend type {self.pick(self.models)} {{ more: String }}")
        if self.chance(0.1):
            found.append(self.pick(CLASHING))
        self.random.shuffle(found)
        return "\n\n".join(found) + "\n"

    def flags(self) -> dict[str, Any]:
        names = (
            *("improvePluralization", "secondaryKeyAsGSI", "addMissingOwnerFields"),
            *("skipOverrideMutationInputTypes", "validateTypeNameReservedWords"),
        )
        found: dict[str, Any] = {
            name: self.chance(0.5) for name in names if self.chance(0.15)
        }
        if self.chance(0.08):
            found["ResolverConfig"] = {
                "project": {
                    "ConflictDetection": "VERSION",
                    "ConflictHandler": "AUTOMERGE",
                }
            }
        return found


def request(number: int) -> dict[str, Any]:
    """Return the request of that number; the same for the same number."""
    maker = Maker(number)
    return {
        "id": str(number),
        "schema": maker.schema(),
        "flags": maker.flags(),
        "auth": {"default": maker.default, "additional": maker.additional},
    }


if __name__ == "__main__":
    first, count = map(int, sys.argv[1:])
    for each in range(first, first + count):
        sys.stdout.write(f"{json.dumps(request(each))}\n")
