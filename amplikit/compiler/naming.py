"""The names that the transformers make out of the reader's names."""

from __future__ import annotations

import re

__all__ = [
    "camel_case",
    "composite_argument",
    "is_name",
    "lower_first",
    "pascal_case",
    "upper_first",
]

_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")


def upper_first(word: str) -> str:
    """Return the word with its first letter upper-cased, the rest untouched."""
    return word[:1].upper() + word[1:]


def lower_first(word: str) -> str:
    """Return the word with its first letter lower-cased, the rest untouched."""
    return word[:1].lower() + word[1:]


def camel_case(*words: str) -> str:
    """Return ``postCommentsId`` for ``Post``, ``comments``, ``id``."""
    first, *rest = (word for word in words if word)
    return lower_first(first) + "".join(map(upper_first, rest))


def pascal_case(*words: str) -> str:
    """Return ``ModelPostFilterInput`` for ``Model``, ``post``, ``FilterInput``."""
    return "".join(map(upper_first, words))


def composite_argument(sort_fields: tuple[str, ...]) -> str:
    """Return the argument for a sort key: its field, or all of them in camel case."""
    return sort_fields[0] if len(sort_fields) == 1 else camel_case(*sort_fields)


def is_name(text: str) -> bool:
    """Whether the text can name something in GraphQL."""
    return _NAME.fullmatch(text) is not None and not text.startswith("__")
