"""Changes of access as lines, for whoever compares two blueprints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.cli._output import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amplikit.inspect.changes import AccessChange

__all__ = ["access_lines", "section_lines"]


def access_lines(changes: Iterable[tuple[AccessChange, str]]) -> Iterator[str]:
    """Yield the changes, each with the caller whom it is for."""
    yield from section_lines(
        "Who may use what",
        (
            f"{one.coordinate} ({caller}): "
            f"{'; '.join(one.before)} -> {'; '.join(one.after)}"
            for one, caller in changes
        ),
    )


def section_lines(title: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield a title and its lines, or that nothing changes."""
    listed = list(lines)
    yield f"{title}: {'nothing changes.' if not listed else ''}".rstrip()
    yield from (f"  {printable(line)}" for line in listed)
