"""Which app client calls, and whether it may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.identity.user_pool.refusal import Refusal, not_authorized

if TYPE_CHECKING:
    from amplikit.identity.user_pool.pool import UserPool

__all__ = ["client_refusal"]


def client_refusal(pool: UserPool, client_id: str, secret_hash: str) -> Refusal | None:
    """Refuse a client that is not the pool's, or that shows a secret it cannot have."""
    if client_id != pool.facts.user_pool_client_id:
        message = f"User pool client {client_id} does not exist."
        return Refusal("ResourceNotFoundException", message)
    if secret_hash:
        return not_authorized(f"Unable to verify secret hash for client {client_id}")
    return None
