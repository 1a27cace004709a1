"""A claim that differs from Cognito's own by its spelling alone.

A claim that no token has lets nobody in, and says nothing. What a trigger adds to the
tokens, and other providers' claims, have names that only their owner knows.
Source: Amazon Cognito, "Understanding user pool JSON web tokens".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Provider, Strategy
from amplikit.errors import Problem
from amplikit.inspect.written import every_rule, written_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, AuthRule
    from amplikit.blueprint.config import Config

_KNOWN = (
    "cognito:groups",
    "cognito:username",
    "username",
    "sub",
    "email",
    "phone_number",
)
_NEAR = {re.sub(r"[^a-z]", "", name): name for name in _KNOWN} | {
    "groups": "cognito:groups",
    "group": "cognito:groups",
    "cognitogroup": "cognito:groups",
    "cognitouser": "cognito:username",
    "user": "username",
}


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a claim that is nearly one of Cognito's."""
    del config
    for model in written_models(api):
        for rule in every_rule(model):
            for argument, claim in _claims(rule):
                near = _NEAR.get(re.sub(r"[^a-z]", "", claim.lower()))
                if near is None or claim in _KNOWN:
                    continue
                yield Problem(
                    code="claim-name-unlikely",
                    message=(
                        f"Tokens of a user pool have no claim '{claim}': "
                        f"'{rule.text}' of '{model.name}' lets nobody in."
                    ),
                    hint=f"Write '{argument}: \"{near}\"'.",
                    where=rule.where,
                    severity="warning",
                )


def _claims(rule: AuthRule) -> Iterator[tuple[str, str]]:
    if rule.provider is not Provider.USER_POOLS:
        return
    if rule.allow is Strategy.GROUPS:
        yield "groupClaim", rule.group_claim
    for claim in (rule.identity_claim or "").split("::"):
        yield "identityClaim", claim
