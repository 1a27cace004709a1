"""P33: a type below the root does not admit the caller's mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.modes import AuthMode
from amplikit.emulator.pitfalls.codes import pitfall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked, Place
    from amplikit.emulator.trace import Decision, Pitfall

__all__ = ["detect"]

_DIRECTIVES = {
    AuthMode.API_KEY: "@aws_api_key",
    AuthMode.IAM: "@aws_iam",
    AuthMode.USER_POOLS: "@aws_cognito_user_pools",
    AuthMode.OIDC: "@aws_oidc",
    AuthMode.LAMBDA: "@aws_lambda",
}


def detect(denial: Decision, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for a refused field of a type that has no rules of its own."""
    place = asked.place(denial.path) if len(denial.path) > 1 else None
    if place is None:
        return
    name = place.parent.name
    if any(rules.model == name for rules in asked.blueprint.field_rules):
        return
    admitted = dict(denial.values).get("admitted")
    modes = [AuthMode(mode) for mode in admitted] if isinstance(admitted, list) else []
    wanted = " ".join(_DIRECTIVES[mode] for mode in (*modes, asked.caller.mode))
    yield pitfall(
        "nested-type-closed",
        denial.path,
        f"'{place.name}' of type {name} admits {', '.join(sorted(modes))}; the field "
        f"above it let {asked.caller.mode} through.",
        f"Write: {_opened(place, wanted)}",
    )


def _opened(place: Place, wanted: str) -> str:
    node = place.definition.ast_node
    own = (node and node.directives) or ()
    if any(one.name.value.startswith("aws_") for one in own):
        field = f"{place.name}: {place.definition.type} {wanted}"
        return f"type {place.parent.name} {{ {field} }}"
    return f"type {place.parent.name} {wanted} {{ ... }}"
