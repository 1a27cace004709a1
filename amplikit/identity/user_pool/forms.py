"""What texts of the input must look like."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["NAME", "POOL_ID", "SOLID", "TRIMMED", "WORD", "Form"]


@dataclass(frozen=True, slots=True)
class Form:
    """A check, and AWS's pattern for the message."""

    holds: Callable[[str], bool]
    pattern: str


def _is_name(text: str) -> bool:
    return bool(text) and all(
        unicodedata.category(letter)[0] in "LMSNP" for letter in text
    )


NAME = Form(_is_name, r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+")
POOL_ID = Form(
    lambda text: bool(re.fullmatch(r"[\w-]+_[0-9a-zA-Z]+", text)),
    r"[\w-]+_[0-9a-zA-Z]+",
)
SOLID = Form(lambda text: bool(re.fullmatch(r"\S+", text)), r"[\S]+")
TRIMMED = Form(lambda text: text == text.strip(), r"^[\S]+.*[\S]+$")
WORD = Form(lambda text: bool(re.fullmatch(r"[\w+]+", text)), r"[\w+]+")
