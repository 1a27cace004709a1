"""What every scene of the story has at hand: the server, and its callers."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from amplikit_client import ApiKeyAuth, AppSyncClient, IamAuth, UserPoolAuth

from amplikit.demo.server import Server, command

__all__ = ["PASSWORD", "TWIN", "Answer", "Line", "Stage"]

TWIN = Path("tests") / "community_v2"
"""Where the v2 twin of the community app's schema is, in the project."""

PASSWORD = "Correct-horse-7"  # noqa: S105 - of users who live for one story
_TIMEOUT_S = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story; ``held`` says whether it went as it must."""

    what: str
    who: str
    result: str
    why: str
    held: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """A raw HTTP answer with its JSON body."""

    status: int
    body: dict[str, Any]

    @property
    def data(self) -> dict[str, Any]:
        """``data`` of a GraphQL answer, empty when there is none."""
        return self.body.get("data") or {}

    @property
    def error(self) -> str:
        """Message of the first error, or ""."""
        errors = self.body.get("errors") or [{}]
        return str(errors[0].get("message") or self.body.get("message") or "")

    @property
    def explained(self) -> dict[str, Any]:
        """``extensions.amplikit``, given to the admin only."""
        found: dict[str, Any] = self.body.get("extensions", {}).get("amplikit", {})
        return found


@dataclass(slots=True)
class Stage:
    """The server, the project, and the users who have signed in."""

    project: Path
    folder: Path
    server: Server
    tokens: dict[str, str] = field(default_factory=dict)

    def user_pool(self, operation: str, **parameters: object) -> Answer:
        """Call an operation of the user pool's API, without credentials."""
        answer = requests.post(
            self.server["cognito_idp_url"],
            data=json.dumps(parameters),
            headers={
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
            },
            timeout=_TIMEOUT_S,
        )
        return Answer(answer.status_code, answer.json())

    def sign_up(self, name: str) -> Answer:
        """Sign up, take the code from the outbox, confirm, and sign in."""
        client_id = self.server["user_pool_client_id"]
        email = f"{name}@example.com"
        self.user_pool(
            "SignUp",
            ClientId=client_id,
            Username=name,
            Password=PASSWORD,
            UserAttributes=[{"Name": "email", "Value": email}],
        )
        outbox = json.loads(
            command("outbox", "--data", str(self.server.data), "--json")
        )
        code = [m["code"] for m in outbox if m["to"] == email][-1]
        confirmed = self.user_pool(
            "ConfirmSignUp", ClientId=client_id, Username=name, ConfirmationCode=code
        )
        if confirmed.status == requests.codes.ok:
            self.sign_in(name)
        return confirmed

    def sign_in(self, name: str) -> None:
        """Sign in with the password and keep the access token."""
        answer = self.user_pool(
            "InitiateAuth",
            ClientId=self.server["user_pool_client_id"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
        )
        self.tokens[name] = answer.body["AuthenticationResult"]["AccessToken"]

    def user(self, name: str) -> AppSyncClient:
        """Return the client of a signed-in user."""
        return AppSyncClient(
            self.server["graphql_url"], UserPoolAuth(self.tokens[name])
        )

    def role(self, name: str, server: Server | None = None) -> AppSyncClient:
        """Return the client of a role, with temporary credentials."""
        server = server or self.server
        issued = self.credentials(name, server)
        auth = IamAuth(
            region=server["region"],
            access_key=issued["AccessKeyId"],
            secret_key=issued["SecretAccessKey"],
            session_token=issued["SessionToken"],
        )
        return AppSyncClient(server["graphql_url"], auth)

    def credentials(self, role: str, server: Server | None = None) -> dict[str, str]:
        """Return a role's temporary credentials as the command prints them."""
        server = server or self.server
        place = ("--project", str(server.project), "--data", str(server.data))
        issued: dict[str, str] = json.loads(
            command("credentials", *place, "--role", role, "--json")
        )
        return issued

    def key(self) -> AppSyncClient:
        """Return the client of the AppSync API key."""
        key = self.server.api_key("appsync")
        return AppSyncClient(self.server["graphql_url"], ApiKeyAuth(key))

    def post(
        self,
        query: str,
        headers: dict[str, str],
        *,
        url: str | None = None,
        explain: bool = False,
    ) -> Answer:
        """Send a query as it is; ``explain`` adds the admin's token."""
        if explain:
            headers = {**headers, "x-amplikit-explain": self.server["admin_token"]}
        answer = requests.post(
            url or self.server["graphql_url"],
            json={"query": query},
            headers=headers,
            timeout=_TIMEOUT_S,
        )
        return Answer(answer.status_code, answer.json())

    def logged(self, text: str) -> str:
        """Return the newest log line that holds a text, or "" after a second."""
        for _ in range(50):
            found = [line for line in self.server.log_lines() if text in line]
            if found:
                return found[-1]
            time.sleep(0.02)
        return ""
