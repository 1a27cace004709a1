"""How directives are written: arguments in order, those left out that say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import StringValueNode, print_ast

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["directive", "names", "quoted"]


def directive(name: str, *arguments: tuple[str, str | None]) -> str:
    """Return a directive with the arguments that have a value."""
    written = ", ".join(f"{key}: {value}" for key, value in arguments if value)
    return f"@{name}({written})" if written else f"@{name}"


def quoted(text: str | None) -> str | None:
    """Return a text as GraphQL writes it, None for an empty or absent one."""
    return print_ast(StringValueNode(value=text)) if text else None


def names(found: Sequence[str] | None) -> str | None:
    """Return a list of texts as GraphQL writes it, None for an empty or absent one."""
    if not found:
        return None
    return f"[{', '.join(quoted(name) or '' for name in found)}]"
