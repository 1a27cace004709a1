"""The token issuers of a configuration, ready to verify."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.modes import AuthMode
from amplikit.emulator.auth.authorizer import Authorizer
from amplikit.emulator.auth.presented import Others
from amplikit.emulator.auth.token_issuers import OidcIssuer, OtherUserPool

if TYPE_CHECKING:
    from amplikit.emulator.runtime import Runtime

__all__ = ["others_of"]


def others_of(runtime: Runtime) -> Others:
    """Return who vouches for tokens besides the API's own pool."""
    providers, auth = runtime.config.providers, runtime.blueprint.auth
    fetch = runtime.fetch
    alone = auth.modes == (AuthMode.OIDC,) and len(providers.oidc) == 1
    api_arn = runtime.identity.facts.api_arn
    return Others(
        client_ids=providers.client_ids,
        default_action=auth.default_action.value
        if auth.default is AuthMode.USER_POOLS
        else None,
        pools=tuple(OtherUserPool(each, fetch) for each in providers.user_pools),
        oidc=tuple(OidcIssuer(each, fetch, alone=alone) for each in providers.oidc),
        authorizer=Authorizer(providers.authorizer, runtime.invoke, api_arn)
        if providers.authorizer
        else None,
    )
