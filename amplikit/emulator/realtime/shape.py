"""What two subscriptions have in common that are told the same of any event."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from graphql import FieldNode, Visitor, print_ast, visit

from amplikit.emulator.scalars import json_text
from amplikit.identity.caller import (
    ApiKeyCaller,
    IamCaller,
    LambdaCaller,
    OidcCaller,
    UserPoolCaller,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import Node, VariableNode

    from amplikit.emulator.documents import Document, Operation
    from amplikit.identity.caller import Caller

__all__ = ["shape_of"]

_GROUPS = "cognito:groups"


def shape_of(
    prepared: tuple[Document, Operation],
    variables: Mapping[str, object],
    caller: Caller,
    groups: frozenset[str],
) -> str:
    """Return a text that is the same for the same selection by the same access.

    The root field's arguments choose events and do not change them; so they are left
    out, with the variables that nothing else names. ``variables`` are the coerced ones,
    ``groups`` those that the schema's directives name.
    """
    nodes = [*_selecting(*prepared)]
    used = _Used()
    for node in nodes:
        visit(node, used)
    values = {name: variables.get(name) for name in sorted(used.names)}
    return "\n".join(
        (
            _access(caller, groups),
            *map(print_ast, nodes),
            json_text(values).decode(),
        )
    )


def _selecting(document: Document, operation: Operation) -> tuple[Node, ...]:
    """Return what says how an event is shown."""
    fragments = tuple(document.fragments.values())
    match operation.node.selection_set.selections:
        case (FieldNode(name=name, alias=alias, directives=directives) as root,):
            inner = (root.selection_set,) if root.selection_set else ()
            return (alias or name, name, *(directives or ()), *inner, *fragments)
        case _:
            # The root field stands in a fragment, with whatever is around it.
            return (operation.node, *fragments)


class _Used(Visitor):
    """Collects the names of variables."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        """Keep a name."""
        self.names.add(node.name.value)


def _access(caller: Caller, groups: frozenset[str]) -> str:
    """Return whatever decides about a field of an event: layer 1 sees nothing else."""
    match caller:
        case ApiKeyCaller() | IamCaller() | OidcCaller():
            seen: list[str] = []
        case LambdaCaller(denied_fields=denied):
            seen = sorted(denied)
        case UserPoolCaller(claims=claims):
            claimed = claims.get(_GROUPS)
            named = claimed if isinstance(claimed, list) else []
            seen = sorted(one for one in named if isinstance(one, str))
            seen = [one for one in seen if one in groups]
        case _:
            assert_never(caller)
    return " ".join((caller.mode.value, *map(repr, seen)))
