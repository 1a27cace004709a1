"""Small changes of wording between our libraries' messages and the service's."""

from __future__ import annotations

import re

__all__ = ["double_quoted", "listed"]


def double_quoted(message: str) -> str:
    """Return a graphql-core message as graphql-js writes it: names in double quotes."""
    return re.sub(r"'([^'\s]*)'", r'"\1"', message)


def listed(names: tuple[str, ...], last: str = "or") -> str:
    """Return names as a sentence lists them: 'a', 'b' or 'c'."""
    quoted = [f"'{name}'" for name in names]
    if len(quoted) < 2:  # noqa: PLR2004 - one name needs no conjunction
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"
