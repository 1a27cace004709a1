"""Scenario files: Markdown that someone who knows GraphQL but not Python can read.

A file opens with a ``graphql schema`` block; each second-level heading is one scenario,
which starts from empty tables, runs the file's and its own ``setup`` blocks, and then
its ``request`` blocks, each followed by the whole response as ``json response``. Words
behind the kind are options: ``transformer=v1``, ``as=alice``. README.md lists them all.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Block", "Scenario", "ScenarioFile", "read"]

_KINDS = frozenset(
    {
        *("schema", "problems", "setup", "request", "response", "pitfalls"),
        *("subscribe", "events", "function"),
    }
)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its kind, its options, its text, and its first line."""

    language: str
    kind: str
    options: dict[str, str]
    text: str
    line: int


@dataclass(slots=True)
class Scenario:
    """One heading and the blocks below it."""

    title: str
    line: int
    blocks: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class ScenarioFile:
    """The schema, what every scenario starts with, and the scenarios."""

    path: Path
    schema: Block
    setup: list[Block]
    functions: list[Block]
    scenarios: list[Scenario]


def read(path: Path) -> ScenarioFile:
    """Read a file; a block of an unknown kind is an error, not a comment."""
    opening: list[Block] = []
    scenarios: list[Scenario] = []
    tokens = MarkdownIt().parse(path.read_text())
    for position, token in enumerate(tokens):
        line = token.map[0] + 1 if token.map else 0
        if token.type == "heading_open" and token.tag == "h2":
            scenarios.append(Scenario(tokens[position + 1].content, line))
        elif token.type == "fence" and " " in token.info:
            block = _block(path, token.info, token.content, line)
            (scenarios[-1].blocks if scenarios else opening).append(block)
    schema = [block for block in opening if block.kind == "schema"]
    if len(schema) != 1 or not scenarios:
        message = f"{path}: one schema block and at least one scenario are needed"
        raise ValueError(message)
    setup = [block for block in opening if block.kind == "setup"]
    functions = [block for block in opening if block.kind == "function"]
    return ScenarioFile(path, schema[0], setup, functions, scenarios)


def _block(path: Path, info: str, text: str, line: int) -> Block:
    language, kind, *words = shlex.split(info)
    if kind not in _KINDS:
        message = f"{path}:{line}: '{kind}' is no kind of block"
        raise ValueError(message)
    options = dict(word.split("=", 1) for word in words)
    return Block(language, kind, options, text, line)
