"""``@auth`` of made-up v1 schemas."""

from __future__ import annotations

from chances_v1 import FIELDS, MODES, Chances

_PROVIDERS = {
    "API_KEY": "apiKey",
    "AMAZON_COGNITO_USER_POOLS": "userPools",
    "AWS_IAM": "iam",
    "OPENID_CONNECT": "oidc",
}


class Rules(Chances):
    """Draws the API's modes, and rules that mostly fit them."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.default = self.pick(MODES)
        others = [mode for mode in MODES if mode != self.default]
        self.additional = self.random.sample(others, self.pick((0, 0, 1, 2, 3)))
        self.providers = [_PROVIDERS[mode] for mode in (self.default, *self.additional)]

    def auth(self, on: str) -> str:
        rules = [self._rule(on=on) for _ in range(self.pick((1, 1, 2, 3)))]
        if self.chance(0.02):
            rules = []
        return f"@auth(rules: [{', '.join(rules)}])"

    def _rule(self, *, on: str) -> str:
        allow = self.pick(("owner", "owner", "groups", "groups", "public", "private"))
        allowed = {
            "owner": ("userPools", "oidc"),
            "groups": ("userPools", "oidc"),
            "public": ("apiKey", "iam"),
            "private": ("userPools", "iam"),
        }[allow]
        open_to = [name for name in allowed if name in self.providers]
        if not open_to and not self.wrong():
            return self._fallback_rule()
        parts = [f"allow: {allow}"]
        default = {"owner": "userPools", "groups": "userPools", "public": "apiKey"}
        if self.wrong():
            parts.append(
                f"provider: {self.pick(('apiKey', 'iam', 'oidc', 'userPools'))}"
            )
        elif open_to:
            provider = self.pick(open_to)
            if provider != default.get(allow, "userPools") or self.chance(0.4):
                parts.append(f"provider: {provider}")
        if allow == "owner" or self.wrong():
            if self.chance(0.5):
                parts.append(
                    f'ownerField: "{self.pick((*FIELDS[:5], "author", "id"))}"'
                )
            if self.chance(0.3):
                claim = self.pick(("sub", "username", "custom:tenant", "email"))
                parts.append(
                    f'{self.pick(("identityClaim", "identityField"))}: "{claim}"'
                )
        if allow == "groups" or self.wrong():
            if self.chance(0.6):
                parts.append('groups: ["Admin", "Editor"]')
            elif self.chance(0.8):
                parts.append(
                    f'groupsField: "{self.pick(("group", "groups", "teams"))}"'
                )
            if self.chance(0.2):
                parts.append('groupClaim: "teams"')
        return f"{{ {', '.join([*parts, *self._operations(on)])} }}"

    def _fallback_rule(self) -> str:
        provider = self.pick(self.providers)
        allow = {
            "apiKey": "public",
            "iam": self.pick(("public", "private")),
            "oidc": "owner",
            "userPools": self.pick(("private", "owner")),
        }[provider]
        return f"{{ allow: {allow}, provider: {provider} }}"

    def _operations(self, on: str) -> list[str]:
        found = []
        if self.chance(0.4) and (on in {"model", "model field"} or self.wrong()):
            words = ("create", "update", "delete", "read")
            chosen = self.random.sample(words, self.random.randint(0, 4))
            text = "null" if self.chance(0.05) else f"[{', '.join(chosen)}]"
            found.append(f"operations: {text}")
        if self.chance(0.12) and (on == "model" or self.wrong()):
            text = self.pick(("null", "[]", "[get]", "[list]", "[get, list]"))
            found.append(f"queries: {text}")
        if self.chance(0.12) and (on == "model" or self.wrong()):
            text = self.pick(("null", "[]", "[create]", "[update, delete]"))
            found.append(f"mutations: {text}")
        return found
