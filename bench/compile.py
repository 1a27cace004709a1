"""How long compiling takes as a schema grows, beside the real transformers.

A table of ratios, taken in one run. Other sizes may be given: ``compile.py 1 1000``.
"""

from __future__ import annotations

import sys
from time import perf_counter
from typing import TYPE_CHECKING

from schemas import schema
from transformers import mean_s, why_not

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.compiler import CompileOptions, Source, compile_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SIZES = (1, 10, 100, 300)
REPEATS = 5
AUTH = AuthConfig(AuthMode.USER_POOLS, (AuthMode.API_KEY,))


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


def lines(sizes: Sequence[int]) -> Iterator[str]:
    """Yield the table: a schema of one model is 1."""
    yield (
        f"{'compile':<10}{'models':>8}{'ms':>10}{'x one':>10}{'x per model':>14}"
        f"{'Amplify ms':>16}{'faster':>9}"
    )
    for transformer in Transformer:
        best_s(transformer, 1)
        one = best_s(transformer, 1)
        missing = why_not(transformer)
        for size in sizes:
            taken = best_s(transformer, size)
            times = taken / one
            line = (
                f"{transformer.value:<10}{size:>8}{taken * 1000:>10.1f}{times:>10.1f}"
                f"{times / size:>14.2f}"
            )
            if missing is not None:
                yield f"{line}{missing:>16}"
                continue
            theirs = mean_s(transformer, AUTH, size, 1 + 20 // size)
            yield f"{line}{theirs * 1000:>16.1f}{theirs / taken:>8.1f}x"


def main(arguments: Sequence[str]) -> None:
    """Print the table, each line as soon as it is known."""
    for line in lines(tuple(map(int, arguments)) or SIZES):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
