"""Who asks, and what each side takes for their credentials."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplify_simulator import API_KEY
from requests_aws4auth import AWS4Auth

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import PreparedRequest

Headers = dict[str, str]
ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool"


@dataclass(frozen=True)
class Caller:
    """A caller: the mode, and the command that makes the credentials here."""

    name: str
    mode: str
    command: tuple[str, ...] = ()
    theirs: str = ""


def _user(name: str, use: str = "access", **claims: object) -> Caller:
    command = ("token", "--user", name.split("-", maxsplit=1)[0], "--create")
    command += ("--use", use, "--expires", "43200")
    command += ("--claims-override", json.dumps(claims))
    return Caller(name, "AMAZON_COGNITO_USER_POOLS", command)


def _role(name: str, theirs: str, *options: str) -> Caller:
    command = ("credentials", *options, "--expires", "43200", "--json")
    return Caller(name, "AWS_IAM", command, theirs)


CALLERS = (
    Caller("key", "API_KEY"),
    _user("alice"),
    _user("bob"),
    _user("carol", **{"cognito:groups": ["Admin"], "teams": ["Admin", "Others"]}),
    _user("dave", **{"cognito:groups": ["Editor", "Others"], "custom:roles": "Editor"}),
    _user(
        "alice-id",
        "id",
        **{"custom:tenant": "acme", "email": "alice@example.com"},
    ),
    _user("erin", **{"custom:tenant": "acme", "email": "erin@example.com"}),
    _role("signed-in", "ASIAVJKIAM-AuthRole", "--user", "alice"),
    _role("guest", "ASIAVJKIAM-UnAuthRole", "--guest"),
    _role("operator", "ROLElocal-admin", "--role", "local-admin"),
)


@dataclass(frozen=True)
class Credentials:
    """One caller's credentials for both sides."""

    caller: Caller
    secret: dict[str, str]

    def theirs(self) -> Headers:
        """Return headers for the simulator, which verifies nothing."""
        match self.caller.mode:
            case "API_KEY":
                return {"x-api-key": API_KEY}
            case "AWS_IAM":
                scope = "20260101/us-east-1/appsync/aws4_request"
                return {
                    "Authorization": f"AWS4-HMAC-SHA256 Credential="
                    f"{self.caller.theirs}/{scope}, SignedHeaders=host, Signature=0"
                }
            case _:
                parts = self.secret["token"].split(".")
                claims = json.loads(base64.urlsafe_b64decode(parts[1] + "==="))
                body = json.dumps({**claims, "iss": ISSUER}).encode()
                parts[1] = base64.urlsafe_b64encode(body).decode().rstrip("=")
                return {"Authorization": ".".join(parts)}

    def ours(
        self, api_key: str, region: str
    ) -> Callable[[PreparedRequest], PreparedRequest]:
        """Return what signs a request for the emulator."""
        match self.caller.mode:
            case "API_KEY":
                return _header("x-api-key", api_key)
            case "AWS_IAM":
                keys = [self.secret[n] for n in ("AccessKeyId", "SecretAccessKey")]
                token = self.secret["SessionToken"]
                return AWS4Auth(*keys, region, "appsync", session_token=token)
            case _:
                return _header("Authorization", self.secret["token"])


def _header(name: str, value: str) -> Callable[[PreparedRequest], PreparedRequest]:
    def sign(request: PreparedRequest) -> PreparedRequest:
        request.headers[name] = value
        return request

    return sign
