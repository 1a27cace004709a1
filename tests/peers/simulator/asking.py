"""Made-up sequences of requests for a schema: the same for the same number."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from both_sides import Step
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    ast_from_value,
    build_ast_schema,
    get_named_type,
    is_composite_type,
    is_leaf_type,
    parse,
    print_ast,
)
from graphql.error import GraphQLError
from made_up_values import SCALARS, Values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import GraphQLNamedType

__all__ = ["Asking", "schema_of"]

_AWS = "\n".join(f"scalar {name}" for name in SCALARS if name.startswith("AWS"))
# How deep a selection goes: models lead to each other without end.
DEEP = 3


def schema_of(sdl: str) -> GraphQLSchema:
    """Return a schema as the transformer prints it."""
    document = parse(f"{sdl}\n{_AWS}")
    return build_ast_schema(document, assume_valid=True, assume_valid_sdl=True)


class Asking:
    """Makes the requests of one schema."""

    def __init__(self, schema: GraphQLSchema, callers: list[str], seed: int) -> None:
        self._random = Random(seed)
        self._schema = schema
        self._callers = callers
        self._values = Values(self._random, schema)

    def steps(self, count: int) -> Iterator[Step]:
        """Return creations first, then everything."""
        query, mutation = self._schema.query_type, self._schema.mutation_type
        reads = list(query.fields.items()) if query else []
        writes = list(mutation.fields.items()) if mutation else []
        creates = [one for one in writes if one[0].startswith("create")]
        first = min(count // 3, 6 * len(creates))
        for number in range(first):
            yield self._step("mutation", *creates[number % len(creates)])
        for _ in range(count - first):
            if writes and (not reads or self._random.random() < 0.4):
                yield self._step("mutation", *self._random.choice(writes))
            else:
                yield self._step("query", *self._random.choice(reads))

    def _step(self, operation: str, name: str, field: GraphQLField) -> Step:
        random, kind = self._random, get_named_type(field.type)
        arguments = self._values.arguments(field.args)
        pages = (
            isinstance(kind, GraphQLObjectType)
            and "nextToken" in kind.fields
            and "limit" in field.args
            and random.random() < 0.5
        )
        if pages:
            arguments["limit"] = random.choice((1, 2, 3, 7))
        shown, heads, variables = [], [], {}
        for argument, value in arguments.items():
            literal = self._literal(field.args[argument], value)
            if argument == "limit" or literal is None or random.random() < 0.6:
                variables[argument] = value
                heads.append(f"${argument}: {field.args[argument].type}")
                shown.append(f"{argument}: ${argument}")
            else:
                shown.append(f"{argument}: {literal}")
        if pages:
            heads.append("$nextToken: String")
            shown.append("nextToken: $nextToken")
        if random.random() < 0.02:
            shown.append("nowhere: 1")
        given = f"({', '.join(shown)})" if shown else ""
        head = f"({', '.join(heads)})" if heads else ""
        alias = "again: " if random.random() < 0.1 else ""
        selection, fragment = self._selection(kind, 0), ""
        if selection and random.random() < 0.1:
            fragment = f" fragment Parts on {kind.name} {selection}"
            selection = "{ ...Parts }"
        query = (
            f"{operation} Ask{head} {{ {alias}{name}{given} {selection} }}{fragment}"
        )
        return Step(random.choice(self._callers), query, variables, pages=pages)

    def _literal(self, argument: GraphQLArgument, value: object) -> str | None:
        try:
            node = ast_from_value(value, argument.type)
        except (GraphQLError, TypeError):
            return None
        return print_ast(node) if node else None

    def _selection(self, kind: GraphQLNamedType, depth: int) -> str:
        if not isinstance(kind, GraphQLObjectType):
            return "{ __typename }" if is_composite_type(kind) else ""
        shown = []
        for name, field in kind.fields.items():
            required = (isinstance(a.type, GraphQLNonNull) for a in field.args.values())
            if not any(required):
                shown += self._selected(name, field, depth)
        return f"{{ {' '.join(shown or ['__typename'])} }}"

    def _selected(self, name: str, field: GraphQLField, depth: int) -> Iterator[str]:
        random, kind = self._random, get_named_type(field.type)
        if is_leaf_type(kind):
            if name == "nextToken" or random.random() < 0.85:
                yield name
            return
        if depth > DEEP or (depth > 0 and random.random() < 0.5):
            return
        arguments = ""
        if "filter" in field.args and random.random() < 0.2:
            asked = field.args["filter"]
            literal = self._literal(asked, self._values.of(asked.type, "filter", 0))
            arguments = f"(filter: {literal})" if literal else ""
        yield f"{name}{arguments} {self._selection(kind, depth + (name != 'items'))}"
