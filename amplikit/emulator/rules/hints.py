"""What would change a verdict, in one imperative sentence; for the operator only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.blueprint.access_matrix import MODE_OF
from amplikit.blueprint.api import Strategy
from amplikit.blueprint.grants import (
    groups_of,
    holds_for_caller,
    holds_for_item,
    owner_identity,
)
from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operations import Grant, GroupIs, OwnerIs, When, Who
from amplikit.identity.caller import IamCaller

if TYPE_CHECKING:
    from amplikit.blueprint.api import AuthRule
    from amplikit.blueprint.operations import Authorize, Partial, Written
    from amplikit.emulator.run import Run
    from amplikit.errors import Where
    from amplikit.identity.caller import Caller

__all__ = [
    "BY_ITEMS",
    "WITHOUT_RULES",
    "Advice",
    "beside_rules",
    "denied_fields",
    "refused",
    "unprotected",
]

BY_ITEMS = "The items decide: those that do not name the caller are left out."
WITHOUT_RULES = (
    "The model has no @auth, which denies everybody in transformer v2: add a rule."
)

_RULE_FOR_MODE = {
    AuthMode.API_KEY: "allow: public",
    AuthMode.IAM: "allow: private, provider: iam",
    AuthMode.USER_POOLS: "allow: private",
    AuthMode.OIDC: "allow: private, provider: oidc",
    AuthMode.LAMBDA: "allow: custom",
}


@dataclass(frozen=True, slots=True)
class Advice:
    """A hint, and the place of the rule that it speaks of."""

    rule: Where | None = None
    hint: str = ""


def unprotected(operation: Authorize, caller: Caller) -> str:
    """Say that v1 checks nothing where no rule names the caller's mode."""
    return (
        f"No rule of '{operation.model}' protects '{operation.operation}' against "
        f"{caller.mode.value}: transformer v1 lets every such caller in."
    )


def beside_rules(grant: Grant) -> str:
    """Say that a role stands above the rules."""
    if grant.who is Who.ADMIN_ROLE:
        return "An admin role: no @auth rule applies to it, only its IAM policy."
    return "IAM access is on: no @auth rule applies, only the caller's IAM policy."


def denied_fields(fields: list[str]) -> str:
    """Say which rule would cover the refused fields."""
    names = ", ".join(f"'{name}'" for name in fields)
    return (
        f"Let the rule that admits the caller cover {names} (a field's own @auth "
        "stands in for the model's); setting a field to null needs 'delete' on it."
    )


def refused(
    operation: Authorize, run: Run, grants: tuple[Grant, ...], item: object
) -> Advice:
    """Return the nearest fix for a refusal, and the rule that it is about.

    ``grants`` are those of the caller's mode, ``item`` is what they looked at.
    """
    caller = run.call.caller
    roles = [g for g in grants if g.who in {Who.SIGNED_IN_ROLE, Who.GUEST_ROLE}]
    if isinstance(caller, IamCaller) and roles:
        return Advice(roles[0].where, _iam_in_v2(caller, roles[0]))
    short = next((p for p in operation.partial if _names(p.grant, caller, item)), None)
    if short is not None:
        return Advice(short.where, _partial(operation, short))
    by_item = [grant for grant in grants if grant.item is not None]
    if by_item and operation.when is When.FETCHED and item is None:
        return Advice(by_item[0].where, _absent(operation))
    owner = next((g for g in by_item if isinstance(g.item, OwnerIs)), None)
    if owner is not None:
        return Advice(owner.where, _owner(operation, run, owner, grants))
    groups = next((g for g in grants if g.who is Who.GROUPS), None)
    if groups is not None:
        return Advice(
            groups.where,
            f"Add the user to group '{groups.names[0]}' and sign in again: a token "
            "carries the groups of the moment it was issued.",
        )
    if by_item:
        return Advice(
            by_item[0].where,
            f"The caller is in none of the groups that '{_attribute(by_item[0])}' "
            "names: add the user to one, and sign in again.",
        )
    near = next((one.rule for one in operation.written if _admits(one, caller)), None)
    if near is not None:
        return Advice(near.where, _one_more(operation, near))
    where = next((g.where for g in operation.grants if g.where is not None), None)
    beside = f" beside the rule at {where}" if where else ""
    return Advice(
        where,
        f"No rule of '{operation.model}' allows '{operation.operation}' to "
        f"{caller.mode.value}: add {_rule(operation, caller)}{beside}.",
    )


def _names(grant: Grant, caller: Caller, item: object) -> bool:
    found = item if isinstance(item, dict) else None
    return holds_for_caller(grant, caller) or holds_for_item(grant, caller, found)


def _partial(operation: Authorize, short: Partial) -> str:
    fields = ", ".join(f"'{name}'" for name in short.fields)
    return (
        f"{short.grant.text} would do, but {operation.operation} needs every field, "
        f"and the rules of {fields} leave it out: add it there."
    )


def _absent(operation: Authorize) -> str:
    return (
        f"There is no item to {operation.operation}, and so none that names the "
        "caller: check the key. Transformer v2 answers as for somebody else's item."
    )


def _owner(
    operation: Authorize, run: Run, owner: Grant, grants: tuple[Grant, ...]
) -> str:
    attribute = _attribute(owner)
    caller = run.call.caller
    # Who lacks one of the claims cannot become the owner.
    known = isinstance(owner.item, OwnerIs) and owner_identity(owner.item, caller)
    fills = owner.fill and known
    if operation.when is When.INPUT and fills and attribute in run.input:
        return (
            f"The input's '{attribute}' does not name the caller: leave it out, and "
            "the caller becomes the owner."
        )
    others = [
        *(f"group '{name}'" for g in grants if g.who is Who.GROUPS for name in g.names),
        *(
            f"a group that '{g.item.attribute}' names"
            for g in grants
            if isinstance(g.item, GroupIs)
        ),
    ]
    who = " or ".join([f"the owner named in '{attribute}'", *others])
    call_as = "one of them" if others else "the owner"
    return (
        f"Only {who} may {operation.operation}: call as {call_as}, or add "
        f"{_rule(operation, caller)}."
    )


def _iam_in_v2(caller: IamCaller, role: Grant) -> str:
    if caller.cognito_identity_auth_type is not None:
        wanted = (
            "private"
            if caller.cognito_identity_auth_type == "authenticated"
            else "public"
        )
        return (
            f"In transformer v2 this rule is for the other role of the identity pool: "
            f"add {{ allow: {wanted}, provider: iam }}."
        )
    meant = "signed-in" if role.who is Who.SIGNED_IN_ROLE else "guest"
    return (
        f"In transformer v2 this rule means the identity pool's {meant} role only. To "
        f"let '{caller.role}' in, make it an admin role, to which no rule applies "
        "(admin_role_names in the project's amplify-config/identities.toml, or "
        "adminRoles in --flags), or switch IAM access on (iam_access there, or "
        "enableIamAccess)."
    )


def _admits(written: Written, caller: Caller) -> bool:
    """Whether a rule is for this caller, whatever operations it names.

    What the items decide is not known here, and what IAM means is another matter.
    """
    rule, mode = written.rule, caller.mode
    if written.field is not None or mode is AuthMode.IAM:
        return False
    if MODE_OF[rule.provider] is not mode or rule.allow is Strategy.OWNER:
        return False
    if rule.allow is not Strategy.GROUPS:
        return True
    return any(name in groups_of(caller, rule.group_claim) for name in rule.groups)


def _one_more(operation: Authorize, rule: AuthRule) -> str:
    asked = _asked(operation)
    return (
        f"The rule {rule.text} is for this caller, but does not allow "
        f"'{operation.operation}': add '{asked}' to its operations."
    )


def _attribute(grant: Grant) -> str:
    return grant.item.attribute if grant.item is not None else ""


def _rule(operation: Authorize, caller: Caller) -> str:
    """Return the rule that would let every caller of this mode in."""
    asked = _asked(operation)
    # A field of a root type is an operation itself, and its rules name none.
    operations = "" if asked == "call" else f", operations: [{asked}]"
    return f"{{ {_RULE_FOR_MODE[caller.mode]}{operations} }}"


def _asked(operation: Authorize) -> str:
    """Return the operation as a rule would name it."""
    name = operation.operation.partition(" ")[0]
    return "read" if name in {"get", "list", "listen"} else name
