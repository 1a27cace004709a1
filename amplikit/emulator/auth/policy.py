"""Layer 2: whether an IAM role may call a root field.

The service evaluates ``appsync:GraphQL`` for each root field of an operation; nested
fields are not evaluated. Source: AppSync developer guide, "AWS_IAM authorization".
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.blueprint.denials import ByPolicy, Denial
from amplikit.blueprint.policies import allows
from amplikit.blueprint.resources import GRAPHQL_ACTION
from amplikit.emulator.trace import Considered, Decision
from amplikit.identity.credentials import IAM_USER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amplikit.blueprint.config import IamUserConfig, RoleConfig
    from amplikit.blueprint.policies import Verdict
    from amplikit.blueprint.resources import PolicyStatement, Role
    from amplikit.emulator.trace import Outcome
    from amplikit.identity.caller import IamCaller

__all__ = ["RolePolicies", "refuses_whole_request"]


def refuses_whole_request(requested: int, denied: int) -> bool:
    """Whether so many denied root fields make the request fail as a whole.

    Assumed: all of them. With fewer, only the denied fields are null.
    """
    return 0 < requested <= denied


class RolePolicies:
    """The policies of the API's roles, each question answered once."""

    def __init__(
        self,
        deployed: Iterable[Role],
        configured: Iterable[RoleConfig],
        api_arn: str,
        users: Iterable[IamUserConfig] = (),
    ) -> None:
        self._statements: dict[str, tuple[PolicyStatement, ...]] = {}
        for name, statements in (
            *((role.name, role.policy) for role in deployed),
            *((role.name, role.statements) for role in configured),
            *((f"{IAM_USER}{user.name}", user.statements) for user in users),
        ):
            self._statements[name] = (*self._statements.get(name, ()), *statements)
        self._api_arn = api_arn
        self._known: dict[tuple[str, str, str], Verdict] = {}

    def verdict(self, role: str, parent: str, field: str) -> Verdict:
        """Return what the role's policy says of ``parent.field``."""
        question = (role, parent, field)
        known = self._known.get(question)
        if known is None:
            known = self._known[question] = allows(
                self._statements.get(role, ()),
                GRAPHQL_ACTION,
                f"types/{parent}/fields/{field}",
                self._api_arn,
            )
        return known

    def decide(
        self, caller: IamCaller, coordinate: str, *, explained: bool = False
    ) -> Decision:
        """Return what the policy of the caller's role says of a root field.

        ``explained``: with what came of each statement.
        """
        parent, _, name = coordinate.partition(".")
        verdict = self.verdict(caller.role, parent, name)
        statement = verdict.statement
        denial = None
        if not verdict.allowed:
            cause = ByPolicy(caller.role, statement is not None)
            denial = Denial(coordinate, caller, cause)
        return Decision(
            (name,),
            "policy",
            "allow" if verdict.allowed else "deny",
            statement.where if statement else None,
            (("role", caller.role), ("field", coordinate)),
            _hint(caller, coordinate, statement) if denial else "",
            tuple(self._considered(caller.role, coordinate)) if explained else (),
            denial,
        )

    def _considered(self, role: str, coordinate: str) -> Iterator[Considered]:
        """Yield the statements of a role's policy, and what came of each."""
        parent, _, field = coordinate.partition(".")
        resource = f"types/{parent}/fields/{field}"
        # A configured role is also a deployed one, with the same statements.
        for one in dict.fromkeys(self._statements.get(role, ())):
            # Alone and allowing, a statement says whether it is about the field.
            alone = replace(one, effect="Allow")
            about = allows((alone,), GRAPHQL_ACTION, resource, self._api_arn).allowed
            names = ", ".join((*one.actions, *one.resources))
            why = "it is about the field." if about else "it is not about the field."
            outcome: Outcome = "matched" if about else "skipped"
            yield Considered(f"{one.effect} {names}", one.where, outcome, why)

    def verdict_on(self, role: str, action: str, resource: str) -> Verdict:
        """Return what the role's policy says of an action on a resource's ARN."""
        statements = self._statements.get(role, ())
        return allows(statements, action, resource, self._api_arn)

    def connects(self, role: str) -> bool:
        """Whether the role may open a real-time connection: any field will do.

        Assumed: the policy check at connect time covers the API as a whole.
        """
        return any(
            statement.effect == "Allow"
            and allows((statement,), GRAPHQL_ACTION, resource, self._api_arn).allowed
            for statement in self._statements.get(role, ())
            for resource in statement.resources
        )


def _hint(caller: IamCaller, coordinate: str, denying: PolicyStatement | None) -> str:
    """Say what would let a role in; the identity pool's have what the rules give."""
    if denying is not None:
        return "A statement of its policy denies it explicitly."
    parent, _, name = coordinate.partition(".")
    kind = caller.cognito_identity_auth_type
    if kind is None:
        return f"Add types/{parent}/fields/{name} to the policy of '{caller.role}'."
    allow = "private" if kind == "authenticated" else "public"
    return (
        f"No rule gives {coordinate} to '{caller.role}': add "
        f"{{ allow: {allow}, provider: iam }}."
    )
