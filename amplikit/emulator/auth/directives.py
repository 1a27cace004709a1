"""The directives that AppSync predefines; the emulator's schema declares them."""

from __future__ import annotations

from typing import Final

__all__ = ["DIRECTIVES_SDL"]

DIRECTIVES_SDL: Final[tuple[str, ...]] = (
    "directive @aws_api_key on OBJECT | FIELD_DEFINITION",
    "directive @aws_iam on OBJECT | FIELD_DEFINITION",
    "directive @aws_oidc on OBJECT | FIELD_DEFINITION",
    "directive @aws_lambda on OBJECT | FIELD_DEFINITION",
    (
        "directive @aws_cognito_user_pools(cognito_groups: [String])"
        " on OBJECT | FIELD_DEFINITION"
    ),
    "directive @aws_auth(cognito_groups: [String]) on FIELD_DEFINITION",
    "directive @aws_subscribe(mutations: [String]) on FIELD_DEFINITION",
    "directive @aws_publish(subscriptions: [String]) on FIELD_DEFINITION",
)
