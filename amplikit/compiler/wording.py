"""Small changes of wording between our libraries' messages and the service's."""

from __future__ import annotations

import json
import re

__all__ = ["double_quoted", "listed", "syntax_message"]


def double_quoted(message: str) -> str:
    """Return a graphql-core message as graphql-js writes it: names in double quotes."""
    return re.sub(r"'([^'\s]*)'", r'"\1"', message)


def listed(names: tuple[str, ...], last: str = "or") -> str:
    """Return names as a sentence lists them: 'a', 'b' or 'c'."""
    quoted = [f"'{name}'" for name in names]
    if len(quoted) < 2:  # noqa: PLR2004 - one name needs no conjunction
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"


def syntax_message(message: str) -> str:
    """Return a parser message as graphql-js 15 words it."""
    code = re.search(r"Unexpected character: U\+([0-9A-F]+)\.$", message)
    if code:
        return (
            "Syntax Error: Cannot parse the unexpected character "
            f'"\\u{code[1].zfill(4)}".'
        )
    quoted = re.search(
        r"(?:Unexpected character: |expected digit before )'(.)'", message
    )
    if quoted:
        shown = json.dumps(quoted[1])
        return f"Syntax Error: Cannot parse the unexpected character {shown}."
    escape = re.fullmatch(
        r"Syntax Error: Invalid (?:character|Unicode) escape sequence: '(.+)'\.",
        message,
    )
    if escape:
        return f"Syntax Error: Invalid character escape sequence: {escape[1]}."
    if re.fullmatch(
        r"Syntax Error: Unexpected variable '\$\w+' in constant value\.", message
    ):
        return 'Syntax Error: Unexpected "$".'
    # A text is told as it is, whatever quotes are in it.
    token = re.search(r"(String|BlockString) '(.*)'\.$", message, re.DOTALL)
    if token:
        begin = double_quoted(message[: token.start()])
        return f'{begin}{token[1]} "{token[2]}".'
    return double_quoted(message)
