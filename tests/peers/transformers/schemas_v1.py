"""Made-up v1 schemas: the same for the same number, most right, some wrong.

``python schemas_v1.py FIRST COUNT`` prints the requests that ``run_v1.js`` reads.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from chances_v1 import CLASHING, FIELDS, SCALARS
from directives_v1 import Directives


class Maker(Directives):
    """Makes one schema."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.has_interface = self.chance(0.12)
        self.has_union = self.chance(0.06)
        self.has_scalar = self.chance(0.06)
        self.declared |= {name: self._fields(name) for name in self.models}
        self.key_texts = {name: self.keys(name) for name in self.models}
        self.pairs |= self.made_pairs()

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
            return self.wrapped(self.pick(others))
        return self.wrapped(self.pick(SCALARS))

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
            kind = self.wrapped(self.pick(inputs))
            default = " = 3" if kind == "Int" and self.chance(0.5) else ""
            shown.append(f"{name}: {kind}{default}")
        return f"({', '.join(shown)})"

    def _model_type(self, model: str) -> str:
        directives = [self.model(model), *self.key_texts[model]]
        if self.chance(0.45):
            directives.append(self.auth("model"))
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
        lines += self.connections(model)
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
            text += f" {self.auth(on)}"
        if self.chance(0.02):
            text += ' @deprecated(reason: "old")'
        if self.chance(0.03):
            text += f" {self.remote()}"
        if self.chance(0.02):
            text = f'"told" {text}'
        return text

    def _root(self, root: str) -> str:
        kinds = [*SCALARS, *self.models, *self.plain, *self.enums]
        lines = []
        for number in range(self.random.randint(1, 4)):
            name = self.pick((f"own{number}", f"call_{number}", f"Do{number}"))
            if self.wrong():
                name = self.pick(("getPost", "listPosts", "createPost", "onCreatePost"))
            text = f"{name}{self._arguments() if self.chance(0.5) else ''}"
            text += f": {self.wrapped(self.pick(kinds))}"
            if root == "Query" and self.chance(0.08):
                actions = ("identifyText", "identifyLabels", "translateText")
                chosen = self.random.sample(
                    (*actions, "convertTextToSpeech"), self.pick((1, 2))
                )
                text += f" @predictions(actions: [{', '.join(chosen)}])"
            elif root != "Subscription" and self.chance(0.6):
                text += f" {self.remote()}"
            elif root == "Subscription":
                text += ' @aws_subscribe(mutations: ["createPost"])'
            if self.chance(0.25):
                text += f" {self.auth('root')}"
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
