"""``amplify-config/environments.toml``: the names of the Amplify environments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.project.section import Form

if TYPE_CHECKING:
    from amplikit.project.section import Section

__all__ = ["read_environments"]

_NAME = Form("[a-z]{2,10}", "2 to 10 lower-case letters, as Amplify demands")


def read_environments(file: Section) -> tuple[str, ...]:
    """Return the names; one table each, so that each can get settings of its own."""
    file.only("environments")
    names = []
    for name, section in file.named("environments", _NAME):
        section.only()
        names.append(name)
    return tuple(names) or ("dev",)
