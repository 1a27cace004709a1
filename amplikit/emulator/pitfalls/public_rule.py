"""P27: ``public`` without a provider is for the API key, not for who signs in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operations import Who
from amplikit.emulator.pitfalls.codes import pitfall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.pitfalls.facts import Refusal
    from amplikit.emulator.trace import Decision, Path, Pitfall

__all__ = ["detect_by_directive", "detect_by_rule"]

_TOKENS = (AuthMode.USER_POOLS, AuthMode.OIDC)


def detect_by_directive(denial: Decision, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for a root field that admits API keys and no token."""
    admitted = dict(denial.values).get("admitted")
    modes = admitted if isinstance(admitted, list) else []
    refused = asked.caller.mode in _TOKENS and asked.caller.mode not in modes
    if refused and len(denial.path) == 1 and AuthMode.API_KEY in modes:
        yield _told(denial.path, asked)


def detect_by_rule(refusal: Refusal, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for a refused token where an API key would do."""
    public = any(
        grant.mode is AuthMode.API_KEY and grant.who is Who.ANY_OF_MODE
        for grant in refusal.operation.grants
    )
    if public and len(refusal.path) == 1 and asked.caller.mode in _TOKENS:
        yield _told(refusal.path, asked)


def _told(path: Path, asked: Asked) -> Pitfall:
    oidc = asked.caller.mode is AuthMode.OIDC
    provider = ", provider: oidc" if oidc else ""
    return pitfall(
        "public-is-api-key",
        path,
        "'allow: public' is for apiKey: a call with an API key is let in, "
        f"{asked.caller.label} with a token is not.",
        f"Add the rule {{ allow: private{provider} }} beside it.",
    )
