"""Made-up v2 schemas: the same for the same number, most right, some wrong.

``python schemas_v2.py FIRST COUNT`` prints the requests that ``run_v2.js`` reads.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from chances_v2 import (
    ENUMS,
    FIELDS,
    FLAGS,
    MODELS,
    MODES,
    PLAIN,
    RISKY,
    SCALARS,
    Chances,
    call,
    texts,
)
from relations_v2 import Shape, relate
from rules_v2 import auth

OWN_TYPES = (
    "type ModelPostConnection { items: [Post] other: Int }",
    "input CreatePostInput { id: ID title: String extra: Int }",
    "input UpdatePostInput { id: ID! extra: String }",
    "input DeletePostInput { id: ID! why: String }",
    "input ModelPostFilterInput { title: ModelStringInput }",
    "input ModelPostConditionInput { rank: ModelIntInput }",
    "input ModelSubscriptionPostFilterInput { rank: ModelSubscriptionIntInput }",
    "input ModelStringInput { eq: String }",
    "input ModelKindInput { eq: Kind }",
    "enum ModelSortDirection { UP DOWN }",
    "input MetaInput { x: Int }",
    "input ModelStringKeyConditionInput { eq: String }",
    "input SearchablePostFilterInput { x: Int }",
    "input Unused { a: [Int!]! = [1, 2] b: Boolean = true }",
    "type Alone { a(b: Int = 3): [String!] }",
)
KEYABLE = tuple(name for name in SCALARS if name not in {"Boolean", "AWSJSON"})
DEFAULT_VALUES = {
    "Int": "3",
    "Float": "1.5",
    "Boolean": "true",
    "AWSJSON": '{\\"a\\": 1}',
    "AWSDate": "2024-02-29",
    "AWSTime": "12:30:00Z",
    "AWSDateTime": "2024-02-29T12:30:00Z",
    "AWSTimestamp": "1700000000",
    "AWSEmail": "a@example.com",
    "AWSURL": "https://example.com",
    "AWSPhone": "+12025550123",
    "AWSIPAddress": "10.0.0.1",
}


class Maker:
    """Makes one request."""

    def __init__(self, seed: int) -> None:
        self.chances = chances = Chances(seed)
        names = chances.some(MODELS, 1, 1, 2, 2, 3, 4)
        if chances.chance(0.5) and "Post" not in names:
            names[0] = "Post"
        self.plain = chances.some(PLAIN, 0, 0, 1, 2, 3)
        self.enums = chances.some(ENUMS, 0, 1, 1, 2)
        self.others = [
            name
            for name, share in (("Node", 0.12), ("Anything", 0.04), ("Blob", 0.03))
            if chances.chance(share)
        ]
        self.modes = chances.some(tuple(MODES), 1, 1, 2, 3, 5)
        self.providers = tuple(name for mode in self.modes for name in MODES[mode])
        self.flags: dict[str, Any] = {
            name: chances.chance(0.5) for name in FLAGS if chances.chance(0.05)
        }
        if self.flags.get("adminRoles"):
            self.flags["adminRoles"] = ["Operator"]
        self.shapes = [self._shape(name) for name in names]
        for number in range(chances.pick(0, 0, 1, 1, 2, 3, 4)):
            relate(chances, self.shapes, number)

    def _shape(self, name: str) -> Shape:
        chances, shape = self.chances, Shape(name)
        shape.ruled = chances.chance(0.6)
        kind = chances.pick(*("ID!",) * 12, "ID", "String!", "String", "Int!")
        if chances.chance(0.8):
            shape.fields["id"] = kind
        for field in chances.some(FIELDS, 1, 2, 3, 4, 6):
            if field not in RISKY or chances.chance(0.05):
                shape.fields[field] = self._type()
            stamp = field in {"createdAt", "updatedAt"} and not chances.wrong()
            if stamp and shape.fields[field].startswith("["):
                shape.fields[field] = chances.pick("AWSDateTime", "String!", "AWSDate")
        if chances.chance(0.3):
            self._key(shape)
        for number in range(chances.pick(0, 0, 0, 1, 1, 2, 3)):
            self._index(shape, number)
        for field in shape.fields:
            self._decorate(shape, field)
        return shape

    def _type(self) -> str:
        chances = self.chances
        others = [*self.plain, *self.enums, *self.enums]
        if self.others and chances.chance(0.1):
            others += self.others
        if others and chances.chance(0.3):
            return chances.wrapped(chances.pick(*others))
        return chances.wrapped(chances.pick(*SCALARS))

    def _key_fields(self, shape: Shape, count: int, *, required: bool) -> list[str]:
        """Return fields that may be in a key; add one if there are too few."""
        usable = [
            name
            for name, kind in shape.fields.items()
            if kind.rstrip("!") in {*KEYABLE, *self.enums}
            and (kind.endswith("!") or not required)
        ]
        if self.chances.wrong():
            usable = [*shape.fields, "nowhere"]
        while len(usable) < count:
            name = f"key{len(shape.fields)}"
            end = "!" if required or self.chances.chance(0.5) else ""
            shape.fields[name] = self.chances.pick(*KEYABLE) + end
            usable.append(name)
        return self.chances.some(usable, count)

    def _key(self, shape: Shape) -> None:
        count = self.chances.pick(1, 1, 2, 2, 3, 4)
        names = self._key_fields(shape, count, required=True)
        given = [f"sortKeyFields: {texts(names[1:])}"] if names[1:] else []
        shape.key = tuple(names)
        shape.more.setdefault(names[0], []).append(call("primaryKey", given))

    def _index(self, shape: Shape, number: int) -> None:
        chances = self.chances
        count = chances.pick(1, 1, 2, 2, 3, 4)
        names = self._key_fields(shape, count, required=False)
        if names[0] == shape.key[0] and not shape.key[1:] and not chances.wrong():
            return
        given = []
        if chances.chance(0.65):
            odd = ("by-four", "by.5") if count < 3 or chances.wrong() else ()
            name = chances.pick("byOne", "by_two", "ByThree", "index", *odd)
            suffix = "" if chances.wrong() else number
            given.append(f'name: "{name}{suffix}"')
        if names[1:]:
            given.append(f"sortKeyFields: {texts(names[1:])}")
        if chances.chance(0.45):
            own = chances.pick(
                f'"find{shape.name}{number}"', f'"q_{number}"', "null", '""'
            )
            given.append(f"queryField: {own}")
        if chances.chance(0.2):
            listed = chances.some(tuple(shape.fields), 0, 1, 2)
            listed = listed or [names[0]]
            if chances.wrong():
                listed = []
            projection = chances.pick(
                "{ type: KEYS_ONLY }",
                "{ type: ALL }",
                f"{{ type: INCLUDE, nonKeyAttributes: {texts(listed)} }}",
            )
            given.append(f"projection: {projection}")
        chances.random.shuffle(given)
        shape.more.setdefault(names[0], []).append(call("index", given))

    def _decorate(self, shape: Shape, field: str) -> None:
        chances, kind = self.chances, shape.fields[field]
        more = shape.more.setdefault(field, [])
        name = kind.strip("[]!")
        single = not kind.startswith("[")
        if chances.chance(0.07) and ((name in SCALARS and single) or chances.wrong()):
            value = DEFAULT_VALUES.get(name, "text")
            more.append(f'@default(value: "{"?" if chances.wrong() else value}")')
        fits = single and name in {"Int", "Float", "String"}
        if chances.chance(0.15) and (fits or chances.wrong()):
            more.append(self._validate(name))
        plain = not kind.endswith("!") and shape.ruled
        if chances.chance(0.12) and (plain or chances.wrong()):
            more.append(auth(chances, self.providers, on="field"))
        if field != "id" and chances.chance(0.015):
            more.append('@deprecated(reason: "old")')

    def _validate(self, name: str) -> str:
        chances = self.chances
        numbers = ("gt", "lt", "gte", "lte")
        lengths = ("minLength", "maxLength")
        words = (*lengths, "startsWith", "endsWith", "matches")
        kind = chances.pick(*(numbers if name in {"Int", "Float"} else words))
        if chances.wrong():
            kind = chances.pick(*numbers, *words)
        value = chances.pick("1", "20") if kind in {*numbers, *lengths} else "abc"
        more = [', errorMessage: "no"'] if chances.chance(0.2) else [""]
        return f'@validate(type: {kind}, value: "{value}"{more[0]})'

    # Types

    def _map(self, **words: tuple[str, ...]) -> str:
        chances = self.chances
        if chances.chance(0.2):
            return "null"
        chosen = chances.some(tuple(words), *range(1, len(words) + 1))
        shown = (f"{word}: {chances.pick(*words[word])}" for word in chosen)
        return f"{{ {', '.join(shown)} }}"

    def _model(self, name: str) -> str:
        chances, given = self.chances, []
        if chances.chance(0.15):
            names = {
                word: ("null", f'"{word}{name}"', f'"{word}_x{name}"')
                for word in ("get", "list")
            }
            given.append(f"queries: {self._map(**names)}")
        if chances.chance(0.15):
            names = {
                word: ("null", f'"{word}{name}"', f'"{word}_x{name}"')
                for word in ("create", "update", "delete")
            }
            given.append(f"mutations: {self._map(**names)}")
        if chances.chance(0.15):
            names = {
                word: ("null", f'["{word}_x{name}"]', f'["{word}1", "{word}2"]')
                for word in ("onCreate", "onUpdate", "onDelete")
            }
            if chances.wrong():
                names["onCreate"] = ('"onCreateOne"',)
            names["level"] = ("on", "off", "public")
            given.append(f"subscriptions: {self._map(**names)}")
        if chances.chance(0.15):
            names = {
                word: ("null", f'"{word}"', '"createdOn"', '"at_x"')
                for word in ("createdAt", "updatedAt")
            }
            given.append(f"timestamps: {self._map(**names)}")
        return call("model", given)

    def _model_type(self, shape: Shape) -> str:
        chances = self.chances
        directives = [] if chances.wrong() else [self._model(shape.name)]
        if shape.ruled:
            guarded = any(
                "@auth" in text for more in shape.more.values() for text in more
            )
            on = "fields" if guarded and not chances.wrong() else "model"
            directives.append(auth(chances, self.providers, on=on))
        if chances.chance(0.08):
            given = chances.pick([], ['queries: { search: "seek" }'])
            if not shape.ruled or chances.wrong():
                given = ["queries: null"]
            directives.append(call("searchable", given))
        if chances.chance(0.05):
            old = chances.pick("Old", f"Was{shape.name}")
            old = "Post" if chances.wrong() else old
            directives.append(f'@mapsTo(name: "{old}")')
        if chances.chance(0.02):
            directives.append(chances.pick("@aws_iam", "@aws_api_key @aws_oidc"))
        chances.random.shuffle(directives)
        lines = []
        for name, kind in shape.fields.items():
            lines.append(self._line(name, kind, shape.more.get(name, [])))
        fits = "Node" in self.others and shape.fields.get("id") == "ID!"
        implements = " implements Node" if fits else ""
        told = f'"About {shape.name}"\n' if chances.chance(0.05) else ""
        head = f"{told}type {shape.name}{implements} {' '.join(directives)}"
        return f"{head} {{\n  " + "\n  ".join(lines) + "\n}"

    def _line(self, name: str, kind: str, more: list[str]) -> str:
        chances = self.chances
        given = self._arguments() if name != "id" and chances.chance(0.02) else ""
        told = '"told" ' if chances.chance(0.02) else ""
        if chances.chance(0.02) and (not more or chances.wrong()):
            more = [*more, self._remote()]
        return " ".join([f"{told}{name}{given}: {kind}", *more])

    def _arguments(self) -> str:
        chances, shown = self.chances, []
        for name in chances.some(("first", "x", "kind", "list", "in"), 1, 2):
            kind = chances.wrapped(chances.pick(*SCALARS, *self.enums, "Ask"))
            default = " = 3" if kind == "Int" and chances.chance(0.5) else ""
            shown.append(f"{name}: {kind}{default}")
        return f"({', '.join(shown)})"

    def _remote(self) -> str:
        chances = self.chances
        if chances.chance(0.5):
            given = [f'name: "{chances.pick("echo", "my-fn-${env}", "a_b", "3d")}"']
            if chances.chance(0.3):
                given.append('region: "eu-west-1"')
            if chances.chance(0.2):
                given.append('accountId: "123456789012"')
            more = [' @function(name: "next-${env}")'] if chances.chance(0.3) else [""]
            return call("function", given) + more[0]
        url = chances.pick(
            "https://api.example.com/posts/:id",
            "http://example.com",
            "https://example.com/a/:first/b?x=:y",
            "https://www.example.com:8080/${env}/x",
            "example.com" if chances.wrong() else "https://example.org/",
        )
        given = [f'url: "{url}"']
        if chances.chance(0.6):
            verb = chances.pick("GET", "POST", "PUT", "PATCH", "DELETE")
            given.append(f"method: {verb}")
        if chances.chance(0.3):
            given.append('headers: [{ key: "X-A", value: "b" }]')
        return call("http", given)

    def _root(self, root: str) -> str:
        chances, lines = self.chances, []
        models = [shape.name for shape in self.shapes]
        for number in range(chances.pick(1, 1, 2, 3)):
            name = chances.pick(f"own{number}", f"call_{number}", f"Do{number}")
            if chances.wrong():
                name = chances.pick(
                    "getPost", "listPosts", "createPost", "onCreatePost"
                )
            text = name + (self._arguments() if chances.chance(0.5) else "")
            kind = chances.pick(*SCALARS, *models, *models, *self.plain, *self.enums)
            text += f": {chances.wrapped(kind)}"
            if root == "Query" and chances.chance(0.06):
                actions = ("identifyText", "identifyLabels", "translateText")
                chosen = chances.some((*actions, "convertTextToSpeech"), 1, 2)
                text = f"{name}: String @predictions(actions: [{', '.join(chosen)}])"
            elif root == "Subscription":
                text += ' @aws_subscribe(mutations: ["createPost"])'
            elif chances.chance(0.6):
                text += f" {self._remote()}"
            if chances.chance(0.3):
                text += f" {auth(chances, self.providers, on='root')}"
            lines.append(text)
        extend = ""
        if chances.chance(0.1):
            again = chances.wrong()
            extend = "extend " if again else f"type {root} {{ first: Int }}\nextend "
        return f"{extend}type {root} {{\n  " + "\n  ".join(lines) + "\n}"

    def _plain_type(self, name: str) -> str:
        lines = [
            self._line(field, self._type(), [])
            for field in self.chances.some(FIELDS, 1, 2, 3)
        ]
        if self.chances.chance(0.05):
            kind = self.chances.wrapped(self.shapes[0].name)
            lines.append(f"model: {kind}")
        return f"type {name} {{\n  " + "\n  ".join(lines) + "\n}"

    def schema(self) -> str:
        """Return the schema's text."""
        chances = self.chances
        found = [self._model_type(shape) for shape in self.shapes]
        found += [self._plain_type(name) for name in self.plain]
        found += [f"enum {name} {{ on off UNKNOWN }}" for name in self.enums]
        for root, share in (("Query", 0.2), ("Mutation", 0.15), ("Subscription", 0.05)):
            if chances.chance(share):
                found.append(self._root(root))
        if chances.chance(0.04):
            found.append(chances.pick(*OWN_TYPES))
        if "Node" in self.others:
            found.append("interface Node { id: ID! }")
        if "Anything" in self.others:
            found.append(f"union Anything = {self.shapes[0].name}")
        if "Blob" in self.others:
            found.append("scalar Blob")
        text = "\n".join(found)
        if ": Ask" in text or "[Ask" in text:
            found.append("input Ask { text: String! deep: [Int] }")
        if chances.chance(0.5):
            chances.random.shuffle(found)
        return "\n".join(found) + "\n"


def request(seed: int) -> dict[str, Any]:
    """Return what a runner is asked for a number."""
    maker = Maker(seed)
    default, *additional = maker.modes
    return {
        "id": seed,
        "schema": maker.schema(),
        "flags": maker.flags,
        "auth": {"default": default, "additional": additional},
    }


if __name__ == "__main__":
    first, count = map(int, sys.argv[1:])
    for number in range(first, first + count):
        print(json.dumps(request(number)))  # noqa: T201 - a filter prints
