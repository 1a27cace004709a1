"""The file by which a frontend finds this server, in the forms of amplify-js.

amplify-js 6 knows three forms and takes the endpoints of a user pool and of an
identity pool in one of them alone, its own ``ResourcesConfig`` (``Auth.Cognito`` and
``API.GraphQL``). In the other two it asks AWS, and would send passwords there. So each
file is a ``ResourcesConfig``, with the members of the older form beside it wherever
amplify-js does not take the file for one of that form because of them.
Source: amplify-js, ``parseAmplifyConfig``: a key that starts with ``aws_`` makes it the
CLI's form, a ``version`` that starts with 1 makes it that of Gen 2.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from amplikit.blueprint.user_pool import Factor, Mfa

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amplikit.blueprint.modes import AuthMode
    from amplikit.blueprint.user_pool import UserPoolSettings
    from amplikit.emulator.ready import Endpoints
    from amplikit.identity.facts import Facts

__all__ = ["ExportFormat", "Frontend", "frontend_file"]

_MODES = {
    "API_KEY": "apiKey",
    "AWS_IAM": "iam",
    "AMAZON_COGNITO_USER_POOLS": "userPool",
    "OPENID_CONNECT": "oidc",
    "AWS_LAMBDA": "lambda",
}
_REQUIRED = {Mfa.ON: "REQUIRED", Mfa.OPTIONAL: "OPTIONAL", Mfa.OFF: "NONE"}
_FACTORS = {Factor.SMS: "SMS", Factor.TOTP: "TOTP"}

_SCRIPT = """\
// The local API, written by "amplikit exports". It is replaced by Amplify's own file.
const awsmobile = {config};

// What code reads by name. It is not enumerable, since amplify-js would take the
// endpoints for those of AWS then.
const values = {values};
for (const [name, value] of Object.entries(values)) {{
  Object.defineProperty(awsmobile, name, {{ value }});
}}

export default awsmobile;
"""


class ExportFormat(StrEnum):
    """The files that Amplify writes for a frontend."""

    AWS_EXPORTS = "aws-exports"
    AMPLIFY_CONFIGURATION = "amplifyconfiguration"
    AMPLIFY_OUTPUTS = "amplify_outputs"


@dataclass(frozen=True, slots=True)
class Frontend:
    """What a frontend needs to know; ``modes`` begin with the default."""

    endpoints: Endpoints
    facts: Facts
    modes: tuple[AuthMode, ...]
    pool: UserPoolSettings
    api_key: str | None = field(repr=False)

    @property
    def kinds(self) -> dict[str, bool]:
        """Return which kinds of characters a password needs."""
        policy = self.pool.password_policy
        return {
            "lowercase": policy.require_lowercase,
            "uppercase": policy.require_uppercase,
            "numbers": policy.require_numbers,
            "symbols": policy.require_symbols,
        }

    @property
    def factors(self) -> list[str]:
        """Return the second factors' names."""
        return [_FACTORS[one] for one in self.pool.factors]


def frontend_file(form: ExportFormat, frontend: Frontend) -> str:
    """Return the whole text of the file; it holds the API key, as Amplify's does."""
    config = _resources(frontend)
    match form:
        case ExportFormat.AWS_EXPORTS:
            return _SCRIPT.format(config=_json(config), values=_json(_values(frontend)))
        case ExportFormat.AMPLIFY_CONFIGURATION:
            return _json(config) + "\n"
        case ExportFormat.AMPLIFY_OUTPUTS:
            # Any version but 1, and none of its keys means anything else to amplify-js.
            outputs = {"version": "local", **_outputs(frontend)}
            return _json({**outputs, **config}) + "\n"
        case _:
            assert_never(form)


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, indent=2)


def _resources(frontend: Frontend) -> dict[str, object]:
    facts, endpoints, pool = frontend.facts, frontend.endpoints, frontend.pool
    names = [one.value for one in pool.username_attributes]
    kinds = frontend.kinds
    cognito = {
        "userPoolId": facts.user_pool_id,
        "userPoolClientId": facts.user_pool_client_id,
        "userPoolEndpoint": endpoints.user_pool,
        "identityPoolId": facts.identity_pool_id,
        "identityPoolEndpoint": endpoints.identity_pool,
        "allowGuestAccess": True,
        "signUpVerificationMethod": "code",
        "loginWith": {
            "username": not names,
            "email": "email" in names,
            "phone": "phone_number" in names,
        },
        "userAttributes": {
            name: {"required": True} for name in pool.required_attributes
        },
        "mfa": {
            "status": pool.mfa.value.lower(),
            "totpEnabled": "TOTP" in frontend.factors,
            "smsEnabled": "SMS" in frontend.factors,
        },
        "passwordFormat": {
            "minLength": pool.password_policy.minimum_length,
            "requireLowercase": kinds["lowercase"],
            "requireUppercase": kinds["uppercase"],
            "requireNumbers": kinds["numbers"],
            "requireSpecialCharacters": kinds["symbols"],
        },
    }
    graphql: dict[str, object] = {
        "endpoint": endpoints.graphql,
        "region": facts.region,
        "defaultAuthMode": _MODES[frontend.modes[0].value],
    }
    if frontend.api_key:
        graphql["apiKey"] = frontend.api_key
    return {"Auth": {"Cognito": cognito}, "API": {"GraphQL": graphql}}


def _values(frontend: Frontend) -> dict[str, object]:
    """Return the CLI's form, as ``aws-exports.js`` has it."""
    facts, pool = frontend.facts, frontend.pool
    needed = [kind for kind, is_needed in frontend.kinds.items() if is_needed]
    values: dict[str, object] = {
        "aws_project_region": facts.region,
        "aws_appsync_graphqlEndpoint": frontend.endpoints.graphql,
        "aws_appsync_region": facts.region,
        "aws_appsync_authenticationType": frontend.modes[0].value,
        "aws_cognito_region": facts.region,
        "aws_user_pools_id": facts.user_pool_id,
        "aws_user_pools_web_client_id": facts.user_pool_client_id,
        "aws_cognito_identity_pool_id": facts.identity_pool_id,
        "aws_cognito_username_attributes": _upper(pool.username_attributes),
        "aws_cognito_signup_attributes": _upper(pool.required_attributes),
        "aws_cognito_verification_mechanisms": _upper(pool.verified_by),
        "aws_cognito_mfa_configuration": pool.mfa.value,
        "aws_cognito_mfa_types": frontend.factors,
        "aws_cognito_password_protection_settings": {
            "passwordPolicyMinLength": pool.password_policy.minimum_length,
            "passwordPolicyCharacters": [f"REQUIRES_{kind.upper()}" for kind in needed],
        },
    }
    if frontend.api_key:
        values["aws_appsync_apiKey"] = frontend.api_key
    return values


def _upper(names: Iterable[str]) -> list[str]:
    return [name.upper() for name in names]


def _outputs(frontend: Frontend) -> dict[str, object]:
    """Return the members of Gen 2's ``amplify_outputs.json``."""
    facts, pool = frontend.facts, frontend.pool
    data: dict[str, object] = {
        "aws_region": facts.region,
        "url": frontend.endpoints.graphql,
        "default_authorization_type": frontend.modes[0].value,
        "authorization_types": [mode.value for mode in frontend.modes[1:]],
    }
    if frontend.api_key:
        data["api_key"] = frontend.api_key
    policy = {f"require_{kind}": needed for kind, needed in frontend.kinds.items()}
    auth = {
        "aws_region": facts.region,
        "user_pool_id": facts.user_pool_id,
        "user_pool_client_id": facts.user_pool_client_id,
        "identity_pool_id": facts.identity_pool_id,
        "username_attributes": [one.value for one in pool.username_attributes],
        "standard_required_attributes": [*pool.required_attributes],
        "user_verification_types": [one.value for one in pool.verified_by],
        "unauthenticated_identities_enabled": True,
        "mfa_configuration": _REQUIRED[pool.mfa],
        "mfa_methods": frontend.factors,
        "password_policy": {
            "min_length": pool.password_policy.minimum_length,
            **policy,
        },
    }
    return {"auth": auth, "data": data}
