"""Random GraphQL requests over a schema: valid, nearly valid, mutated, and bombs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_composite_type,
)

if TYPE_CHECKING:
    from random import Random

    from graphql import GraphQLArgument, GraphQLInputType, GraphQLSchema

__all__ = ["RandomDocuments", "random_json"]

_TOKEN_TEXT = """
{ } ( ) [ ] : ! $ @ ... = | & "x" # ~ 1 -2.5e9 1e999 99999999999999999999 0x1 .5 -0
true false null query mutation subscription fragment on extend type schema input enum
@skip @include(if: true) @defer @deprecated __typename __schema __type
"""
_TOKENS = (*_TOKEN_TEXT.split(), '"""y"""', "\x00", "\ufeff", "\U0001f600")
_LITERAL_TEXT = r"""
"" "x" "\u0000" "\ud800" "1970-01-01" [] [[]] {} {a:1} null true 1 -1 2147483648 1.5
1e999 -0 NOPE $nope [null] [1,[2]] {input:{id:1}}
"""
_LITERALS = (*_LITERAL_TEXT.split(), '"""b"""', f'"{"x" * 3000}"', "9" * 500)
_TEXTS = ("", "a", "\x00", "\ud7ff", "\U0001f600", "x" * 2000, "1970-01-01", "null")


def random_json(random: Random, depth: int = 3) -> object:
    """Return any JSON value."""
    match random.randrange(9 if depth else 6):
        case 0:
            return None
        case 1:
            return random.random() < 0.5
        case 2:
            return random.choice((0, -1, 2**31, 2**63, 2**64, 10**400, -(10**30)))
        case 3:
            return random.choice((0.5, -0.0, 1e308, 5e-324, 1.0))
        case 4 | 5:
            return random.choice(_TEXTS)
        case 6:
            return [random_json(random, depth - 1) for _ in range(random.randrange(4))]
        case _:
            names = random.choices(("id", "eq", "input", "and", "", "title", "a"), k=3)
            return {name: random_json(random, depth - 1) for name in names}


class RandomDocuments:
    """Requests for one schema; the same seed gives the same requests."""

    def __init__(self, schema: GraphQLSchema, random: Random) -> None:
        self._schema = schema
        self._random = random
        self._variables: dict[str, object] = {}
        self._declared: list[str] = []

    def one(self) -> dict[str, object]:
        """Return a request's JSON; most are nearly valid."""
        random = self._random
        chosen = random.random()
        if chosen < 0.05:
            return self._bomb()
        request = self._plausible()
        text = str(request["query"])
        if chosen < 0.35:
            request["query"] = self._mutated(text)
        elif chosen < 0.40:
            request["query"] = " ".join(random.choices(_TOKENS, k=random.randrange(60)))
        elif chosen < 0.50:
            request["variables"] = random_json(random)
        elif chosen < 0.55:
            request["operationName"] = random_json(random, 1)
        return request

    def _plausible(self) -> dict[str, object]:
        self._variables, self._declared = {}, []
        kind, root = self._random.choice(
            [
                ("query", self._schema.query_type),
                ("query", self._schema.query_type),
                ("mutation", self._schema.mutation_type),
                ("subscription", self._schema.subscription_type),
            ]
        )
        assert root is not None
        selected = self._selection(root, 4, self._random.randrange(1, 4))
        declared = f"({', '.join(self._declared)})" if self._declared else ""
        return {
            "query": f"{kind} Op{declared} {selected}",
            "variables": self._variables,
        }

    def _selection(self, type_: object, depth: int, count: int) -> str:
        random = self._random
        fields = getattr(type_, "fields", {})
        parts = ["__typename"] if random.random() < 0.1 or not fields else []
        names = random.sample([*fields], min(count, len(fields)))
        for name in names:
            field = fields[name]
            named = get_named_type(field.type)
            nested = is_composite_type(named)
            if nested and not depth:
                continue
            alias = f"a{random.randrange(3)}: " if random.random() < 0.1 else ""
            inner = self._selection(named, depth - 1, 3) if nested else ""
            text = f"{alias}{name}{self._arguments(field.args)} {inner}"
            if random.random() < 0.08 and isinstance(type_, GraphQLObjectType):
                text = f"... on {type_.name} {{ {text} }}"
            elif random.random() < 0.05:
                text += " @include(if: true)"
            parts.append(text)
        return f"{{ {' '.join(parts or ['__typename'])} }}"

    def _arguments(self, arguments: dict[str, GraphQLArgument]) -> str:
        given = [
            f"{name}: {self._argument(argument.type)}"
            for name, argument in arguments.items()
            if isinstance(argument.type, GraphQLNonNull) or self._random.random() < 0.3
        ]
        return f"({', '.join(given)})" if given else ""

    def _argument(self, type_: GraphQLInputType) -> str:
        if self._random.random() < 0.35:
            name = f"v{len(self._declared)}"
            self._declared.append(f"${name}: {type_}")
            self._variables[name] = self._value(type_, 4)
            return f"${name}"
        return self._literal(self._value(type_, 3), type_)

    def _value(self, type_: GraphQLInputType, depth: int) -> object:
        random = self._random
        if random.random() < 0.08 or depth < 0:
            return random_json(random, 2)
        match type_:
            case GraphQLNonNull():
                return self._value(type_.of_type, depth)
            case GraphQLList():
                count = random.randrange(3)
                return [self._value(type_.of_type, depth - 1) for _ in range(count)]
            case GraphQLInputObjectType():
                return {
                    name: self._value(field.type, depth - 1)
                    for name, field in type_.fields.items()
                    if isinstance(field.type, GraphQLNonNull) or random.random() < 0.4
                }
            case GraphQLEnumType():
                return random.choice([*type_.values])
            case _:
                return self._scalar(type_.name)

    def _scalar(self, name: str) -> object:
        random = self._random
        match name:
            case "Int":
                return random.choice((0, 1, 5, -3, 1000, 2**31))
            case "Float":
                return random.choice((0, 1.5, -2e30, 10**30))
            case "Boolean":
                return random.random() < 0.5
            case "AWSDateTime":
                return random.choice(("2026-01-01T00:00:00Z", "2026-01-01T00:00:00"))
            case "AWSJSON":
                return random.choice(('{"a": [1, {"b": null}]}', "{", '"x"', "1e999"))
            case "AWSEmail":
                return random.choice(("a@example.com", "nobody"))
            case _:
                return random.choice((*_TEXTS, "1", "alice", "eyJ", 7))

    def _literal(self, value: object, type_: GraphQLInputType) -> str:
        match value:
            case None:
                return "null"
            case bool():
                return "true" if value else "false"
            case list():
                return f"[{', '.join(self._literal(one, type_) for one in value)}]"
            case dict():
                pairs = (
                    f"{name or 'x'}: {self._literal(one, type_)}"
                    for name, one in value.items()
                )
                return f"{{{', '.join(pairs)}}}"
            case str() if isinstance(get_named_type(type_), GraphQLEnumType):
                return value or "NONE"
            case str():
                return f'"{value}"' if value.isalnum() else '"\\u0041 b"'
            case _:
                return str(value)

    def _mutated(self, text: str) -> str:
        random = self._random
        tokens = text.split(" ")
        for _ in range(random.randrange(1, 4)):
            at = random.randrange(len(tokens))
            match random.randrange(6):
                case 0:
                    del tokens[at : at + random.randrange(1, 4)]
                case 1:
                    tokens.insert(at, random.choice(_TOKENS))
                case 2:
                    tokens[at] = random.choice(_LITERALS)
                case 3:
                    tokens[at:at] = tokens[at : at + 5] * random.randrange(1, 4)
                case 4:
                    place = random.randrange(len(tokens[at]) + 1)
                    tokens[at] = tokens[at][:place] + random.choice(_TOKENS)
                case _:
                    tokens += ["fragment", "F", "on", "Post", "{", "...F", "}"]
            tokens = tokens or ["{"]
        return " ".join(tokens)

    def _bomb(self) -> dict[str, object]:
        """Return what is small to send and large to read, check or execute."""
        random = self._random
        size = random.choice((10, 80, 300, 1000, 4000, 14_000))
        query_type = self._schema.query_type
        assert query_type is not None
        root = next(iter(query_type.fields))
        bombs = (
            "{ " + f"{root} {{ " * size + "}" * size,
            "{ " + " ".join(f"a{n}: __typename" for n in range(size)) + " }",
            "{ " + "... { " * size + "__typename " + "} " * size + "}",
            "{ __typename "
            + " ".join("@include(if: true)" for _ in range(size))
            + " }",
            "query Q { ...F0 } "
            + " ".join(
                f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}"
                for n in range(size)
            )
            + f" fragment F{size} on Query {{ __typename }}",
            "{ __schema { types " + "{ fields { type " * size + "{ name }" + "}" * size,
            f"query Q($v: {'[' * size}Int{']' * size}) {{ __typename }}",
            f"{{ {root}(filter: {'{and: [' * size}{']}' * size}) {{ nextToken }} }}",
            f"{{ {root}(x: {'[' * size}) }}",
            " ".join(f"query Q{n} {{ __typename }}" for n in range(size)),
            "{ " + " ".join(f"x: {root}(id: {n}) {{ id }}" for n in range(size)) + " }",
            '{ a(x: """' + '"' * size + '""") }',
            "#" * size + "\n{ __typename }",
            "{ __typename }" + "\ufeff" * size,
        )
        variables: object = {}
        if random.random() < 0.3:
            variables = {"v": 1}
            for _ in range(min(size, 900)):
                variables = {"v": [variables]}
        return {"query": random.choice(bombs), "variables": variables}
