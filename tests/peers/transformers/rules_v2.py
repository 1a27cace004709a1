"""Made-up ``@auth`` directives of v2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chances_v2 import FIELDS, call, texts

if TYPE_CHECKING:
    from chances_v2 import Chances

PROVIDERS = {
    "owner": ("userPools", "oidc"),
    "groups": ("userPools", "oidc"),
    "public": ("apiKey", "iam", "identityPool"),
    "private": ("userPools", "oidc", "iam", "identityPool"),
    "custom": ("function",),
}
DEFAULTS = {
    "owner": "userPools",
    "groups": "userPools",
    "public": "apiKey",
    "private": "userPools",
    "custom": "function",
}
READS = ("get", "list", "sync", "listen", "search")
WRITES = ("create", "update", "delete")
OWNERS = ("author", "id", "owner", "editors", "title", "tags")
GROUPS = ("group", "groups", "teams", "title", "tags")


def auth(chances: Chances, providers: tuple[str, ...], *, on: str) -> str:
    """Return ``@auth``; ``on`` is "model", "fields", "field" or "root".

    "fields" is a model whose fields have rules: its own allow everything.
    """
    count = chances.pick(1, 1, 2, 2, 3, 4)
    rules = list(
        {
            _kind_of(rule): rule
            for rule in (_rule(chances, providers, on=on) for _ in range(count))
        }.values()
    )
    if chances.wrong():
        rules *= 2
    if chances.wrong():
        rules = []
    return call("auth", [f"rules: [{', '.join(rules)}]"])


def _kind_of(rule: str) -> str:
    """Return what two rules may not have in common: mostly strategy and provider."""
    words = rule.strip("{} ").split(", ")
    if "allow: owner" in words or "allow: groups" in words:
        return rule
    kept = [word for word in words if word.startswith(("allow", "provider"))]
    return " ".join(sorted(kept)).replace("identityPool", "iam")


def _rule(chances: Chances, providers: tuple[str, ...], *, on: str) -> str:
    allow = chances.pick(*PROVIDERS, "owner", "groups", "private")
    usable = [name for name in PROVIDERS[allow] if name in providers]
    wrong = chances.wrong()
    while not usable and not wrong:
        allow = chances.pick(*PROVIDERS)
        usable = [name for name in PROVIDERS[allow] if name in providers]
    parts = [f"allow: {allow}"]
    if wrong:
        every = {name for names in PROVIDERS.values() for name in names}
        usable = sorted(every)
    provider = chances.pick(*usable)
    if provider != DEFAULTS[allow] or chances.chance(0.3):
        parts.append(f"provider: {provider}")
    if allow == "owner" or chances.wrong():
        parts += _owner(chances)
    if allow == "groups" or (allow != "owner" and chances.wrong()):
        parts += _groups(chances)
    limited = on in {"model", "field"} or chances.wrong()
    if limited and chances.chance(0.4):
        parts.append(f"operations: {_operations(chances, on)}")
    chances.random.shuffle(parts)
    return f"{{ {', '.join(parts)} }}"


def _owner(chances: Chances) -> list[str]:
    parts = []
    if chances.chance(0.5):
        parts.append(f'ownerField: "{chances.pick(*OWNERS, *FIELDS[:6])}"')
    if chances.chance(0.25):
        claim = chances.pick(
            "sub", "username", "custom:tenant", "email", "sub::username"
        )
        parts.append(f'identityClaim: "{claim}"')
    return parts


def _groups(chances: Chances) -> list[str]:
    parts = []
    if chances.chance(0.6) or chances.wrong():
        listed = chances.some(("Admin", "Editor", "odd name", "a-b"), 1, 1, 2)
        parts.append(f"groups: {texts(listed)}")
    if not parts or chances.wrong():
        parts.append(f'groupsField: "{chances.pick(*GROUPS)}"')
    if chances.chance(0.2):
        parts.append(f'groupClaim: "{chances.pick("teams", "custom:roles")}"')
    return parts


def _operations(chances: Chances, on: str) -> str:
    reads = READS if chances.chance(0.35) else ("read",)
    words = [*reads, *WRITES]
    if chances.wrong():
        words = ["read", *READS, *WRITES]
    chosen = chances.some(words, 1, 2, 3, 4)
    if on == "field" and not chances.wrong():
        chosen = chances.some(("read", "create", "update", "delete"), 1, 2, 3)
    if chances.chance(0.03):
        return chances.pick("[]", "null", "read", "[read, read]")
    return f"[{', '.join(chosen)}]"
