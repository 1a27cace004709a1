from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from amplikit.identity import IamCaller, IdentityStore
from amplikit.identity.credentials import Principal, credential_process

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


HOUR = timedelta(hours=1)


def test_temporary_credentials_look_right_and_say_that_they_are_local(
    store: IdentityStore, now: datetime
) -> None:
    made = store.credentials.for_role("writer", "lambda", now, HOUR)
    assert re.fullmatch(r"ASIALOCAL[A-Z0-9]{11}", made.access_key_id)
    assert re.fullmatch(r"[A-Za-z0-9]{40}", made.secret_key)
    assert len(made.session_token) > 100
    assert made.expires_at == now + HOUR


def test_lasting_credentials_have_no_token_and_no_end(
    store: IdentityStore, now: datetime
) -> None:
    made = store.credentials.issue(Principal("writer", "me"), now, None)
    assert re.fullmatch(r"AKIALOCAL[A-Z0-9]{11}", made.access_key_id)
    assert (made.session_token, made.expires_at) == (None, None)
    assert store.credentials.find(made.access_key_id) == made


def test_the_caller_of_a_role_is_an_assumed_role(
    store: IdentityStore, now: datetime
) -> None:
    made = store.credentials.for_role("writer", "lambda", now, HOUR)
    caller = store.credentials.caller(made, ("10.1.1.1",))
    assert caller == IamCaller(
        role="writer",
        user_arn="arn:aws:sts::123456789012:assumed-role/writer/lambda",
        account_id="123456789012",
        access_key_id=made.access_key_id,
        username=caller.username,
        source_ip=("10.1.1.1",),
    )
    assert re.fullmatch(r"AROA[A-Z0-9]{17}:lambda", caller.username)


def test_the_caller_of_a_signed_in_user_has_her_identity(
    store: IdentityStore, now: datetime
) -> None:
    made = store.credentials.for_user("authRole", "sub-1", now, HOUR)
    caller = store.credentials.caller(made)
    facts = store.facts
    pool = f"cognito-idp.us-east-1.amazonaws.com/{facts.user_pool_id}"
    assert caller.user_arn.endswith("assumed-role/authRole/CognitoIdentityCredentials")
    assert caller.cognito_identity_pool_id == facts.identity_pool_id
    assert caller.cognito_identity_auth_type == "authenticated"
    assert (
        caller.cognito_identity_auth_provider
        == f'"{pool}","{pool}:CognitoSignIn:sub-1"'
    )
    assert re.fullmatch(r"us-east-1:[0-9a-f-]{36}", caller.cognito_identity_id)


def test_the_same_user_has_the_same_identity(
    store: IdentityStore, now: datetime
) -> None:
    ids = [
        store.credentials.for_user("r", sub, now, HOUR).principal.cognito.identity_id
        for sub in ("a", "a", "b")
    ]
    assert ids[0] == ids[1] != ids[2]


def test_the_caller_of_a_guest_has_an_identity_and_no_provider(
    store: IdentityStore, now: datetime
) -> None:
    caller = store.credentials.caller(
        store.credentials.for_guest("unauthRole", now, HOUR)
    )
    assert caller.cognito_identity_auth_type == "unauthenticated"
    assert caller.cognito_identity_auth_provider is None
    assert caller.cognito_identity_id.startswith("us-east-1:")


def test_credentials_made_by_another_process_are_found(
    store: IdentityStore, folder: Path, now: datetime
) -> None:
    assert store.credentials.find("ASIALOCALNOTYET") is None
    other = IdentityStore.open(folder, None, lambda: now)
    made = other.credentials.for_user("authRole", "sub", now, HOUR)
    other.close()
    assert store.credentials.find(made.access_key_id) == made


def test_credentials_long_expired_are_swept_out(
    store: IdentityStore, now: datetime
) -> None:
    old = store.credentials.for_role("r", "s", now, HOUR)
    store.credentials.for_role("r", "s", now + timedelta(hours=24), HOUR)
    assert store.credentials.find(old.access_key_id)
    store.credentials.for_role("r", "s", now + timedelta(hours=26), HOUR)
    assert store.credentials.find(old.access_key_id) is None


@pytest.mark.parametrize("access_key_id", ["", "\x00", "' OR 1=1 --", "x" * 10_000])
def test_what_was_never_issued_is_not_found(
    store: IdentityStore, access_key_id: str
) -> None:
    assert store.credentials.find(access_key_id) is None


def test_the_process_form_is_what_sdks_read(
    store: IdentityStore, now: datetime
) -> None:
    made = store.credentials.for_role("r", "s", now, HOUR)
    assert credential_process(made) == {
        "Version": 1,
        "AccessKeyId": made.access_key_id,
        "SecretAccessKey": made.secret_key,
        "SessionToken": made.session_token,
        "Expiration": "2026-01-15T13:34:56Z",
    }


def test_secrets_are_not_in_the_repr(store: IdentityStore, now: datetime) -> None:
    made = store.credentials.for_role("r", "s", now, HOUR)
    assert made.secret_key not in repr(made)
    assert made.session_token not in repr(made)
