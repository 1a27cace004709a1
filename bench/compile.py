"""How long compiling takes as a schema grows: a table of ratios, taken in one run."""

from __future__ import annotations

import sys
from time import perf_counter
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.compiler import CompileOptions, Source, compile_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZES = (1, 10, 100, 300)
REPEATS = 5
AUTH = AuthConfig(AuthMode.USER_POOLS, (AuthMode.API_KEY,))
RULES = "@auth(rules: [{ allow: owner }, { allow: public, operations: [read] }])"
MODELS = {
    Transformer.V1: """
type Post{n} @model {rules}
  @key(name: "byAuthor{n}", fields: ["author", "rank"], queryField: "byAuthor{n}") {{
  id: ID! title: String! author: String rank: Int! tags: [String] at: AWSDateTime
  next: Post{next} @connection
}}
""",
    Transformer.V2: """
type Post{n} @model {rules} {{
  id: ID! title: String! rank: Int! tags: [String] at: AWSDateTime
  author: String
    @index(name: "byAuthor{n}", sortKeyFields: ["rank"], queryField: "byAuthor{n}")
  next: Post{next} @hasOne
}}
""",
}


def schema(transformer: Transformer, size: int) -> str:
    """Return a schema of so many models, each with rules, an index and a relation."""
    model = MODELS[transformer]
    return "".join(
        model.format(n=number, next=(number + 1) % size, rules=RULES)
        for number in range(size)
    )


def best_s(transformer: Transformer, size: int) -> float:
    """Return the shortest of some runs, in seconds."""
    sources = [Source("schema.graphql", schema(transformer, size))]
    options = CompileOptions(transformer, AUTH)
    times = []
    for _ in range(REPEATS):
        begin = perf_counter()
        compiled = compile_schema(sources, options)
        times.append(perf_counter() - begin)
        if compiled.api is None:
            message = f"{transformer}: {compiled.problems[0]}"
            raise AssertionError(message)
    return min(times)


def lines() -> Iterator[str]:
    """Yield the table: a schema of one model is 1."""
    yield f"{'compile':<10}{'models':>8}{'ms':>10}{'x one':>10}{'x per model':>14}"
    for transformer in Transformer:
        best_s(transformer, 1)
        one = best_s(transformer, 1)
        for size in SIZES:
            taken = best_s(transformer, size)
            times = taken / one
            yield (
                f"{transformer.value:<10}{size:>8}{taken * 1000:>10.1f}{times:>10.1f}"
                f"{times / size:>14.2f}"
            )


def main() -> None:
    """Print the table, each line as soon as it is known."""
    for line in lines():
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
