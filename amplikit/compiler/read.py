"""From source texts to one document: all files are read as if they were joined.

Source: Amplify joins the files of ``schema/`` with a newline and parses the result, so
messages about the whole document quote line numbers of that text. Places are told in
the reader's own files all the same.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from graphql import GraphQLSyntaxError, parse
from graphql import Source as GraphQLSource

from amplikit.compiler.wording import syntax_message
from amplikit.errors import AmplifyError, Problem, Where

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphql import DocumentNode, Node

    from amplikit.compiler.options import Source

__all__ = ["Places", "Unreadable", "read"]

_MAX_CHARACTERS = 5_000_000
_MAX_DEPTH = 64
_LEXEMES = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n\r]|\\.)*"|\#[^\n\r]*|[\[({]|[\])}]',
    re.DOTALL,
)
_NEWLINE = re.compile(r"\r\n|[\n\r]")


@dataclass(frozen=True, slots=True)
class Places:
    """Where in which file a position of the joined text is.

    ``starts`` are where each file begins, ``lines`` where each line of a file begins,
    counted in characters of that file.
    """

    files: tuple[Source, ...]
    starts: tuple[int, ...]
    lines: tuple[tuple[int, ...], ...]

    def file_at(self, position: int) -> int:
        """Return the number of the file that a position of the joined text is in."""
        return bisect_right(self.starts, position) - 1

    def at(self, position: int) -> Where:
        """Return the place of a position, counted in characters of the joined text."""
        number = self.file_at(position)
        inside = position - self.starts[number]
        lines = self.lines[number]
        line = bisect_right(lines, inside)
        return Where(self.files[number].file, line, inside - lines[line - 1] + 1)

    def of(self, node: Node) -> Where:
        """Return where a node begins."""
        return self.at(node.loc.start if node.loc else 0)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The texts are no GraphQL document."""

    problems: tuple[Problem, ...]


def read(sources: Sequence[Source]) -> tuple[DocumentNode, Places] | Unreadable:
    """Parse the files as one document, or say what is wrong in each of them."""
    files = tuple(sorted(sources, key=lambda source: source.file))
    lengths = (len(source.text) + 1 for source in files)
    starts = tuple(accumulate(lengths, initial=0))
    places = Places(files, starts[:-1], tuple(map(_line_starts, files)))
    joined = "\n".join(source.text for source in files)
    refused = tuple(_too_big(joined, places) if files else _nothing())
    if refused:
        return Unreadable(refused)
    try:
        return parse(GraphQLSource(joined)), places
    except GraphQLSyntaxError as error:
        amplify = AmplifyError("GraphQLError", syntax_message(error.message))
        return Unreadable(tuple(_syntax_problems(error, places, amplify)))


def _line_starts(source: Source) -> tuple[int, ...]:
    return (0, *(found.end() for found in _NEWLINE.finditer(source.text)))


def _nothing() -> Iterator[Problem]:
    yield Problem(
        "schema-empty",
        "There is no schema file.",
        "Write a type with @model into schema/.",
    )


def _too_big(text: str, places: Places) -> Iterator[Problem]:
    if len(text) > _MAX_CHARACTERS:
        yield Problem(
            "schema-too-big",
            f"The schema has {len(text)} characters, more than {_MAX_CHARACTERS}.",
            "Split the API in two.",
            Where(places.files[0].file, 1),
        )
        return
    depth = 0
    for lexeme in _LEXEMES.finditer(text):
        if lexeme[0] in "[({":
            depth += 1
        elif lexeme[0] in "])}":
            depth = max(0, depth - 1)
        if depth > _MAX_DEPTH:
            yield Problem(
                "schema-too-deep",
                f"Brackets are nested more than {_MAX_DEPTH} deep.",
                "Flatten the type or the value.",
                places.at(lexeme.start()),
            )
            return


def _syntax_problems(
    error: GraphQLSyntaxError, places: Places, amplify: AmplifyError
) -> Iterator[Problem]:
    """Return the first error of each file; beside others a file may be empty."""
    files = [source for source in places.files if _has_tokens(source.text)]
    alone = [(source, _first_error(source)) for source in files or places.files]
    found = [(source, fault) for source, fault in alone if fault is not None]
    for source, fault in found:
        line, column = _place_in(source, fault)
        empty = not _has_tokens(source.text)
        yield Problem(
            "schema-empty" if empty else "syntax-error",
            "The schema is empty."
            if empty
            else fault.message.removeprefix("Syntax Error: "),
            "Write a type with @model." if empty else "Correct the line.",
            Where(source.file, line, column),
            amplify=amplify,
        )
    if not found:
        yield Problem(
            "syntax-error",
            _plain(error),
            "Correct the line.",
            places.at(_position(error)),
            amplify=amplify,
        )


def _first_error(source: Source) -> GraphQLSyntaxError | None:
    try:
        parse(GraphQLSource(source.text), no_location=True)
    except GraphQLSyntaxError as error:
        return error
    return None


def _place_in(source: Source, error: GraphQLSyntaxError) -> tuple[int, int]:
    before = source.text[: _position(error)]
    lines = _NEWLINE.split(before)
    return len(lines), len(lines[-1]) + 1


def _position(error: GraphQLSyntaxError) -> int:
    return next(iter(error.positions or ()), 0)


def _plain(error: GraphQLSyntaxError) -> str:
    return error.message.removeprefix("Syntax Error: ")


def _has_tokens(text: str) -> bool:
    return bool(re.sub(r"#[^\n\r]*|[\s,\ufeff]", "", text))
