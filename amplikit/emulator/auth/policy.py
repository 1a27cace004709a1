"""Layer 2: whether an IAM role may call a root field.

The service evaluates ``appsync:GraphQL`` for each root field of an operation; nested
fields are not evaluated. Source: AppSync developer guide, "AWS_IAM authorization".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.policies import allows
from amplikit.blueprint.resources import GRAPHQL_ACTION
from amplikit.identity.credentials import IAM_USER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amplikit.blueprint.config import IamUserConfig, RoleConfig
    from amplikit.blueprint.policies import Verdict
    from amplikit.blueprint.resources import PolicyStatement, Role

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
