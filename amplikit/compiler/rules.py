"""``@auth`` rules as they were written, and as they are meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphql import (
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    print_ast,
    value_from_ast_untyped,
)

from amplikit.blueprint.api import (
    AuthRule,
    Provider,
    RuleOperation,
    Strategy,
    Transformer,
)
from amplikit.blueprint.operation_kinds import READ_OPERATIONS
from amplikit.compiler.document import find_directive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import ConstDirectiveNode, ConstObjectValueNode

    from amplikit.compiler.document import Document
    from amplikit.errors import Where

__all__ = [
    "MODEL_OPERATIONS",
    "WrittenRule",
    "joined_owner_fields",
    "meant",
    "operations_v1",
    "type_rules",
    "written_rules",
]

MODEL_OPERATIONS = (
    RuleOperation.CREATE,
    RuleOperation.UPDATE,
    RuleOperation.DELETE,
    *READ_OPERATIONS,
)
_OPERATIONS = frozenset[str](RuleOperation)
_PROVIDERS = {
    Strategy.OWNER: Provider.USER_POOLS,
    Strategy.GROUPS: Provider.USER_POOLS,
    Strategy.PRIVATE: Provider.USER_POOLS,
    Strategy.PUBLIC: Provider.API_KEY,
    Strategy.CUSTOM: Provider.FUNCTION,
}


@dataclass(frozen=True, eq=False)
class WrittenRule:
    """One rule of an @auth directive, nothing filled in."""

    node: ConstObjectValueNode
    where: Where

    def has(self, name: str) -> bool:
        """Whether the argument is written, ``null`` included."""
        return any(field.name.value == name for field in self.node.fields or ())

    def value(self, name: str) -> object:
        """Return an argument's plain value, None when it is null or left out."""
        for field in self.node.fields or ():
            if field.name.value == name:
                if isinstance(field.value, NullValueNode):
                    return None
                return value_from_ast_untyped(field.value)
        return None

    def text(self, name: str) -> str | None:
        """Return an argument that is a string or an enum value."""
        value = self.value(name)
        return value if isinstance(value, str) else None

    def texts(self, name: str) -> tuple[str, ...] | None:
        """Return an argument that is a list of strings; one alone makes a list."""
        value = self.value(name)
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list):
            return None
        return tuple(item for item in value if isinstance(item, str))

    @property
    def allow(self) -> Strategy:
        """The strategy; validation has made sure of it."""
        return Strategy(self.text("allow") or Strategy.OWNER)

    @property
    def provider(self) -> Provider:
        """The provider, from the strategy when it is not written."""
        written = self.text("provider")
        return Provider(written) if written else _PROVIDERS[self.allow]


def written_rules(
    directive: ConstDirectiveNode, document: Document
) -> Iterator[WrittenRule]:
    """Yield the rules of an @auth directive; one alone needs no list."""
    for argument in directive.arguments or ():
        if argument.name.value != "rules":
            continue
        value = argument.value
        items = value.values if isinstance(value, ListValueNode) else (value,)
        for item in items or ():
            if isinstance(item, ObjectValueNode):
                yield WrittenRule(item, document.places.of(item))


def type_rules(document: Document, model: str) -> Iterator[WrittenRule]:
    """Yield the rules of a model's own @auth directive."""
    directive = find_directive(document.objects[model], "auth")
    if directive is not None:
        yield from written_rules(directive, document)


def meant(rule: WrittenRule, transformer: Transformer) -> AuthRule:
    """Return the rule with everything filled in that the transformer fills in."""
    first = transformer is Transformer.V1
    claim = rule.text("identityClaim")
    if first:
        claim = claim or rule.text("identityField")
    groups_field = rule.text("groupsField")
    groups = rule.texts("groups")
    # v1 takes `groups` alone for static; v2 the same, but only without a groupsField.
    static = groups is not None and (first or not groups_field)
    dynamic = rule.allow is Strategy.GROUPS and not static
    return AuthRule(
        allow=rule.allow,
        provider=rule.provider,
        operations=operations_v1(rule) if first else _operations_v2(rule),
        where=rule.where,
        text=" ".join(print_ast(rule.node).split()),
        owner_field=rule.text("ownerField") or "owner",
        identity_claim=claim,
        groups=groups or () if static else (),
        groups_field=groups_field or "groups" if dynamic else None,
        group_claim=rule.text("groupClaim") or "cognito:groups",
        provider_written=rule.text("provider") is not None,
    )


def _operations_v2(rule: WrittenRule) -> frozenset[RuleOperation]:
    written = rule.texts("operations")
    return frozenset(MODEL_OPERATIONS if written is None else _expanded(written))


def operations_v1(rule: WrittenRule) -> frozenset[RuleOperation]:
    """Return what a v1 rule protects, the arguments before ``operations`` included.

    Words that are no operations are passed over.
    """
    if rule.has("operations"):
        return frozenset(_expanded(rule.texts("operations") or ()))
    found: set[RuleOperation] = set()
    if rule.has("queries"):
        found.update(_expanded(rule.texts("queries") or ()))
    else:
        found.update(READ_OPERATIONS)
    if rule.has("mutations"):
        found.update(_expanded(rule.texts("mutations") or ()))
    else:
        found.update(_expanded(("create", "update", "delete")))
    return frozenset(found)


def _expanded(names: tuple[str, ...]) -> Iterator[RuleOperation]:
    for name in names:
        if name == "read":
            yield from READ_OPERATIONS
        elif name in _OPERATIONS:
            yield RuleOperation(name)


def joined_owner_fields(document: Document, model: str) -> frozenset[str]:
    """Return the owner fields that store several claims at once (v2)."""
    return frozenset(
        rule.text("ownerField") or "owner"
        for rule in type_rules(document, model)
        if rule.allow is Strategy.OWNER
        and "::" in (rule.text("identityClaim") or "sub::username")
    )
