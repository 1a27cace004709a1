from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from joserfc import jws
from joserfc.jwk import OctKey, RSAKey

from amplikit.identity import TokenVerifier
from amplikit.identity.signing_keys import jwks
from amplikit.identity.token_verifier import (
    RefusalReason,
    TokenRefusal,
    VerifiedClaims,
    user_pool_caller,
    verify_token,
)
from amplikit.identity.tokens import TokenRequest, issue_tokens
from amplikit.identity.user_pool.admin import create_user

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Any

    from amplikit.identity import IdentityStore
    from amplikit.identity.token_verifier import Trust
    from amplikit.identity.tokens import TokenPair


ISSUER = "http://127.0.0.1:20002/cognito-idp/us-east-1_AbCdEfGhI"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


@pytest.fixture
def request_for_alice(store: IdentityStore, now: datetime) -> TokenRequest:
    user = create_user(
        store.pool, "alice", now, email="alice@example.com", groups=["b", "a"]
    )
    return TokenRequest(user, ISSUER, store.facts.user_pool_client_id, now)


@pytest.fixture
def issue(store: IdentityStore) -> Callable[[TokenRequest], TokenPair]:
    def run(request: TokenRequest) -> TokenPair:
        return issue_tokens(request, store.pool.signing_keys, store.pool.entropy)

    return run


@pytest.fixture
def pair(
    issue: Callable[[TokenRequest], TokenPair], request_for_alice: TokenRequest
) -> TokenPair:
    return issue(request_for_alice)


@pytest.fixture
def trust(store: IdentityStore) -> Trust:
    return store.trust(ISSUER)


def part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(token: str, place: int = 1) -> dict[str, Any]:
    text = token.split(".")[place]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def test_an_id_token_has_exactly_cognitos_claims(
    pair: TokenPair,
    store: IdentityStore,
    request_for_alice: TokenRequest,
    now: datetime,
) -> None:
    claims = decoded(pair.id_token)
    for name in ("jti", "event_id", "origin_jti", "sub"):
        assert re.fullmatch(UUID, claims[name])
    variable = {name: claims[name] for name in ("jti", "event_id")}
    assert claims == variable | {
        "sub": request_for_alice.user.sub,
        "cognito:groups": ["a", "b"],
        "email_verified": True,
        "iss": ISSUER,
        "cognito:username": "alice",
        "origin_jti": pair.origin_jti,
        "aud": store.facts.user_pool_client_id,
        "token_use": "id",
        "auth_time": int(now.timestamp()),
        "exp": int(now.timestamp()) + 3600,
        "iat": int(now.timestamp()),
        "email": "alice@example.com",
    }


def test_an_access_token_has_exactly_cognitos_claims(
    pair: TokenPair,
    store: IdentityStore,
    request_for_alice: TokenRequest,
    now: datetime,
) -> None:
    claims = decoded(pair.access_token)
    assert claims == {
        "sub": request_for_alice.user.sub,
        "cognito:groups": ["a", "b"],
        "iss": ISSUER,
        "client_id": store.facts.user_pool_client_id,
        "origin_jti": pair.origin_jti,
        "event_id": decoded(pair.id_token)["event_id"],
        "token_use": "access",
        "scope": "aws.cognito.signin.user.admin",
        "auth_time": int(now.timestamp()),
        "exp": int(now.timestamp()) + 3600,
        "iat": int(now.timestamp()),
        "jti": claims["jti"],
        "username": "alice",
    }
    assert claims["jti"] != decoded(pair.id_token)["jti"]


def test_a_user_without_groups_has_no_groups_claim(
    issue: Callable[[TokenRequest], TokenPair], request_for_alice: TokenRequest
) -> None:
    user = replace(request_for_alice.user, groups=())
    pair = issue(replace(request_for_alice, user=user))
    assert "cognito:groups" not in decoded(pair.id_token)
    assert "cognito:groups" not in decoded(pair.access_token)


def test_overrides_apply_to_both_tokens(
    issue: Callable[[TokenRequest], TokenPair], request_for_alice: TokenRequest
) -> None:
    overrides = {"sub": "x", "custom:tier": 3}
    pair = issue(replace(request_for_alice, overrides=overrides))
    for token in (pair.id_token, pair.access_token):
        assert decoded(token).items() >= overrides.items()


def test_id_and_access_tokens_are_signed_with_a_key_each(
    pair: TokenPair, store: IdentityStore
) -> None:
    document = jwks(store.pool.signing_keys)
    kids = [key["kid"] for key in document["keys"]]
    assert decoded(pair.id_token, 0) == {"kid": kids[0], "alg": "RS256"}
    assert decoded(pair.access_token, 0) == {"kid": kids[1], "alg": "RS256"}


def test_the_key_set_is_public_and_verifies(
    pair: TokenPair, store: IdentityStore
) -> None:
    document = json.loads(json.dumps(jwks(store.pool.signing_keys)))
    for key in document["keys"]:
        assert set(key) == {"kid", "alg", "kty", "e", "n", "use"}
        assert (key["alg"], key["kty"], key["use"]) == ("RS256", "RSA", "sig")
    public = RSAKey.import_key(document["keys"][0])
    assert jws.deserialize_compact(pair.id_token, public, ["RS256"])


@pytest.mark.parametrize("use", ["id_token", "access_token"])
def test_both_kinds_of_token_are_accepted(
    pair: TokenPair,
    trust: Trust,
    now: datetime,
    use: str,
    request_for_alice: TokenRequest,
) -> None:
    verified = verify_token(getattr(pair, use), trust, now)
    caller = user_pool_caller(verified, ("10.0.0.1",))
    assert caller.username == "alice"
    assert caller.sub == request_for_alice.user.sub
    assert caller.groups == ("a", "b")
    assert caller.issuer == ISSUER
    assert caller.source_ip == ("10.0.0.1",)


@pytest.mark.parametrize(("seconds", "holds"), [(3599, True), (3600, False)])
def test_exp_has_no_leeway(
    pair: TokenPair, trust: Trust, now: datetime, seconds: int, *, holds: bool
) -> None:
    result = verify_token(pair.id_token, trust, now + timedelta(seconds=seconds))
    assert isinstance(result, VerifiedClaims) is holds
    if not holds:
        assert (result.reason, result.message) == (
            RefusalReason.EXPIRED,
            "Token has expired.",
        )


@pytest.mark.parametrize(("claim", "ahead_s"), [("nbf", 0), ("iat", 60)])
def test_a_token_holds_from_its_time_on(
    issue: Callable[[TokenRequest], TokenPair],
    request_for_alice: TokenRequest,
    trust: Trust,
    now: datetime,
    claim: str,
    ahead_s: int,
) -> None:
    for later_s in (0, 1):
        times = {claim: int(now.timestamp()) + ahead_s + later_s}
        pair = issue(replace(request_for_alice, overrides=times))
        for token in (pair.id_token, pair.access_token):
            found = isinstance(verify_token(token, trust, now), VerifiedClaims)
            assert found is (later_s == 0)


@pytest.mark.parametrize("use", ["id_token", "access_token"])
def test_every_changed_letter_of_a_token_is_refused(
    pair: TokenPair, trust: Trust, now: datetime, use: str
) -> None:
    token = getattr(pair, use)
    letters = "ABwx09-_.= "
    accepted = [
        (place, letter)
        for place in (*range(0, len(token), 7), len(token) - 1)
        for letter in letters
        if letter != token[place]
        and isinstance(
            verify_token(token[:place] + letter + token[place + 1 :], trust, now),
            VerifiedClaims,
        )
    ]
    assert accepted == []


def resigned(
    token: str,
    key: RSAKey | OctKey,
    header: dict[str, object] | None = None,
    claims: dict[str, object] | None = None,
) -> str:
    header = {**decoded(token, 0), **(header or {})}
    payload = json.dumps({**decoded(token), **(claims or {})})
    algorithms = [header["alg"]]
    return jws.serialize_compact(header, payload, key, algorithms=algorithms)


NOT_AUTHORIZED = "You are not authorized to make this call."
UNPARSABLE = "Unable to parse JWT token."


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({"iss": ISSUER + "x"}, ("issuer", NOT_AUTHORIZED)),
        ({"iss": ISSUER + "/"}, ("issuer", NOT_AUTHORIZED)),
        ({"iss": None}, ("issuer", NOT_AUTHORIZED)),
        ({"token_use": "refresh"}, ("use", NOT_AUTHORIZED)),
        ({"token_use": None}, ("use", NOT_AUTHORIZED)),
        ({"aud": "other"}, ("client", "Unauthorized")),
        ({"aud": ["other"]}, ("client", "Unauthorized")),
        ({"aud": None}, ("client", "Unauthorized")),
        ({"exp": 1}, ("expired", "Token has expired.")),
        ({"exp": "never"}, ("malformed", UNPARSABLE)),
        ({"exp": None}, ("malformed", UNPARSABLE)),
        ({"exp": True}, ("malformed", UNPARSABLE)),
        ({"nbf": 2**33}, ("not-yet-valid", NOT_AUTHORIZED)),
        ({"nbf": "soon"}, ("not-yet-valid", NOT_AUTHORIZED)),
        ({"iat": 2**33}, ("not-yet-valid", NOT_AUTHORIZED)),
        ({"iat": None}, ("not-yet-valid", NOT_AUTHORIZED)),
    ],
)
def test_a_wrong_claim_is_refused_even_when_signed(
    issue: Callable[[TokenRequest], TokenPair],
    request_for_alice: TokenRequest,
    trust: Trust,
    now: datetime,
    overrides: dict[str, object],
    expected: tuple[str, str],
) -> None:
    pair = issue(replace(request_for_alice, overrides=overrides))
    refusal = verify_token(pair.id_token, trust, now)
    assert (refusal.reason, refusal.message) == expected


def test_the_client_of_an_access_token_is_checked(
    issue: Callable[[TokenRequest], TokenPair],
    request_for_alice: TokenRequest,
    trust: Trust,
    now: datetime,
) -> None:
    pair = issue(replace(request_for_alice, client_id="other"))
    refusal = verify_token(pair.access_token, trust, now)
    assert refusal.reason is RefusalReason.CLIENT


def test_a_token_signed_with_another_key_is_refused(
    pair: TokenPair, trust: Trust, now: datetime
) -> None:
    forged = resigned(pair.id_token, RSAKey.generate_key(2048))
    assert verify_token(forged, trust, now).reason is RefusalReason.SIGNATURE


def test_a_token_with_an_unknown_kid_is_refused(
    pair: TokenPair, store: IdentityStore, trust: Trust, now: datetime
) -> None:
    key = store.pool.signing_keys[0].key
    for kid in ("nope", ""):
        forged = resigned(pair.id_token, key, {"kid": kid})
        assert verify_token(forged, trust, now).reason is RefusalReason.UNKNOWN_KEY


def test_a_key_in_the_tokens_header_is_not_used(
    pair: TokenPair, trust: Trust, now: datetime
) -> None:
    key = RSAKey.generate_key(2048)
    forged = resigned(pair.id_token, key, {"jwk": key.as_dict(private=False)})
    assert verify_token(forged, trust, now).reason is RefusalReason.SIGNATURE


@pytest.mark.parametrize("algorithm", ["none", "None", "RS512", "PS256", "ES256", ""])
def test_no_algorithm_but_rs256_is_accepted(
    pair: TokenPair, trust: Trust, now: datetime, algorithm: str
) -> None:
    header = part(json.dumps(decoded(pair.id_token, 0) | {"alg": algorithm}).encode())
    _, payload, signature = pair.id_token.split(".")
    refusal = verify_token(f"{header}.{payload}.{signature}", trust, now)
    assert refusal == TokenRefusal(
        RefusalReason.ALGORITHM,
        "Unable to parse JWT token.",
        f"alg is '{algorithm}', not 'RS256'",
    )


def test_an_unsigned_token_is_refused(
    pair: TokenPair, trust: Trust, now: datetime
) -> None:
    header = part(json.dumps({"alg": "none"}).encode())
    payload = pair.id_token.split(".")[1]
    assert verify_token(f"{header}.{payload}.", trust, now).message == (
        "Unable to parse JWT token."
    )


def test_the_public_key_is_not_taken_for_an_hmac_secret(
    pair: TokenPair, store: IdentityStore, trust: Trust, now: datetime
) -> None:
    pem = store.pool.signing_keys[0].key.as_pem(private=False)
    header = part(json.dumps(decoded(pair.id_token, 0) | {"alg": "HS256"}).encode())
    signed = f"{header}.{pair.id_token.split('.')[1]}"
    digest = hmac.new(pem, signed.encode(), hashlib.sha256).digest()
    refusal = verify_token(f"{signed}.{part(digest)}", trust, now)
    assert refusal.reason is RefusalReason.ALGORITHM
    forged = resigned(pair.id_token, OctKey.import_key(b"k" * 64), {"alg": "HS256"})
    assert verify_token(forged, trust, now).reason is RefusalReason.ALGORITHM


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b.c",
        "Bearer",
        "AWS4-HMAC-SHA256 Credential=x",
        f"{part(b'{}')}.{part(b'{}')}",
        f"{part(b'[]')}.{part(b'{}')}.{part(b'x')}",
        f"{part(b'{}')}.{part(b'7')}.{part(b'x')}",
        f"{part(b'{')}.{part(b'{}')}.{part(b'x')}",
        f"{part(b'[' * 9000)}.{part(b'{}')}.{part(b'x')}",
        f"{part(b'{}')}.{part(b'{}')}.é",
        f"{part(b'{}')}.{part(b'{}')}.\udcff",
        "a" * 100_000,
        "." * 100_000,
    ],
)
def test_what_is_no_token_is_refused(trust: Trust, now: datetime, token: str) -> None:
    refusal = TokenVerifier().verify(token, trust, now)
    assert refusal.reason in (RefusalReason.MALFORMED, RefusalReason.ALGORITHM)
    assert refusal.message == "Unable to parse JWT token."


@pytest.mark.parametrize("value", [None, 5, True, "x", [], [1], ["b64"], {}, 1.5])
@pytest.mark.parametrize("name", ["crit", "b64", "typ", "jku", "x5c", "kid"])
def test_an_odd_header_is_refused_and_raises_nothing(
    pair: TokenPair, trust: Trust, now: datetime, name: str, value: object
) -> None:
    fields = decoded(pair.id_token, 0) | {name: value}
    header = part(json.dumps(fields).encode())
    _, payload, signature = pair.id_token.split(".")
    refusal = verify_token(f"{header}.{payload}.{signature}", trust, now)
    assert isinstance(refusal, TokenRefusal)


def test_a_remembered_token_still_expires(
    pair: TokenPair, trust: Trust, now: datetime
) -> None:
    verifier = TokenVerifier()
    assert verifier.verify(pair.id_token, trust, now) is verifier.verify(
        pair.id_token, trust, now
    )
    late = verifier.verify(pair.id_token, trust, now + timedelta(hours=1))
    assert late.reason is RefusalReason.EXPIRED


def test_a_remembered_token_is_dropped_when_trust_changes(
    pair: TokenPair, trust: Trust, now: datetime
) -> None:
    verifier = TokenVerifier()
    verifier.verify(pair.id_token, trust, now)
    without_clients = replace(trust, client_ids=frozenset())
    refusal = verifier.verify(pair.id_token, without_clients, now)
    assert refusal.reason is RefusalReason.CLIENT


def test_trust_is_renewed_by_every_change_of_the_store(
    store: IdentityStore, now: datetime
) -> None:
    before = store.trust(ISSUER)
    assert store.trust(ISSUER) is before
    create_user(store.pool, "bob", now)
    assert store.trust(ISSUER) is not before


@pytest.mark.parametrize("claim", ["groups", "name"])
def test_odd_claims_make_no_odd_caller(
    issue: Callable[[TokenRequest], TokenPair],
    request_for_alice: TokenRequest,
    trust: Trust,
    now: datetime,
    claim: str,
) -> None:
    overrides = {
        "groups": {"cognito:groups": "Admins"},
        "name": {"cognito:username": 7, "sub": None},
    }[claim]
    pair = issue(replace(request_for_alice, overrides=overrides))
    caller = user_pool_caller(verify_token(pair.id_token, trust, now))
    assert isinstance(caller.username, str)
    assert all(isinstance(group, str) for group in caller.groups)
    assert "Admins" not in caller.groups
