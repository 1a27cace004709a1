"""OPENID_CONNECT: discovery, keys, and every token that must not be let in."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.providers import (
    AuthProviders,
    OidcProvider,
    UserPoolProvider,
)
from amplikit.emulator.auth.fetch import FetchFailed
from amplikit.emulator.auth.issuers import IssuerKeys
from amplikit.emulator.shown_identity import shown_identity
from amplikit.identity.caller import OidcCaller
from amplikit.identity.jwk_set import read_jwk_set

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Api, MakeApi

ISSUER = "https://id.example"
CLOCK = datetime(2026, 1, 1, tzinfo=UTC)
SDL = """
type Query { me: String @aws_oidc  other: String @aws_api_key }
"""
RSA = RSAKey.generate_key(2048)
STRANGER = RSAKey.generate_key(2048)
CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
EC = {name: ECKey.generate_key(curve) for name, curve in CURVES.items()}


def public(key: RSAKey | ECKey, kid: str, **members: object) -> dict[str, object]:
    return {**key.as_dict(private=False), "kid": kid, **members}


@dataclass
class Issuer:
    """An issuer's two documents, and how often each was asked for."""

    keys: list[dict[str, object]] = field(
        default_factory=lambda: [
            public(RSA, "rsa"),
            *(public(key, name) for name, key in EC.items()),
        ]
    )
    discovery: dict[str, object] = field(
        default_factory=lambda: {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"}
    )
    asked: list[str] = field(default_factory=list)
    down: bool = False

    async def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        if self.down:
            raise FetchFailed("no route to host")
        if url.endswith("/openid-configuration"):
            return json.dumps(self.discovery).encode()
        return json.dumps({"keys": self.keys}).encode()


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


OIDC_AND_KEY = AuthConfig(AuthMode.OIDC, (AuthMode.API_KEY, AuthMode.USER_POOLS))


def oidc_api(
    make_api: MakeApi,
    issuer: Issuer,
    auth: AuthConfig = OIDC_AND_KEY,
    **settings: object,
) -> Api:
    providers = AuthProviders(oidc=(OidcProvider(ISSUER, **settings),))
    return make_api(SDL, auth, providers, fetch=issuer.fetch)


def claims(now: datetime, **overrides: object) -> dict[str, object]:
    instant = int(now.timestamp())
    own = {
        "iss": ISSUER,
        "sub": "u1",
        "aud": "web",
        "iat": instant,
        "exp": instant + 60,
    }
    return {
        name: value for name, value in (own | overrides).items() if value is not None
    }


def signed(
    payload: dict[str, object],
    algorithm: str = "RS256",
    kid: str | None = "rsa",
    key: RSAKey | ECKey | OctKey | None = None,
    **header: object,
) -> str:
    key = key or EC.get(algorithm, RSA)
    whole = {"alg": algorithm, **({"kid": kid} if kid else {}), **header}
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    return jws.serialize_compact(
        whole, json.dumps(payload), key, [algorithm], registry=registry
    )


def ask(api: Api, token: str) -> tuple[int, str]:
    """Return the status, and the message of what was refused."""
    answer = api.ask("{ me }", headers={"authorization": token})
    errors = answer.json.get("errors", [{"message": ""}])
    return answer.status, errors[0]["message"]


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256", "PS512"])
def test_a_token_signed_with_an_rsa_key_is_let_in(
    make_api: MakeApi, issuer: Issuer, algorithm: str
) -> None:
    api = oidc_api(make_api, issuer)
    assert ask(api, signed(claims(api.clock[0]), algorithm)) == (200, "")


@pytest.mark.parametrize("algorithm", [*EC])
def test_a_token_signed_with_an_ec_key_is_let_in(
    make_api: MakeApi, issuer: Issuer, algorithm: str
) -> None:
    api = oidc_api(make_api, issuer)
    token = signed(claims(api.clock[0]), algorithm, algorithm)
    assert ask(api, f"Bearer {token}") == (200, "")


def test_the_caller_is_the_tokens_subject(make_api: MakeApi, issuer: Issuer) -> None:
    api = oidc_api(make_api, issuer)
    assert ask(api, signed(claims(api.clock[0], email="a@b"))) == (200, "")
    answer = api.ask(
        "{ other }", headers={"authorization": signed(claims(api.clock[0]))}
    )
    message = answer.json["errors"][0]["message"]
    assert message == "Not Authorized to access other on type Query"


def test_members_of_the_header_that_mean_nothing_here_do_not_matter(
    make_api: MakeApi, issuer: Issuer
) -> None:
    api = oidc_api(make_api, issuer)
    token = signed(claims(api.clock[0]), nonce="n", x5t="t", typ="JWT")
    assert ask(api, token) == (200, "")


def unsigned(now: datetime) -> str:
    header = {"alg": "none", "kid": "rsa"}
    return ".".join((part(header), part(claims(now)), ""))


def part(value: object) -> str:
    data = json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def by_public_key(now: datetime) -> str:
    """HS256 with the published key as the secret: the classical confusion."""
    text = ".".join((part({"alg": "HS256", "kid": "rsa"}), part(claims(now))))
    secret = RSA.as_pem(private=False)
    digest = hmac.digest(secret, text.encode(), hashlib.sha256)
    return f"{text}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def tampered(now: datetime) -> str:
    header, _, signature = signed(claims(now)).split(".")
    return ".".join((header, part(claims(now, sub="admin")), signature))


def with_own_key(now: datetime) -> str:
    jwk = public(STRANGER, "rsa")
    return signed(claims(now), key=STRANGER, jwk=jwk, jku="https://evil.example/k")


NOT_AUTHORIZED = "You are not authorized to make this call."
UNPARSABLE = "Unable to parse JWT token."
EXPIRED = "Token has expired."
NO_HEADER = "Valid authorization header not provided."

ATTACKS: dict[str, tuple[Callable[[datetime], str], str]] = {
    "alg none": (unsigned, UNPARSABLE),
    "HS256 with the public key": (by_public_key, UNPARSABLE),
    "HS256 with a secret": (
        lambda now: signed(claims(now), "HS256", key=OctKey.import_key("s" * 32)),
        UNPARSABLE,
    ),
    "tampered claims": (tampered, NOT_AUTHORIZED),
    "a stranger's key": (
        lambda now: signed(claims(now), key=STRANGER),
        NOT_AUTHORIZED,
    ),
    "a key that the token brings along": (with_own_key, NOT_AUTHORIZED),
    "unknown kid": (lambda now: signed(claims(now), kid="x"), NOT_AUTHORIZED),
    "no kid": (lambda now: signed(claims(now), kid=None), NOT_AUTHORIZED),
    "an EC key under an RSA algorithm": (
        lambda now: signed(claims(now), kid="ES256"),
        NOT_AUTHORIZED,
    ),
    "another curve's algorithm": (
        lambda now: signed(claims(now), "ES384", "ES256"),
        NOT_AUTHORIZED,
    ),
    "crit": (lambda now: signed(claims(now), crit=["kid"]), UNPARSABLE),
    "expired": (lambda now: signed(claims(now, exp=1)), EXPIRED),
    "no exp": (lambda now: signed(claims(now, exp=None)), UNPARSABLE),
    "exp as a text": (lambda now: signed(claims(now, exp="9999999999")), UNPARSABLE),
    "not yet valid": (
        lambda now: signed(claims(now, nbf=now.timestamp() + 5)),
        NOT_AUTHORIZED,
    ),
    "issued in the future": (
        lambda now: signed(claims(now, iat=now.timestamp() + 90)),
        NOT_AUTHORIZED,
    ),
    "no iat": (lambda now: signed(claims(now, iat=None)), NOT_AUTHORIZED),
    "another issuer": (
        lambda now: signed(claims(now, iss="https://evil.example")),
        NO_HEADER,
    ),
    "the issuer with a slash": (
        lambda now: signed(claims(now, iss=ISSUER + "/")),
        NOT_AUTHORIZED,
    ),
    "wrong client": (lambda now: signed(claims(now, aud="other")), "Unauthorized"),
    "part of a client's id": (
        lambda now: signed(claims(now, aud="web-x")),
        "Unauthorized",
    ),
    "no client": (lambda now: signed(claims(now, aud=None)), "Unauthorized"),
    "oversize": (lambda now: signed(claims(now, x="a" * 70_000)), NO_HEADER),
    "spare bits in the signature": (
        lambda now: spare_bits(signed(claims(now))),
        UNPARSABLE,
    ),
}


def spare_bits(token: str) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = letters.index(token[-1])
    return token[:-1] + letters[last ^ 1]


@pytest.mark.parametrize("name", [*ATTACKS])
def test_a_token_that_does_not_hold_is_refused(
    make_api: MakeApi, issuer: Issuer, name: str
) -> None:
    make, message = ATTACKS[name]
    api = oidc_api(make_api, issuer, client_ids="web|app")

    assert ask(api, make(api.clock[0])) == (401, message)
    assert all(url.startswith(ISSUER) for url in issuer.asked)


@pytest.mark.parametrize(
    ("audience", "status"),
    [
        ({"aud": "app"}, 200),
        ({"aud": ["x", "web"]}, 200),
        ({"aud": "x", "azp": "app"}, 200),
        ({"aud": ["x"], "azp": ["web"]}, 401),
        ({"aud": 1}, 401),
    ],
    ids=["aud", "one of aud", "azp", "azp as a list", "aud as a number"],
)
def test_the_client_is_in_aud_or_azp(
    make_api: MakeApi, issuer: Issuer, audience: dict[str, object], status: int
) -> None:
    api = oidc_api(make_api, issuer, client_ids="web|app")
    token = signed(claims(api.clock[0], **audience))
    assert ask(api, token)[0] == status


@pytest.mark.parametrize(
    ("settings", "overrides", "after_s", "message"),
    [
        ({"iat_ttl_ms": 10_000}, {}, 9, ""),
        ({"iat_ttl_ms": 10_000}, {}, 10, EXPIRED),
        ({"auth_ttl_ms": 10_000}, {}, 0, NOT_AUTHORIZED),
        ({"auth_ttl_ms": 10_000}, {"auth_time": -5}, 4, ""),
        ({"auth_ttl_ms": 10_000}, {"auth_time": -5}, 5, EXPIRED),
        ({}, {}, 59, ""),
        ({}, {}, 60, EXPIRED),
    ],
    ids=["iat", "iat over", "no auth_time", "auth", "auth over", "exp", "exp over"],
)
def test_the_times_of_a_token_are_limited_also_when_it_is_remembered(
    make_api: MakeApi,
    issuer: Issuer,
    settings: dict[str, int],
    overrides: dict[str, int],
    after_s: int,
    message: str,
) -> None:
    api = oidc_api(make_api, issuer, **settings)
    start = api.clock[0].replace(microsecond=0)
    times = {name: start.timestamp() + value for name, value in overrides.items()}
    token = signed(claims(start, **times))
    api.clock[0] = start
    first = ask(api, token)
    api.clock[0] = start + timedelta(seconds=after_s)
    assert ask(api, token) == ((401, message) if message else (200, ""))
    assert first[0] == (401 if message == NOT_AUTHORIZED else 200)


def test_as_the_only_mode_the_issuer_is_not_compared(
    make_api: MakeApi, issuer: Issuer
) -> None:
    api = oidc_api(make_api, issuer, AuthConfig(AuthMode.OIDC))
    token = signed(claims(api.clock[0], iss="https://tenant.example"))
    assert ask(api, token) == (200, "")
    stranger = signed(claims(api.clock[0], iss=ISSUER), key=STRANGER)
    assert ask(api, stranger) == (401, NOT_AUTHORIZED)


def test_keys_are_asked_for_once_and_again_for_a_new_one(
    make_api: MakeApi, issuer: Issuer
) -> None:
    api = oidc_api(make_api, issuer)
    for _ in range(3):
        assert ask(api, signed(claims(api.clock[0])))[0] == 200
    assert len(issuer.asked) == 2  # discovery, and the keys

    new = RSAKey.generate_key(2048)
    issuer.keys = [public(new, "new")]
    api.clock[0] += timedelta(seconds=11)
    assert ask(api, signed(claims(api.clock[0]), kid="new", key=new))[0] == 200
    assert ask(api, signed(claims(api.clock[0])))[0] == 401  # withdrawn at once


def test_made_up_key_names_do_not_reach_the_issuer(
    make_api: MakeApi, issuer: Issuer
) -> None:
    api = oidc_api(make_api, issuer)
    for number in range(20):
        assert ask(api, signed(claims(api.clock[0]), kid=f"k{number}"))[0] == 401
    assert len(issuer.asked) == 2


def test_known_keys_hold_for_a_day_while_the_issuer_is_away(
    make_api: MakeApi, issuer: Issuer
) -> None:
    api = oidc_api(make_api, issuer)
    start = api.clock[0]
    assert ask(api, signed(claims(start)))[0] == 200
    issuer.down = True
    for hours, status in ((2, 200), (23, 200), (25, 401)):
        api.clock[0] = start + timedelta(hours=hours)
        assert ask(api, signed(claims(api.clock[0])))[0] == status
    assert "has not told its keys" in api.log[-1]


def test_an_issuer_that_cannot_be_reached_lets_nobody_in(
    make_api: MakeApi, issuer: Issuer
) -> None:
    issuer.down = True
    api = oidc_api(make_api, issuer)
    assert ask(api, signed(claims(api.clock[0]))) == (401, NOT_AUTHORIZED)
    assert "no route to host" in api.log[-1]
    assert ask(api, signed(claims(api.clock[0])))[0] == 401
    assert len(issuer.asked) == 1

    issuer.down = False
    api.clock[0] += timedelta(seconds=10)
    assert ask(api, signed(claims(api.clock[0])))[0] == 200


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://other.example", "jwks_uri": f"{ISSUER}/keys"},
        {"issuer": ISSUER, "jwks_uri": "http://id.example/keys"},
        {"issuer": ISSUER, "jwks_uri": "file:///etc/passwd"},
        {"issuer": ISSUER, "jwks_uri": 1},
        {"issuer": ISSUER},
        [],
    ],
    ids=["issuer", "http", "file", "number", "none", "list"],
)
def test_a_discovery_document_that_does_not_hold_is_refused(
    make_api: MakeApi, issuer: Issuer, discovery: dict[str, object]
) -> None:
    issuer.discovery = discovery
    api = oidc_api(make_api, issuer)
    assert ask(api, signed(claims(api.clock[0]))) == (401, NOT_AUTHORIZED)
    assert issuer.asked == [f"{ISSUER}/.well-known/openid-configuration"]


KEYS = {
    "for encryption": {"use": "enc"},
    "for signing alone": {"key_ops": ["sign"]},
    "of another algorithm": {"alg": "RS512"},
    "without a name": {"kid": None},
    "whose modulus is a number": {"n": 12},
    "whose modulus is no base64": {"n": "?"},
    "of another type": {"kty": "oct", "k": "c2VjcmV0"},
}


@pytest.mark.parametrize("name", [*KEYS])
def test_a_published_key_that_must_not_verify_does_not(name: str) -> None:
    document = json.dumps({"keys": [{**public(RSA, "rsa"), **KEYS[name]}]}).encode()
    keys = read_jwk_set(document)
    assert keys is not None
    assert keys.find("rsa", "RS256") is None


def test_short_rsa_keys_and_documents_that_are_no_key_set_are_left_out() -> None:
    short = RSA.as_dict(private=False) | {"n": "AQAB" * 20, "kid": "rsa"}
    keys = read_jwk_set(json.dumps({"keys": [short, 1, None]}).encode())
    assert keys is not None
    assert not keys.has("rsa")
    for document in (b"", b"{", b"[]", b"{}", b'{"keys": 1}'):
        assert read_jwk_set(document) is None


def test_many_who_wait_for_the_keys_ask_once(issuer: Issuer) -> None:
    keys = IssuerKeys(ISSUER, issuer.fetch, allowed=lambda _: True)

    async def run() -> int:
        found = [keys.find("rsa", CLOCK) for _ in range(50)]
        return len({id(one) for one in await asyncio.gather(*found)})

    assert asyncio.run(run()) == 1
    assert len(issuer.asked) == 2


def test_a_second_user_pool_is_trusted_by_its_own_keys(
    make_api: MakeApi, issuer: Issuer
) -> None:
    other = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other"
    auth = AuthConfig(AuthMode.USER_POOLS, (AuthMode.API_KEY,))
    providers = AuthProviders(user_pools=(UserPoolProvider(other, "[a-c]+"),))
    api = make_api("type Query { me: String }", auth, providers, fetch=issuer.fetch)

    def token(**overrides: object) -> str:
        own = {"iss": other, "token_use": "access", "aud": None, "client_id": "abc"}
        return signed(claims(api.clock[0], **{"username": "u", **own, **overrides}))

    assert ask(api, token()) == (200, "")
    assert ask(api, api.token()) == (200, "")
    assert issuer.asked == [f"{other}/.well-known/jwks.json"]
    assert ask(api, token(client_id="abcd")) == (401, "Unauthorized")
    assert ask(api, token(token_use="refresh")) == (401, NOT_AUTHORIZED)
    assert ask(api, token(iss=api.service.issuer)) == (401, NOT_AUTHORIZED)
    assert ask(api, api.token(iss=other)) == (401, NOT_AUTHORIZED)
    assert ask(api, signed(claims(api.clock[0], iss=other), "PS256"))[0] == 401


def test_clients_of_the_own_pool_must_match_its_pattern(make_api: MakeApi) -> None:
    auth = AuthConfig(AuthMode.USER_POOLS)
    for pattern, status in ((".*", 200), ("nobody", 401), ("", 401)):
        api = make_api("type Query { me: String }", auth, AuthProviders(pattern))
        assert ask(api, api.token())[0] == status
        assert ask(api, api.token("id"))[0] == status


def test_a_function_behind_a_field_is_shown_sub_issuer_and_claims() -> None:
    told = {"sub": "u1", "iss": ISSUER, "email": "a@b.example"}
    shown = shown_identity(OidcCaller("u1", ISSUER, told))
    assert shown == {"sub": "u1", "issuer": ISSUER, "claims": told}
