from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from amplikit.blueprint.user_pool import Factor, UserPoolClient
from amplikit.identity.user_pool.admin import create_user

if TYPE_CHECKING:
    from conftest import Answer, Api

    from amplikit.identity.user_pool.clients import Client

PASSWORD = "Passw0rd!"
APP = "http://localhost:3000/app?x=1"
FORM = {"content-type": "application/x-www-form-urlencoded"}
VERIFIER = "v" * 43
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())
    .rstrip(b"=")
    .decode()
)


def client(api: Api, *, has_secret: bool = False, **settings: object) -> Client:
    usual = UserPoolClient(
        "web",
        has_secret=has_secret,
        oauth_flows=("code",),
        callback_urls=(APP,),
        logout_urls=("http://localhost:3000/bye",),
    )
    wanted = replace(usual, **settings)
    return api.identity.pool.clients.create(wanted, api.clock[0])


@pytest.fixture
def ann(api: Api) -> Api:
    create_user(
        api.identity.pool, "ann", api.clock[0], password=PASSWORD, email="ann@b.c"
    )
    return api


def post(api: Api, path: str, headers: dict[str, str], **given: str) -> Answer:
    return api.http("POST", path, FORM | headers, urlencode(given).encode())


def wish(made: Client, **more: str) -> dict[str, str]:
    return {
        "response_type": "code",
        "client_id": made.id,
        "redirect_uri": APP,
        "scope": "openid email",
        "state": "s&<>",
        **more,
    }


def told(answer: Answer) -> dict[str, str]:
    """Return what the redirect tells the app."""
    assert answer.status == 302
    target = answer.headers["location"]
    assert target.startswith("http://localhost:3000/app?x=1&")
    return {name: value for name, (value,) in parse_qs(urlsplit(target).query).items()}


def sign_in(api: Api, made: Client, **more: str) -> str:
    answer = post(
        api, "/login", {}, **wish(made), username="ann", password=PASSWORD, **more
    )
    found = told(answer)
    assert found["state"] == "s&<>"
    return found["code"]


def exchange(api: Api, made: Client, code: str, **more: str) -> Answer:
    given = {
        "grant_type": "authorization_code",
        "client_id": made.id,
        "code": code,
        "redirect_uri": APP,
    }
    return post(api, "/oauth2/token", {}, **(given | more))


def claims(token: str) -> dict[str, object]:
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


def test_a_page_signs_in_and_its_code_becomes_tokens(ann: Api) -> None:
    made = client(ann)
    begun = ann.http("GET", f"/oauth2/authorize?{urlencode(wish(made))}")
    assert begun.status == 302
    page = ann.http("GET", begun.headers["location"])
    assert page.status == 200
    assert b'value="s&amp;&lt;&gt;"' in page.body
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "access-control-allow-origin" not in page.headers
    code = sign_in(ann, made, nonce="n1")
    tokens = exchange(ann, made, code).json
    assert claims(tokens["id_token"])["nonce"] == "n1"
    assert claims(tokens["access_token"])["scope"] == "openid email"
    assert exchange(ann, made, code).json == {"error": "invalid_grant"}
    info = ann.http(
        "GET", "/oauth2/userInfo", {"authorization": f"Bearer {tokens['access_token']}"}
    )
    assert info.json == {
        "sub": ann.identity.pool.users.get("ann").sub,
        "email": "ann@b.c",
        "email_verified": "true",
        "username": "ann",
    }
    refreshed = post(
        ann,
        "/oauth2/token",
        {},
        grant_type="refresh_token",
        client_id=made.id,
        refresh_token=tokens["refresh_token"],
    ).json
    assert claims(refreshed["access_token"])["scope"] == "openid email"
    assert "refresh_token" not in refreshed
    revoked = post(
        ann, "/oauth2/revoke", {}, token=tokens["refresh_token"], client_id=made.id
    )
    assert (revoked.status, revoked.body) == (200, b"")
    gone = ann.http(
        "GET", "/oauth2/userInfo", {"authorization": f"Bearer {tokens['access_token']}"}
    )
    assert (gone.status, gone.json["error"]) == (401, "invalid_token")


@pytest.mark.parametrize(
    ("login", "password"), [("ann", "Wrong0rd!"), ("nobody", PASSWORD), ("", "")]
)
def test_a_page_lets_nobody_else_in(ann: Api, login: str, password: str) -> None:
    made = client(ann)
    answer = post(ann, "/login", {}, **wish(made), username=login, password=password)
    assert answer.status == 400
    assert b"Incorrect username or password." in answer.body
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    "given",
    [
        {"redirect_uri": "http://evil.example/app"},
        {"redirect_uri": APP + "&y=2"},
        {"redirect_uri": "javascript:alert(1)"},
        {"client_id": "unknown"},
    ],
)
@pytest.mark.parametrize("path", ["/oauth2/authorize", "/login"])
def test_nothing_is_sent_to_an_address_that_is_not_the_clients(
    ann: Api, path: str, given: dict[str, str]
) -> None:
    query = urlencode(wish(client(ann)) | given)
    answer = ann.http("GET", f"{path}?{query}")
    assert answer.status == 400
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "openid admin"}, "invalid_scope"),
        ({"scope": "email"}, "invalid_scope"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "x"}, "invalid_request"),
    ],
)
def test_what_is_asked_wrongly_is_told_to_the_app(
    ann: Api, given: dict[str, str], error: str
) -> None:
    query = urlencode(wish(client(ann)) | given)
    found = told(ann.http("GET", f"/oauth2/authorize?{query}"))
    assert (found["error"], found["state"]) == (error, "s&<>")


@pytest.mark.parametrize(
    ("more", "works"),
    [
        ({"code_verifier": VERIFIER}, True),
        ({"code_verifier": "w" * 43}, False),
        ({}, False),
        ({"code_verifier": VERIFIER, "redirect_uri": "http://localhost:3000"}, False),
    ],
)
def test_a_code_is_for_who_asked(
    ann: Api, more: dict[str, str], *, works: bool
) -> None:
    made = client(ann)
    proof = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    code = sign_in(ann, made, **proof)
    answer = exchange(ann, made, code, **more)
    assert ("access_token" in answer.json) is works
    # A code that was shown wrongly serves no more.
    again = exchange(ann, made, code, code_verifier=VERIFIER)
    assert again.json == {"error": "invalid_grant"}


def test_a_code_is_for_its_client_and_for_five_minutes(ann: Api) -> None:
    made, other = client(ann), client(ann)
    code = sign_in(ann, made)
    assert exchange(ann, other, code).json == {"error": "invalid_grant"}
    code = sign_in(ann, made)
    ann.clock[0] += timedelta(minutes=5)
    assert exchange(ann, made, code).json == {"error": "invalid_grant"}


def basic(made: Client, secret: str | None = None) -> dict[str, str]:
    text = f"{made.id}:{secret or made.secret}".encode()
    return {"authorization": f"Basic {base64.b64encode(text).decode()}"}


def test_a_machine_gets_a_token_of_its_own(ann: Api) -> None:
    made = client(
        ann,
        has_secret=True,
        oauth_flows=("client_credentials",),
        scopes=("notes/read", "notes/write"),
    )
    grant = {"grant_type": "client_credentials"}
    answer = post(ann, "/oauth2/token", basic(made), **grant, scope="notes/read")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "no-store"
    token = answer.json
    found = claims(token["access_token"])
    assert (found["sub"], found["scope"]) == (made.id, "notes/read")
    assert token.keys() == {"access_token", "expires_in", "token_type"}
    body = {"client_id": made.id, "client_secret": made.secret}
    every = post(ann, "/oauth2/token", {}, **grant, **body).json
    assert claims(every["access_token"])["scope"] == "notes/read notes/write"
    info = ann.http(
        "GET", "/oauth2/userInfo", {"authorization": f"Bearer {token['access_token']}"}
    )
    assert info.status == 401


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "scope": "notes/x"}, "invalid_scope"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
        ({"grant_type": "authorization_code"}, "invalid_request"),
    ],
)
def test_a_bad_request_for_tokens_says_what_is_wrong(
    ann: Api, given: dict[str, str], error: str
) -> None:
    made = client(
        ann, has_secret=True, oauth_flows=("client_credentials",), scopes=("notes/r",)
    )
    answer = post(ann, "/oauth2/token", basic(made), **given)
    assert (answer.status, answer.json) == (400, {"error": error})


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Basic x"},
        {"authorization": "Bearer x"},
        {"authorization": "Basic " + base64.b64encode(b"a:b").decode()},
        {},
    ],
)
def test_a_client_that_is_not_one_gets_nothing(
    ann: Api, headers: dict[str, str]
) -> None:
    answer = post(ann, "/oauth2/token", headers, grant_type="client_credentials")
    assert (answer.status, answer.json) == (400, {"error": "invalid_client"})


def test_a_wrong_secret_is_refused_and_never_logged(ann: Api) -> None:
    made = client(ann, has_secret=True, oauth_flows=("client_credentials",))
    wrong = basic(made, "wrong-secret")
    answer = post(ann, "/oauth2/token", wrong, grant_type="client_credentials")
    assert answer.json == {"error": "invalid_client"}
    assert ann.log[-1].startswith("refused 400: /oauth2/token: invalid_client")
    assert "wrong-secret" not in "".join(ann.log)


@pytest.mark.parametrize("body", [b"a=1&a=2", b"\xff", b"&".join([b"a=1"] * 100)])
def test_parameters_without_the_form_are_refused(ann: Api, body: bytes) -> None:
    answer = ann.http("POST", "/oauth2/token", FORM, body)
    assert (answer.status, answer.json) == (400, {"error": "invalid_request"})


def test_who_needs_a_second_factor_signs_in_by_the_api(ann: Api) -> None:
    pool = ann.identity.pool
    pool.second_factors.prefer("ann", (Factor.TOTP,), Factor.TOTP)
    answer = post(
        ann, "/login", {}, **wish(client(ann)), username="ann", password=PASSWORD
    )
    assert answer.status == 400
    assert b"no second factor" in answer.body


def test_a_browser_is_sent_back_after_a_sign_out(ann: Api) -> None:
    made = client(ann)
    for target, status in (
        ("http://localhost:3000/bye", 302),
        ("http://evil.example", 400),
    ):
        query = urlencode({"client_id": made.id, "logout_uri": target})
        assert ann.http("GET", f"/logout?{query}").status == status


def test_the_discovery_document_names_the_endpoints(ann: Api) -> None:
    pool = ann.identity.facts.user_pool_id
    found = ann.http("GET", f"/cognito-idp/{pool}/.well-known/openid-configuration")
    for name in ("authorization", "token", "userinfo", "revocation"):
        path = urlsplit(found.json[f"{name}_endpoint"]).path
        method = "GET" if name == "authorization" else "POST"
        assert ann.http(method, path, FORM).status in (400, 401)


@pytest.mark.parametrize("path", ["/oauth2/token", "/oauth2/revoke", "/login"])
def test_another_method_is_no_route(ann: Api, path: str) -> None:
    assert ann.http("DELETE", path).status == 404
