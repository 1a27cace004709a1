"""``/cognito-identity/``: the identity pool's API.

Browser SDKs call it directly and without a signature; what administers it asks IAM.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amplikit.blueprint.providers import OidcProvider
from amplikit.blueprint.resources import guest_role, signed_in_role
from amplikit.emulator import wire
from amplikit.emulator.auth.fetch import FetchFailed
from amplikit.emulator.auth.role_trust import IDENTITY_POOL
from amplikit.emulator.auth.token_issuers import OidcIssuer
from amplikit.emulator.http import Response, json_response
from amplikit.emulator.log import one_line, refusal_line
from amplikit.emulator.refusal import RequestRefusal
from amplikit.identity import sigv4
from amplikit.identity.compact_jwt import decode
from amplikit.identity.identity_pool import words
from amplikit.identity.identity_pool.identities import Login
from amplikit.identity.identity_pool.open_id_tokens import OpenIdTokens
from amplikit.identity.identity_pool.operations import identity_arn
from amplikit.identity.identity_pool.pool import PoolCall, VerifiedLogin
from amplikit.identity.identity_pool.protocol import read_call
from amplikit.identity.identity_pool.refusals import (
    UNKNOWN_PROVIDER,
    Refusal,
    bad_login,
)
from amplikit.identity.identity_pool.roles import PoolRoles
from amplikit.identity.token_cache import RefusalReason, TokenRefusal
from amplikit.identity.token_verifier import verify_token

if TYPE_CHECKING:
    from datetime import datetime

    from amplikit.emulator.http import Request
    from amplikit.emulator.service import Service
    from amplikit.identity.identity_pool.operations import Answer, Operation

__all__ = ["IDENTITY_POOL_PATHS", "IdentityPoolServer", "answer_identity_pool"]

IDENTITY_POOL_PATHS: Final = ("/cognito-identity", "/cognito-identity/")
_CONTENT_TYPE: Final = "application/x-amz-json-1.1"
_SERVICE: Final = "cognito-identity"
_MISSING: Final = Refusal(words.MISSING_AUTHENTICATION, words.MISSING_TOKEN)


class IdentityPoolServer:
    """What the requests to the pool share: the issuers it knows, and its own tokens."""

    def __init__(self, service: Service) -> None:
        runtime = service.runtime
        identity = runtime.identity
        self._service = service
        self.open_id_tokens = OpenIdTokens(identity.database, identity.facts)
        name = runtime.blueprint.name
        self.settings = runtime.config.identity_pool
        self.roles = PoolRoles(
            signed_in_role(name), guest_role(name), self.settings.mapping
        )
        self._own = (
            identity.facts.user_pool_provider,
            _without_scheme(service.issuer),
        )
        self._issuers = {
            _without_scheme(issuer): OidcIssuer(
                OidcProvider(issuer), runtime.fetch, alone=False
            )
            for issuer in self.settings.oidc
        }

    def call(self) -> PoolCall:
        """Return what one operation works with."""
        runtime = self._service.runtime
        identity, now = runtime.identity, runtime.clock()

        async def verify(provider: str, token: str) -> VerifiedLogin | Refusal:
            return await self._verify(provider, token, now)

        return PoolCall(
            facts=identity.facts,
            settings=self.settings,
            roles=self.roles,
            credentials=identity.credentials,
            open_id_tokens=self.open_id_tokens,
            verify_login=verify,
            trusts=lambda role: self._service.role_trust.trusts(role, IDENTITY_POOL),
            now=now,
        )

    async def _verify(
        self, provider: str, token: str, now: datetime
    ) -> VerifiedLogin | Refusal:
        service = self._service
        issuer = self._issuers.get(provider)
        decoded = decode(token)
        own = provider in self._own
        if own:
            trust = service.runtime.identity.trust(service.issuer)
            verified = verify_token(token, trust, now)
        elif issuer is not None:
            kid = decoded.header.get("kid") if decoded else None
            try:
                verified = await issuer.verify(token, str(kid), now)
            except FetchFailed as failed:
                verified = TokenRefusal(RefusalReason.UNKNOWN_KEY, "", str(failed))
        else:
            return UNKNOWN_PROVIDER
        if own and not isinstance(verified, TokenRefusal):
            use = verified.claims.get("token_use")
            if use != "id":
                detail = f"token_use is {use!r}, not 'id'"
                verified = TokenRefusal(RefusalReason.USE, "", detail)
        if isinstance(verified, TokenRefusal):
            reason = f"login refused ({verified.reason}): {verified.detail}"
            service.log(one_line(f"/cognito-identity {reason}"))
            expired_at = decoded.claims.get("exp") if decoded else None
            return bad_login(verified, expired_at, int(now.timestamp()))
        subject = str(verified.claims.get("sub", ""))
        name = service.runtime.identity.facts.user_pool_provider if own else provider
        return VerifiedLogin(Login(name, subject), verified.claims if own else None)


async def answer_identity_pool(service: Service, request: Request) -> Response:
    """Answer an operation of the identity pool."""
    answer = await _answer(service, request)
    if not isinstance(answer, Refusal):
        return json_response(200, answer, _CONTENT_TYPE)
    told = RequestRefusal(400, answer.type, answer.message, answer.message)
    service.log(refusal_line("/cognito-identity", told))
    content = {"__type": answer.type, "message": answer.message}
    response = json_response(400, content, _CONTENT_TYPE)
    return response.with_headers((wire.HEADER_ERROR_TYPE, answer.type))


async def _answer(service: Service, request: Request) -> Answer | Refusal:
    read = read_call(request.headers.get("x-amz-target", ""), request.body)
    if isinstance(read, Refusal):
        return read
    operation, given = read
    if operation.signed:
        refusal = _refuse_administrator(service, request, operation)
        if refusal:
            return refusal
    return await operation.run(given, service.identity_pool.call())


def _refuse_administrator(
    service: Service, request: Request, operation: Operation
) -> Refusal | None:
    """Return why who has signed the request may not call the operation."""
    if not request.headers.get("authorization", "").strip():
        return _MISSING
    identity = service.runtime.identity
    facts = identity.facts
    verified = sigv4.verify(
        request.signed(),
        identity.credentials.find,
        service.runtime.clock(),
        sigv4.Scope(facts.region, _SERVICE),
    )
    if isinstance(verified, sigv4.SignatureRefusal):
        return Refusal(verified.error_type, verified.message)
    caller = identity.credentials.caller(verified.credential)
    action = f"{_SERVICE}:{operation.name}"
    arn = identity_arn(facts.region, facts.account_id, facts.identity_pool_id)
    if service.host.policies.verdict_on(caller.role, action, arn).allowed:
        return None
    told = words.NOT_ALLOWED % (caller.user_arn, action, arn, action)
    return Refusal(words.ACCESS_DENIED, told)


def _without_scheme(url: str) -> str:
    return url.partition("://")[2].rstrip("/")
