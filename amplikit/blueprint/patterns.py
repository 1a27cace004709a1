"""Regular expressions as the resolvers' language has them: Java's.

Source: java.util.regex.Pattern; AppSync developer guide, ``$util.matches``.
"""

from __future__ import annotations

import re

__all__ = ["java_pattern"]

# Sets of characters in others, and joined ones: to Python they may be plain letters.
_ONLY_JAVA = re.compile(r"(?<!\\)\[[^\]]*(?:\[|&&|--|~~|\|\|)")


def java_pattern(text: str) -> re.Pattern[str] | None:
    """Return the pattern, None when Python cannot read it as Java does."""
    if _ONLY_JAVA.search(text):
        return None
    try:
        return re.compile(text, re.ASCII)
    except (re.error, OverflowError, RecursionError):
        return None
