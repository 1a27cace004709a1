"""Who calls: local pools, keys, credentials, and their verification."""

from __future__ import annotations

from amplikit.identity.api_keys import ApiKey, ApiKeyRefused
from amplikit.identity.caller import (
    ApiKeyCaller,
    Caller,
    IamCaller,
    LambdaCaller,
    OidcCaller,
    UserPoolCaller,
)
from amplikit.identity.directory import DEFAULT_BASE_URL, IdentityStore
from amplikit.identity.sigv4 import Scope, SignatureRefusal, SignedRequest, Verified
from amplikit.identity.token_verifier import TokenRefusal, TokenVerifier

__all__ = [
    "DEFAULT_BASE_URL",
    "ApiKey",
    "ApiKeyCaller",
    "ApiKeyRefused",
    "Caller",
    "IamCaller",
    "IdentityStore",
    "LambdaCaller",
    "OidcCaller",
    "Scope",
    "SignatureRefusal",
    "SignedRequest",
    "TokenRefusal",
    "TokenVerifier",
    "UserPoolCaller",
    "Verified",
]
