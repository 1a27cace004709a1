"""P23, P24: an admin role, by whatever part of its ARN, is above the rules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Provider
from amplikit.emulator.pitfalls.codes import pitfall
from amplikit.identity.caller import IamCaller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.trace import Pitfall

__all__ = ["detect"]

_IAM = (Provider.IAM, Provider.IDENTITY_POOL)


def detect(asked: Asked) -> Iterator[Pitfall]:
    """Yield pitfalls for what an admin role does beyond the rules for IAM."""
    caller = asked.caller
    if not isinstance(caller, IamCaller) or caller.cognito_identity_id is not None:
        return
    names = asked.blueprint.admin_role_names
    name = next((one for one in names if one in caller.user_arn), None)
    if name is None:
        return
    root = asked.operation.kind.value.capitalize()
    nodes = list(asked.document.fields(asked.operation.node.selection_set))
    exact = {one for one in names if one in re.split("[:/]", caller.user_arn)}
    if nodes and not exact:
        yield pitfall(
            "admin-role-by-substring",
            ((nodes[0].alias or nodes[0].name).value,),
            f"'{name}' is a part of '{caller.user_arn}' and makes '{caller.role}' an "
            "admin role, as it would any other ARN that contains it.",
            f'Name the whole role: admin_role_names = ["{caller.role}"]',
        )
    rules = {one.coordinate: one for one in asked.blueprint.field_rules}
    for node in nodes:
        key = (node.alias or node.name).value
        found = rules.get(f"{root}.{node.name.value}")
        if found is None or asked.data.get(key) is None:
            continue
        for_iam = [rule for rule in found.rules if rule.provider in _IAM]
        named = frozenset[str]().union(*(rule.operations for rule in for_iam))
        if for_iam and found.operation not in named:
            yield pitfall(
                "admin-role-skips-rules",
                (key,),
                f"The IAM rules of '{found.model}' name {', '.join(sorted(named))}; "
                f"'{caller.role}' is an admin role, so '{found.operation}' was done "
                "without any rule.",
                "Bound the role by its IAM policy instead: leave out types/"
                f"{root}/fields/{node.name.value}.",
            )
