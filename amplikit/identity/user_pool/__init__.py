"""The Cognito user pool: its operations, one file each."""

from __future__ import annotations

from amplikit.identity.user_pool import (
    confirm_sign_up,
    initiate_auth,
    resend_confirmation_code,
    sign_up,
)

__all__ = ["OPERATIONS"]

OPERATIONS = (
    sign_up.OPERATION,
    confirm_sign_up.OPERATION,
    resend_confirmation_code.OPERATION,
    initiate_auth.OPERATION,
)
