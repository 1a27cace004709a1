"""No input makes compile raise: whatever the texts are, it answers with problems.

What it accepts can be planned and is a sound schema, which AppSync takes and the
emulator serves.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from seeds import corpus, documented, written

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.emulator.schema import executable_schema
from amplikit.planner import plan

if TYPE_CHECKING:
    from seeds import Seed

    from amplikit.emulator.calls import FieldCall, FieldError, Resolved, Subscribed
    from amplikit.emulator.trace import Trace

INPUTS = 20_000
BATCHES = 20
QUICK_INPUTS = 400
FLAGS = (
    "ResolverConfig",
    "enableAutoIndexQueryNames",
    "enableIamAccess",
    "improvePluralization",
    "respectPrimaryKeyAttributesOnConnectionField",
    "sandboxModeEnabled",
    "secondaryKeyAsGSI",
    "shouldDeepMergeDirectiveConfigDefaults",
    "skipOverrideMutationInputTypes",
    "useSubUsernameForDefaultIdentityClaim",
)
TOKENS = re.compile(r'"""(?:.|\n)*?"""|"(?:[^"\\\n]|\\.)*"|\w+|#[^\n]*|[^\s]', re.ASCII)
STRANGE = (
    *(
        "null",
        "true",
        "[]",
        "{}",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "!",
        "@",
        ":",
        "=",
        "|",
    ),
    *('""', '"a b"', '"__x"', '"é"', '"\\u0000"', '"id"', "-1", "1e99", "9" * 40, "$x"),
    *("Query", "Mutation", "Subscription", "ID", "Boolean", "AWSJSON", "__typename"),
    *("id", "and", "limit", "owner", "createdAt", "input", "extend type", "implements"),
    *("schema { query: Post }", "query { a }", "directive @own on OBJECT", "\u0000"),
    *("@model", "@auth(rules: [])", "@searchable", "@deprecated", "@aws_iam"),
)


class Nothing:
    """Resolves no field: schemas are built here, and not asked."""

    coordinates: frozenset[str] = frozenset()

    def run(self, call: FieldCall, trace: Trace) -> Resolved | FieldError:
        raise NotImplementedError

    def subscribe(self, call: FieldCall, trace: Trace) -> Subscribed | FieldError:
        raise NotImplementedError


def tokens_of(text: str) -> list[str]:
    return [token for token in TOKENS.findall(text) if not token.startswith("#")]


def mutated(random: Random, seeds: list[Seed]) -> tuple[Transformer, str]:
    """Return a text that is nearly a schema, and the transformer to give it to."""
    seed, other = random.choice(seeds), random.choice(seeds)
    tokens, others = tokens_of(seed.text), tokens_of(other.text)
    for _ in range(random.choice((1, 1, 1, 2, 3, 8))):
        if random.random() < 0.7:
            tokens = renamed(random, tokens, others)
        else:
            tokens = cut(random, tokens, others)
    text = " ".join(tokens)
    if random.random() < 0.05:
        at = random.randrange(len(text) + 1)
        text = text[:at] + chr(random.randrange(0x2FFF)) + text[at + 1 :]
    if random.random() < 0.1:
        text = f"{text}\n{other.text}"
    switched = random.random() < 0.1
    return random.choice(tuple(Transformer)) if switched else seed.transformer, text


def renamed(random: Random, tokens: list[str], others: list[str]) -> list[str]:
    """Put a word in a word's place, or a string in a string's: it still parses."""
    strings = random.random() < 0.3
    same = [at for at, token in enumerate(tokens) if is_kind(token, strings=strings)]
    known = [token for token in (*tokens, *others) if is_kind(token, strings=strings)]
    if not same:
        return tokens
    at, new = random.choice(same), random.choice(known)
    old = tokens[at]
    if random.random() < 0.3:
        return [new if token == old else token for token in tokens]
    return [*tokens[:at], new, *tokens[at + 1 :]]


def is_kind(token: str, *, strings: bool) -> bool:
    return token.startswith('"') if strings else token.isidentifier()


def cut(random: Random, tokens: list[str], others: list[str]) -> list[str]:
    """Delete, repeat, or replace some tokens, whatever they are."""
    at = random.randrange(len(tokens) + 1)
    end = min(len(tokens), at + random.choice((1, 1, 1, 2, 5, 30)))
    begin = random.randrange(len(others) + 1)
    new = random.choice(
        (
            [],
            tokens[at:end] * 2,
            [random.choice(STRANGE)],
            [*tokens[at:end], random.choice(STRANGE)],
            others[begin : begin + random.randrange(1, 12)],
        )
    )
    return [*tokens[:at], *new, *tokens[end:]]


def options(random: Random, transformer: Transformer) -> CompileOptions:
    modes = random.sample(tuple(AuthMode), random.randrange(1, 6))
    flags = random.sample(FLAGS, random.choice((0, 0, 1, 3)))
    return CompileOptions(
        transformer,
        AuthConfig(modes[0], tuple(modes[1:])),
        tuple((flag, random.random() < 0.5) for flag in flags),
        random.choice(((), (), (), ("admin",))),
    )


def compile_mutants(number: int, count: int, seeds: list[Seed]) -> None:
    random = Random(number)
    for attempt in range(count):
        transformer, text = mutated(random, seeds)
        chosen = options(random, transformer)
        half = text.find("\n") + 1
        files = [Source("b.graphql", text[:half]), Source("a.graphql", text[half:])]
        try:
            result = compile_schema(files, chosen)
            if result.api is not None:
                blueprint = plan(result.api, Config("fuzz", transformer, chosen.auth))
                executable_schema(blueprint, Nothing())
        except Exception as error:
            error.add_note(f"attempt {attempt} of batch {number}: {chosen}\n{text}")
            raise
        errors = [one for one in result.problems if one.severity == "error"]
        assert (result.api is None) is bool(errors)
        assert all(one.message and one.hint for one in result.problems)


@pytest.mark.parametrize("transformer", Transformer)
@pytest.mark.parametrize("word", ["type", "input"])
def test_a_long_chain_of_types_does_not_make_compile_raise(
    transformer: Transformer, word: str
) -> None:
    length = 3000
    chain = "".join(f"{word} T{n} {{ x: Int next: T{n + 1} }}\n" for n in range(length))
    use = "a: T0" if word == "type" else "a(x: T0): Int"
    post = f"type Post @model @auth(rules: [{{ allow: private }}]) {{ id: ID! {use} }}"
    text = f"{chain}{word} T{length} {{ x: Int }} {post}"
    chosen = CompileOptions(transformer, AuthConfig(AuthMode.USER_POOLS))
    assert compile_schema([Source("a.graphql", text)], chosen).api is not None


def test_no_mutant_makes_compile_raise() -> None:
    compile_mutants(0, QUICK_INPUTS, [*written(), *documented()])


@pytest.mark.oracle
@pytest.mark.parametrize("batch", range(1, BATCHES + 1))
def test_no_mutant_of_the_corpus_makes_compile_raise(batch: int) -> None:
    seeds = [*written(), *documented(), *corpus()]
    compile_mutants(batch, INPUTS // BATCHES, seeds)
