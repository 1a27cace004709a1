"""The tokens of an expression, and the words for one that does not fit."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from amplikit.store.operands import Unsound

__all__ = ["KEYWORDS", "Kind", "Token", "Tokens"]

Kind = Literal["word", "keyword", "name", "value", "number", "mark", "end"]

KEYWORDS = frozenset(
    {"AND", "BETWEEN", "IN", "NOT", "OR", "SET", "REMOVE", "ADD", "DELETE"}
)
"""Words that are never attribute names, whichever expression they stand in."""

_MAX_BYTES = 4096
_TOKEN = re.compile(
    r"""
      (?P<space>[ \t\r\n]+)
    | (?P<word>[A-Za-z][A-Za-z0-9_]*)
    | (?P<name>\#[A-Za-z0-9_]+)
    | (?P<value>:[A-Za-z0-9_]+)
    | (?P<number>0|[1-9][0-9]*)
    | (?P<mark><>|<=|>=|[^ \t\r\n])
    """,
    re.VERBOSE,
)


class Token(NamedTuple):
    """Where it stands in the text; ``word`` is the keyword in capitals, or empty."""

    kind: Kind
    text: str
    start: int
    end: int
    word: str


class Tokens:
    """The tokens from the next one on.

    Raises ``Unsound`` for an expression that is empty or too long.
    """

    def __init__(self, text: str) -> None:
        if not text:
            raise Unsound("The expression can not be empty;")
        size = len(text.encode("utf-8", "surrogatepass"))
        if size > _MAX_BYTES:
            raise Unsound(
                "Expression size has exceeded the maximum allowed size; "
                f"expression size: {size}"
            )
        self._text = text
        self._tokens = [
            _token(found)
            for found in _TOKEN.finditer(text)
            if found.lastgroup != "space"
        ]
        self._tokens.append(Token("end", "<EOF>", len(text), len(text), ""))
        self.at = 0

    @property
    def next(self) -> Token:
        """The next token; the last one is of kind ``end``."""
        return self._tokens[self.at]

    def second_is(self, mark: str) -> bool:
        """Whether that mark follows the next token."""
        following = self._tokens[self.at + 1 : self.at + 2]
        return bool(following) and following[0].text == mark

    def take(self) -> Token:
        """Return the next token and step over it."""
        token = self._tokens[self.at]
        self.at += 1
        return token

    def took(self, text: str) -> bool:
        """Step over the mark or keyword if it is next; say whether it was."""
        token = self._tokens[self.at]
        if token.word == text or (token.kind == "mark" and token.text == text):
            self.at += 1
            return True
        return False

    def expect(self, mark: str) -> None:
        """Step over the mark; raises ``Unsound`` when it is not next."""
        if not self.took(mark):
            raise self.unexpected()

    def unexpected(self) -> Unsound:
        """Return the error that the next token does not fit.

        Quotes the text from the token before it to the one after it.
        """
        tokens, at, text = self._tokens, self.at, self._text
        start = tokens[at - 1].start if at else 0
        end = tokens[min(at + 1, len(tokens) - 1)].end
        message = f'Syntax error; token: "{tokens[at].text}", near: "{text[start:end]}"'
        return Unsound(message.encode(errors="replace").decode())  # no lone surrogate


def _token(found: re.Match[str]) -> Token:
    kind = found.lastgroup
    text, start = found[0], found.start()
    word = text.upper() if kind == "word" else ""
    if word in KEYWORDS:
        return Token("keyword", text, start, found.end(), word)
    match kind:
        case "word" | "name" | "value" | "number":
            return Token(kind, text, start, found.end(), "")
        case _:
            return Token("mark", text, start, found.end(), "")
