"""The operations of the user pool's API, by what they are about."""

from __future__ import annotations

from amplikit.identity.user_pool.operations import (
    admin_changes,
    admin_users,
    authentication,
    confirm_sign_up,
    forgotten_password,
    groups,
    list_users,
    own_account,
    own_verification,
    pool_clients,
    pools,
    resend_confirmation_code,
    second_factors,
    sign_up,
    signing_out,
)

__all__ = ["OPERATIONS"]

OPERATIONS = (
    *sign_up.OPERATIONS,
    *confirm_sign_up.OPERATIONS,
    *resend_confirmation_code.OPERATIONS,
    *authentication.OPERATIONS,
    *forgotten_password.OPERATIONS,
    *own_account.OPERATIONS,
    *own_verification.OPERATIONS,
    *second_factors.OPERATIONS,
    *signing_out.OPERATIONS,
    *admin_users.OPERATIONS,
    *admin_changes.OPERATIONS,
    *groups.OPERATIONS,
    *list_users.OPERATIONS,
    *pools.OPERATIONS,
    *pool_clients.OPERATIONS,
)
