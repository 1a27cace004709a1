"""What would change a verdict, in one imperative sentence; for the operator only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operations import Grant, GroupIs, OwnerIs, Who
from amplikit.identity.caller import IamCaller

if TYPE_CHECKING:
    from amplikit.blueprint.operations import Authorize
    from amplikit.identity.caller import Caller

__all__ = [
    "BY_ITEMS",
    "WITHOUT_RULES",
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
        f"Let the rule that admits the caller cover {names}; setting a field to null "
        "needs 'delete' on it."
    )


def refused(operation: Authorize, caller: Caller, grants: tuple[Grant, ...]) -> str:
    """Return the nearest fix for a refusal."""
    if isinstance(caller, IamCaller) and any(
        grant.who in {Who.SIGNED_IN_ROLE, Who.GUEST_ROLE} for grant in grants
    ):
        return _iam_in_v2(caller, grants)
    owner = next((g for g in grants if isinstance(g.item, OwnerIs)), None)
    if owner is not None and isinstance(owner.item, OwnerIs):
        return (
            f"Only the owner named in '{owner.item.attribute}' may "
            f"{operation.operation}: call as the owner, or add "
            f"{_rule(operation, caller)}."
        )
    groups = [
        name for grant in grants if grant.who is Who.GROUPS for name in grant.names
    ]
    if groups:
        return (
            f"Add the user to group '{groups[0]}' and sign in again: a token carries "
            "the groups of the moment it was issued."
        )
    dynamic = next((g for g in grants if isinstance(g.item, GroupIs)), None)
    if dynamic is not None and dynamic.item is not None:
        return (
            f"The caller is in none of the groups that '{dynamic.item.attribute}' "
            "names: add the user to one, and sign in again."
        )
    return (
        f"No rule of '{operation.model}' allows '{operation.operation}' to "
        f"{caller.mode.value}: add {_rule(operation, caller)}."
    )


def _iam_in_v2(caller: IamCaller, grants: tuple[Grant, ...]) -> str:
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
    meant = (
        "signed-in"
        if any(grant.who is Who.SIGNED_IN_ROLE for grant in grants)
        else "guest"
    )
    return (
        f"In transformer v2 this rule means the identity pool's {meant} role only. To "
        f"let '{caller.role}' in, add it to admin_role_names in "
        "amplify-config/identities.toml (then no rule applies to it), or set "
        "iam_access = true there."
    )


def _rule(operation: Authorize, caller: Caller) -> str:
    """Return a rule that would let the caller in."""
    asked = _asked(operation)
    # A field of a root type is an operation itself, and its rules name none.
    operations = "" if asked == "call" else f", operations: [{asked}]"
    return f"{{ {_RULE_FOR_MODE[caller.mode]}{operations} }}"


def _asked(operation: Authorize) -> str:
    """Return the operation as a rule would name it."""
    name = operation.operation.partition(" ")[0]
    return "read" if name in {"get", "list", "listen"} else name
