"""P11: a part of a composite key was given without the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.pitfalls.codes import pitfall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.pitfalls.facts import KeyPartly
    from amplikit.emulator.trace import Pitfall

__all__ = ["detect"]


def detect(fact: KeyPartly, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for an input that gives some parts of a key."""
    del asked
    missing = ", ".join(f"'{name}'" for name in fact.missing)
    given = len(fact.parts) - len(fact.missing)
    whole = ", ".join(f"{name}: ..." for name in fact.parts)
    yield pitfall(
        "composite-key-partly",
        fact.path,
        f"{given} of the {len(fact.parts)} parts of the key '{'#'.join(fact.parts)}' "
        f"given, {missing} missing: the stored key cannot be made.",
        f"Give all of them: input: {{ {whole} }}",
    )
