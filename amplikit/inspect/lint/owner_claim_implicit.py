"""v2: who owns an item is stored as ``sub::username`` unless the rule says otherwise.

Told where the stored text matters: where the owner field is the key of an index, which
compares what is stored and not what is shown (P13), and for OIDC tokens, which have no
claim ``username``. Without the flag the transformer stores the name alone and warns
itself (``owner-claim-changes``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import Provider, Transformer
from amplikit.errors import Problem
from amplikit.inspect.written import owner_rules, written_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, AuthRule, Index, Model
    from amplikit.blueprint.config import Config


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning an owner rule whose unwritten claim will be missed."""
    del config
    joined = api.flag("useSubUsernameForDefaultIdentityClaim", default=True)
    if api.transformer is not Transformer.V2 or not joined:
        return
    for model in written_models(api):
        for rule in owner_rules(model):
            if rule.identity_claim is not None:
                continue
            index = _index(model, rule)
            if rule.provider is Provider.OIDC:
                yield _problem(
                    rule,
                    f"'{rule.text}' of '{model.name}' asks for the claims 'sub' and "
                    "'username', and few OIDC tokens have a 'username'.",
                    'Name the claim that your tokens have: identityClaim: "sub".',
                )
            elif index is not None:
                yield _problem(
                    rule,
                    f"'{rule.owner_field}' of '{model.name}' is stored as "
                    f"'sub::username' and shown as the name: '{index.query_field}' "
                    "finds nothing for the value that callers see.",
                    'Say what to store: identityClaim: "username", or "sub". Items '
                    "that are there keep what they have.",
                )


def _problem(rule: AuthRule, message: str, hint: str) -> Problem:
    return Problem("owner-claim-implicit", message, hint, rule.where, "warning")


def _index(model: Model, rule: AuthRule) -> Index | None:
    return next(
        (
            index
            for index in model.indexes
            if index.fields[0] == rule.owner_field and index.query_field
        ),
        None,
    )
