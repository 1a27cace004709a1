"""What a client presents: over HTTP, or as JSON in a real-time message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.blueprint.modes import AuthMode
    from amplikit.identity.directory import IdentityStore
    from amplikit.identity.sigv4 import SignedRequest
    from amplikit.identity.token_verifier import TokenVerifier

__all__ = ["Presented", "Trusted"]


@dataclass(frozen=True, slots=True)
class Presented:
    """A request's headers by lower-case name, and the request as it was signed."""

    headers: Mapping[str, str] = field(repr=False)
    signed: SignedRequest = field(repr=False)
    source_ip: tuple[str, ...] = ("127.0.0.1",)


@dataclass(frozen=True, slots=True)
class Trusted:
    """Whom one API trusts: its modes, its keys, credentials and user pool."""

    modes: tuple[AuthMode, ...]
    identity: IdentityStore
    tokens: TokenVerifier
    issuer: str
