"""``--auth``: the modes by name, or as AppSync's own objects with their settings.

``{"default": "API_KEY", "additional": [{"authenticationType": "OPENID_CONNECT",
"openIDConnectConfig": {"issuer": "https://..."}}]}``. The settings have the names of
AppSync's API, or of Amplify's files.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from amplikit.blueprint.modes import AuthConfig, AuthMode, DefaultAction
from amplikit.blueprint.patterns import java_pattern
from amplikit.blueprint.providers import (
    AuthProviders,
    LambdaAuthorizer,
    OidcProvider,
    UserPoolProvider,
)
from amplikit.errors import Problem, did_you_mean
from amplikit.project.amplify_auth import from_amplify
from amplikit.project.providers_file import ISSUER, MAX_TTL_MS, MAX_TTL_S

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["read_auth"]

_EXAMPLE = '{"default": "API_KEY", "additional": ["AWS_IAM"]}'
_SETTINGS = {
    AuthMode.USER_POOLS: "userPoolConfig",
    AuthMode.OIDC: "openIDConnectConfig",
    AuthMode.LAMBDA: "lambdaAuthorizerConfig",
}
_KEYS = {
    "userPoolConfig": (
        *("userPoolId", "awsRegion", "defaultAction", "appIdClientRegex", "issuer"),
    ),
    "openIDConnectConfig": (
        *("issuer", "issuerUrl", "clientId", "iatTTL", "authTTL", "name"),
    ),
    "lambdaAuthorizerConfig": (
        *("lambdaFunction", "ttlSeconds", "authorizerResultTtlInSeconds"),
        "identityValidationExpression",
    ),
}


@dataclass(slots=True)
class _Reading:
    """The option while it is read."""

    name: str
    problems: list[Problem]
    providers: AuthProviders = field(default_factory=AuthProviders)
    default_action: DefaultAction = DefaultAction.ALLOW
    pools: int = 0

    def problem(self, fact: str, hint: str) -> None:
        """Report what does not hold."""
        self.problems.append(Problem("option-invalid", f"{self.name}: {fact}", hint))


def read_auth(
    value: object, name: str, problems: list[Problem]
) -> tuple[AuthConfig, AuthProviders] | None:
    """Return the modes and their providers; None when there are none."""
    if value is None:
        return None
    reading = _Reading(name, problems)
    value = from_amplify(value)
    if not isinstance(value, dict) or "default" not in value:
        fact = "it is not an object with a 'default'."
        reading.problem(fact, f"Write it like {_EXAMPLE}.")
        return None
    _only(value, ("default", "additional"), reading)
    additional = value.get("additional") or []
    if not isinstance(additional, list):
        reading.problem("'additional' is not a list.", f"Write it like {_EXAMPLE}.")
        additional = []
    default = _entry(value["default"], reading, is_default=True)
    found = [_entry(each, reading) for each in additional]
    modes = [mode for mode in found if mode is not None]
    for mode in {default, *modes}:
        objects = [default, *modes].count(mode)
        if objects > 1 and objects > _allowed(mode, reading):
            reading.problem("a mode is named twice.", "Name each mode once.")
    others = dict.fromkeys(mode for mode in modes if mode is not default)
    config = AuthConfig(
        default or AuthMode.API_KEY, tuple(others), reading.default_action
    )
    return config, reading.providers


def _allowed(mode: AuthMode | None, reading: _Reading) -> int:
    """Return how many entries of a mode its providers account for."""
    match mode:
        case AuthMode.USER_POOLS:
            return 1 + len({pool.issuer for pool in reading.providers.user_pools})
        case AuthMode.OIDC:
            return len({one.issuer.rstrip("/") for one in reading.providers.oidc})
        case _:
            return 1


def _entry(
    value: object, reading: _Reading, *, is_default: bool = False
) -> AuthMode | None:
    if not isinstance(value, dict):
        return _mode(value, reading)
    given = _normal(value)
    mode = _mode(given.get("authenticationType"), reading)
    if mode is None:
        return None
    key = _SETTINGS.get(mode)
    _only(given, ("authenticationType", *((key,) if key else ())), reading)
    settings = given.get(key, {}) if key else {}
    if key is None or not isinstance(settings, dict):
        if key:
            reading.problem(f"'{key}' is not an object.", "Write it as an object.")
        return mode
    settings = _normal(settings)
    _only(settings, _KEYS[key], reading)
    match mode:
        case AuthMode.USER_POOLS:
            _user_pool(settings, reading, is_default=is_default)
        case AuthMode.OIDC:
            _oidc(settings, reading)
        case _:
            _authorizer(settings, reading)
    return mode


def _user_pool(
    settings: Mapping[str, object], reading: _Reading, *, is_default: bool
) -> None:
    """Read a pool: the first is the API's own, whatever its id; others have issuers."""
    reading.pools += 1
    client_ids = _pattern(settings, "appIdClientRegex", reading)
    action = settings.get("defaultAction", "ALLOW")
    if action not in set(DefaultAction):
        reading.problem("'defaultAction' is not ALLOW or DENY.", "Write ALLOW.")
    elif is_default:
        reading.default_action = DefaultAction(str(action))
    providers = reading.providers
    if reading.pools == 1 and "issuer" not in settings:
        reading.providers = replace(providers, client_ids=client_ids)
        return
    issuer = settings.get("issuer") or (
        f"https://cognito-idp.{settings.get('awsRegion')}.amazonaws.com"
        f"/{settings.get('userPoolId')}"
    )
    if not isinstance(issuer, str) or not ISSUER.fits(issuer):
        reading.problem(f"{_shown(issuer)} is not {ISSUER.words}.", "Correct it.")
        return
    pool = UserPoolProvider(issuer, client_ids)
    reading.providers = replace(providers, user_pools=(*providers.user_pools, pool))


def _oidc(settings: Mapping[str, object], reading: _Reading) -> None:
    issuer = settings.get("issuer") or settings.get("issuerUrl")
    if not isinstance(issuer, str) or not ISSUER.fits(issuer):
        reading.problem(
            f"the issuer {_shown(issuer)} is not {ISSUER.words}.", "Correct it."
        )
        return
    provider = OidcProvider(
        issuer,
        _pattern(settings, "clientId", reading),
        _number(settings, "iatTTL", MAX_TTL_MS, reading) or None,
        _number(settings, "authTTL", MAX_TTL_MS, reading) or None,
    )
    providers = reading.providers
    reading.providers = replace(providers, oidc=(*providers.oidc, provider))


def _authorizer(settings: Mapping[str, object], reading: _Reading) -> None:
    function = settings.get("lambdaFunction")
    if not isinstance(function, str) or not function:
        reading.problem(
            "'lambdaFunction' is not the name of a function.",
            "Name a function of the project.",
        )
        return
    ttl_s = max(
        _number(settings, "ttlSeconds", MAX_TTL_S, reading),
        _number(settings, "authorizerResultTtlInSeconds", MAX_TTL_S, reading),
    )
    pattern = _pattern(settings, "identityValidationExpression", reading)
    authorizer = LambdaAuthorizer(function, ttl_s, pattern)
    reading.providers = replace(reading.providers, authorizer=authorizer)


def _mode(value: object, reading: _Reading) -> AuthMode | None:
    known = [mode.value for mode in AuthMode]
    if isinstance(value, str) and value in known:
        return AuthMode(value)
    hint = did_you_mean(value, known).strip() if isinstance(value, str) else ""
    fact = f"{_shown(value)} is not an authorization mode."
    reading.problem(fact, hint or f"Use one of: {', '.join(known)}.")
    return None


def _normal(value: Mapping[str, object]) -> dict[str, object]:
    """Return the object with AppSync's spelling; CloudFormation's begins large."""
    spelt = {key.lower(): key for key in ("authenticationType", *_SETTINGS.values())}
    for keys in _KEYS.values():
        spelt |= {key.lower(): key for key in keys}
    return {
        spelt.get(key.lower(), key): each
        for key, each in value.items()
        if each is not None
    }


def _only(
    value: Mapping[str, object], known: tuple[str, ...], reading: _Reading
) -> None:
    for key in value:
        if key not in known:
            reading.problem(
                f"'{key}' is not one of its keys.", f"Write it like {_EXAMPLE}."
            )


def _pattern(settings: Mapping[str, object], key: str, reading: _Reading) -> str | None:
    value = settings.get(key)
    if not value:
        return None
    if not isinstance(value, str) or java_pattern(value) is None:
        fact = f"'{key}' is no regular expression that can be run here."
        reading.problem(fact, "Correct it.")
        return None
    return value


def _number(
    settings: Mapping[str, object], key: str, high: int, reading: _Reading
) -> int:
    value = settings.get(key, 0)
    # AppSync's answers have some of these numbers as texts.
    text = str(value) if isinstance(value, int | str) else ""
    if not (text.isdecimal() and text.isascii() and int(text[:20]) <= high):
        fact = f"'{key}' is not a whole number from 0 to {high}."
        reading.problem(fact, "Correct it.")
        return 0
    return int(text)


def _shown(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else json.dumps(value)[:60]
