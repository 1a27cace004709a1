"""Random HTTP requests, and bytes that are none, for every route of a server."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from front_documents import RandomDocuments, random_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from graphql import GraphQLSchema

__all__ = ["RandomRequests", "Sent"]

_TARGET_TEXT = """
SignUp ConfirmSignUp InitiateAuth RespondToAuthChallenge GetUser ForgotPassword
AdminCreateUser ListUsers RevokeToken AssociateSoftwareToken Nope
"""
_TABLE_TARGET_TEXT = """
GetItem PutItem Query Scan BatchGetItem TransactWriteItems CreateTable ListTables
UpdateItem Nope
"""
_POOL_TARGET_TEXT = "GetId GetCredentialsForIdentity GetOpenIdToken Nope"
_TARGETS = {
    "cognito-idp": _TARGET_TEXT.split(),
    "dynamodb": _TABLE_TARGET_TEXT.split(),
    "cognito-identity": _POOL_TARGET_TEXT.split(),
}
_MEMBER_TEXT = """
ClientId Username Password AuthFlow AuthParameters TableName Key Item
ExpressionAttributeValues IdentityPoolId IdentityId Logins AccessToken
"""
_MEMBERS = _MEMBER_TEXT.split()
_PATH_TEXT = """
/ /graphql/ //graphql /graphql/realtime /_amplikit/health /_amplikit/graphql
/_amplikit/console /cognito-idp/x/.well-known/jwks.json /partner/graphql
/cognito-identity/ /sts/ /../etc/passwd /%2e%2e/%00
"""
_PATHS = _PATH_TEXT.split()
_METHOD_TEXT = "GET HEAD PUT DELETE OPTIONS TRACE PATCH"
_METHODS = (*_METHOD_TEXT.split(), "X" * 60)
_ODD_HEADERS = (
    ("accept-encoding", "gzip;q=x, *;q=0.5"),
    ("content-type", "application/graphql"),
    ("content-type", "multipart/form-data"),
    ("content-encoding", "gzip"),
    ("transfer-encoding", "chunked, chunked"),
    ("expect", "100-continue"),
    ("x-forwarded-for", "1.2.3.4,, ,x" * 50),
    ("x-amplikit-explain", "yes"),
    ("origin", "https://evil.example"),
    ("cookie", "a=b; " * 500),
    ("connection", "upgrade"),
    ("upgrade", "websocket"),
    ("range", "bytes=0-1"),
    ("x-amz-date", "20260101T000000Z"),
    ("host", "evil.example"),
)


@dataclass(frozen=True, slots=True)
class Sent:
    """One request; ``raw`` is sent instead of all the rest when it is there."""

    method: str = "POST"
    path: str = "/graphql"
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    raw: bytes | None = field(default=None, repr=False)

    def on_the_wire(self, host: str) -> bytes:
        """Return the request's bytes."""
        if self.raw is not None:
            return self.raw
        target = f"{self.path}?{self.query}" if self.query else self.path
        headers = self.headers
        if all(name != "host" for name, _ in headers):
            headers = (("host", host), *headers)
        lines = [f"{self.method} {target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers]
        lines += [f"content-length: {len(self.body)}", "connection: close", "", ""]
        return "\r\n".join(lines).encode("latin-1", "replace") + self.body


class RandomRequests:
    """Requests with these credentials, each a header; the same seed, the same ones."""

    def __init__(
        self,
        schema: GraphQLSchema,
        random: Random,
        credentials: Sequence[tuple[str, str]],
    ) -> None:
        self._random = random
        self._documents = RandomDocuments(schema, random)
        self._credentials = credentials

    def one(self) -> Sent:
        """Return a request; two of three are GraphQL that a known caller sends."""
        match self._random.randrange(30):
            case 0:
                return self._odd_body()
            case 1:
                return self._odd_head()
            case 2:
                return self._aws("cognito-idp", "AWSCognitoIdentityProviderService")
            case 3:
                return self._aws("dynamodb", "DynamoDB_20120810")
            case 4:
                return self._aws("cognito-identity", "AWSCognitoIdentityService")
            case 5:
                return self._query_string()
            case 6:
                return self._odd_credential()
            case _:
                return self._graphql()

    def broken(self) -> Sent:
        """Return bytes that are a request no longer."""
        random = self._random
        wire = bytearray(self.one().on_the_wire("localhost"))
        for _ in range(random.randrange(1, 6)):
            at = random.randrange(min(len(wire), 400)) if wire else 0
            match random.randrange(5):
                case 0:
                    wire[at : at + 1] = bytes([random.randrange(256)])
                case 1:
                    del wire[at : at + random.randrange(20)]
                case 2:
                    wire[at:at] = random.choice(
                        (b"\r\n", b"\n", b"\x00", b": ", b"\r\n\r\n", b"\xff" * 5)
                    )
                case 3:
                    wire[at:at] = wire[at : at + 30] * 3
                case _:
                    del wire[random.randrange(len(wire) + 1) :]
        return Sent(raw=bytes(wire))

    def _graphql(self) -> Sent:
        body = json.dumps(self._documents.one()).encode()
        return Sent(headers=(self._credential(),), body=body)

    def _odd_body(self) -> Sent:
        random = self._random
        body = random.choice(
            (
                json.dumps(random_json(random)).encode(),
                random.randbytes(random.randrange(200)),
                b"[" * random.choice((10, 100_000)),
                b'{"query":"{__typename}","query":5}',
                b'{"query":"{__typename}"' + b" " * random.choice((1, 1_100_000)),
                b'{"query":"\\ud800{__typename}"}',
                b'{"query":"{__typename}","variables":' + b'{"a":' * 2000,
                b"\xef\xbb\xbf{}",
                b"query={__typename}",
            )
        )
        return Sent(headers=(self._credential(),), body=body)

    def _odd_head(self) -> Sent:
        random = self._random
        headers = (self._credential(), *random.choices(_ODD_HEADERS, k=3))
        return Sent(
            random.choice((*_METHODS, "POST", "POST")),
            random.choice((*_PATHS, "/graphql", "/graphql")),
            random.choice(("", "query=%7B__typename%7D", "a=%zz&&=", "x" * 3000)),
            tuple(dict(headers).items()),
            json.dumps(self._documents.one()).encode(),
        )

    def _aws(self, path: str, service: str) -> Sent:
        random = self._random
        targets = _TARGETS[path]
        body = random_json(random)
        if random.random() < 0.7:
            body = {name: random_json(random) for name in random.sample(_MEMBERS, 4)}
        headers = (
            ("x-amz-target", f"{service}.{random.choice(targets)}"),
            ("content-type", "application/x-amz-json-1.1"),
            self._credential(),
        )
        return Sent(path=f"/{path}/", headers=headers, body=json.dumps(body).encode())

    def _query_string(self) -> Sent:
        random = self._random
        request = self._documents.one()
        pairs = (f"{name}={self._quoted(value)}" for name, value in request.items())
        method = random.choice(("GET", "GET", "HEAD", "POST"))
        query = "&".join(pairs)[: random.choice((200, 60_000))]
        return Sent(method, query=query, headers=(self._credential(),))

    def _quoted(self, value: object) -> str:
        text = value if isinstance(value, str) else json.dumps(value)
        kept = (
            one if one.isascii() and one.isalnum() else f"%{ord(one) & 255:02x}"
            for one in text
        )
        return "".join(kept)

    def _odd_credential(self) -> Sent:
        random = self._random
        name, value = self._credential()
        at = random.randrange(len(value) + 1)
        spoilt = random.choice(
            (
                value[:at]
                + random.choice(("", "=", ".", " ", "\xe4", "A"))
                + value[at + 1 :],
                f"Bearer {value}",
                f"AWS4-HMAC-SHA256 {value}",
                "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=a, Signature=0",
                ".".join(
                    random.choices(("e30", "", "e30=", "eyJhbGciOiJub25lIn0"), k=3)
                ),
                value * random.choice((2, 40)),
                "",
            )
        )
        name = random.choice((name, "authorization", "x-api-key"))
        return Sent(headers=((name, spoilt),), body=b'{"query":"{__typename}"}')

    def _credential(self) -> tuple[str, str]:
        return self._random.choice(self._credentials)
