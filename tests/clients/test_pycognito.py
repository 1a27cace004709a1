"""An independent client signs up and in: its SRP, its checks of our tokens."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from pycognito import Cognito
from pycognito.aws_srp import AWSSRP
from pycognito.exceptions import (
    ForceChangePasswordException,
    SMSMFAChallengeException,
    SoftwareTokenMFAChallengeException,
)

from amplikit.identity.user_pool.totp import code_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from pool_server import PoolServer

PASSWORD, OTHER = "Correct-horse-7", "Battery-staple-8"

# pycognito tells the time with utcnow().
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")


@pytest.fixture
def user(pool_server: PoolServer) -> Callable[[str], Cognito]:
    """Return what makes pycognito's view of a user."""

    def make(name: str) -> Cognito:
        return Cognito(
            pool_server.pool_id,
            pool_server.client_id,
            username=name,
            boto3_client_kwargs={
                "endpoint_url": pool_server.endpoint,
                "aws_access_key_id": "none",
                "aws_secret_access_key": "none",
            },
        )

    return make


def signed_up(pool_server: PoolServer, user: Cognito) -> Cognito:
    name = user.username
    user.set_base_attributes(email=f"{name}@example.com")
    user.register(name, PASSWORD)
    code = pool_server.code(f"{name}@example.com")
    with pytest.raises(user.client.exceptions.CodeMismatchException):
        user.confirm_sign_up(code[::-1] + "0")
    user.confirm_sign_up(code)
    return user


def test_a_user_signs_up_and_in_and_out(
    pool_server: PoolServer, user: Callable[[str], Cognito]
) -> None:
    ann = signed_up(pool_server, user("ann"))
    ann.authenticate(PASSWORD)
    assert ann.id_claims["cognito:username"] == "ann"
    assert ann.access_claims["client_id"] == pool_server.client_id
    assert ann.get_user().email_verified
    ann.update_profile({"given_name": "Ann"})
    assert ann.get_user().given_name == "Ann"
    assert pool_server.note(ann.access_token) == {"owner": "ann"}
    first = ann.access_claims["origin_jti"]
    ann.renew_access_token()
    ann.verify_tokens()
    assert ann.access_claims["origin_jti"] == first
    assert pool_server.note(ann.access_token) == {"owner": "ann"}
    ann.change_password(PASSWORD, OTHER)
    ann.logout()
    again = user("ann")
    with pytest.raises(again.client.exceptions.NotAuthorizedException):
        again.authenticate(PASSWORD)
    again.authenticate(OTHER)


def test_a_forgotten_password_is_replaced(
    pool_server: PoolServer, user: Callable[[str], Cognito]
) -> None:
    ben = signed_up(pool_server, user("ben"))
    ben.initiate_forgot_password()
    with pytest.raises(ben.client.exceptions.CodeMismatchException):
        ben.confirm_forgot_password("wrong", OTHER)
    ben.confirm_forgot_password(pool_server.code("ben@example.com"), OTHER)
    ben.authenticate(OTHER)


def test_an_authenticator_app_is_asked_for(
    pool_server: PoolServer, user: Callable[[str], Cognito]
) -> None:
    cat = signed_up(pool_server, user("cat"))
    cat.authenticate(PASSWORD)
    secret = cat.associate_software_token()
    assert not wrong_totp_verifies(cat)
    assert cat.verify_software_token(code_at(secret, int(time.time()) // 30))
    cat.set_user_mfa_preference(
        sms_mfa=False, software_token_mfa=True, preferred="SOFTWARE_TOKEN"
    )
    again = user("cat")
    with pytest.raises(SoftwareTokenMFAChallengeException):
        again.authenticate(PASSWORD)
    with pytest.raises(again.client.exceptions.CodeMismatchException):
        again.respond_to_software_token_mfa_challenge("000000x")
    code = code_at(secret, int(time.time()) // 30)
    again.respond_to_software_token_mfa_challenge(code)
    again.verify_tokens()


def wrong_totp_verifies(user: Cognito) -> bool:
    try:
        return bool(user.verify_software_token("00000x"))
    except user.client.exceptions.EnableSoftwareTokenMFAException:
        return False


def test_a_short_message_is_asked_for(
    pool_server: PoolServer, user: Callable[[str], Cognito]
) -> None:
    dan = signed_up(pool_server, user("dan"))
    dan.authenticate(PASSWORD)
    dan.update_profile({"phone_number": "+15550100"})
    dan.set_user_mfa_preference(sms_mfa=True, software_token_mfa=False, preferred="SMS")
    again = user("dan")
    with pytest.raises(SMSMFAChallengeException):
        again.authenticate(PASSWORD)
    with pytest.raises(again.client.exceptions.CodeMismatchException):
        again.respond_to_sms_mfa_challenge("wrong")
    again.respond_to_sms_mfa_challenge(pool_server.code("+15550100"))
    assert again.get_user().phone_number_verified


def test_a_user_made_by_an_administrator_chooses_a_password(
    pool_server: PoolServer, user: Callable[[str], Cognito]
) -> None:
    pool_server.admin().admin_create_user(
        UserPoolId=pool_server.pool_id,
        Username="eve",
        TemporaryPassword=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": "eve@example.com"}],
    )
    assert pool_server.code("eve@example.com") == PASSWORD
    eve = user("eve")
    with pytest.raises(ForceChangePasswordException):
        eve.authenticate(PASSWORD)
    eve.new_password_challenge(PASSWORD, OTHER)
    assert user("eve").authenticate(OTHER) is None


@pytest.mark.parametrize(
    "spoil",
    [
        {"PASSWORD_CLAIM_SIGNATURE": "AAAA"},
        {"PASSWORD_CLAIM_SECRET_BLOCK": "AAAA"},
        {"TIMESTAMP": "Fri Nov 6 10:20:36 UTC 2026"},
        {"TIMESTAMP": "now"},
        {"USERNAME": "cat"},
    ],
    ids="-".join,
)
def test_a_spoiled_proof_is_refused(
    pool_server: PoolServer, spoil: dict[str, str]
) -> None:
    client = pool_server.browser()
    srp = AWSSRP("ann", OTHER, pool_server.pool_id, pool_server.client_id, None, client)
    begun = client.initiate_auth(
        AuthFlow="USER_SRP_AUTH",
        ClientId=pool_server.client_id,
        AuthParameters=srp.get_auth_params(),
    )
    responses = srp.process_challenge(
        begun["ChallengeParameters"], srp.get_auth_params()
    )
    with pytest.raises(client.exceptions.NotAuthorizedException):
        client.respond_to_auth_challenge(
            ClientId=pool_server.client_id,
            ChallengeName="PASSWORD_VERIFIER",
            ChallengeResponses=responses | spoil,
        )
