"""References such as ``$ctx.request.headers.authorization`` in a header's text.

They are all of Velocity that a header of ``@http`` is given here: a reference that
leads to nothing, or calls something, stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from amplikit.emulator.scalars import shown
from amplikit.emulator.shown_identity import shown_identity

if TYPE_CHECKING:
    from amplikit.emulator.run import Run

__all__ = ["interpolated"]

_NAME: Final = r"[A-Za-z_][\w-]*"
_CHAIN: Final = rf"(?:ctx|context)(?:\.{_NAME})+"
_REFERENCE: Final = re.compile(
    rf"\$(?P<quiet>!)?(?:\{{(?P<formal>{_CHAIN})\}}|(?P<plain>{_CHAIN})(?![\w(]|\.[A-Za-z_]))",
    re.ASCII,
)


def interpolated(text: str, run: Run) -> str:
    """Return a text with the values of the context that it refers to."""

    def value(found: re.Match[str]) -> str:
        chain = found["formal"] or found["plain"]
        known = _found(chain.split(".")[1:], run)
        if known is None:
            return "" if found["quiet"] else found[0]
        return shown(known)

    return _REFERENCE.sub(value, text)


def _found(names: list[str], run: Run) -> object:
    call = run.call
    found: object = {
        "args": run.arguments,
        "arguments": run.arguments,
        "identity": shown_identity(call.caller),
        "request": {"headers": call.headers},
        "source": call.source,
        "stash": {"typeName": call.parent, "fieldName": call.field},
    }
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
