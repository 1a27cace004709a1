"""The actions of STS that are served.

Source: STS API reference; IAM user guide, "Roles terms and concepts" (role chaining)
and "Cross-account policy evaluation logic".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from amplikit.emulator.auth.role_trust import ACCOUNT, IDENTITY_POOL
from amplikit.emulator.sts import words
from amplikit.emulator.sts.protocol import Failure, Tree
from amplikit.identity.credentials import (
    IAM_USER,
    CognitoIdentity,
    Principal,
    unique_id,
)

if TYPE_CHECKING:
    from datetime import datetime

    from amplikit.emulator.auth.policy import RolePolicies
    from amplikit.emulator.auth.role_trust import RoleTrust, TrustPolicy
    from amplikit.identity.caller import IamCaller
    from amplikit.identity.credentials import Credential, Credentials
    from amplikit.identity.facts import Facts
    from amplikit.identity.identity_pool.open_id_tokens import OpenIdTokens

__all__ = ["ACTIONS", "OPEN_ACTIONS", "Account"]

_MIN_S: Final = 900
_CHAINED_MAX_S: Final = 3_600
_MAX_S: Final = 43_200
_SESSION_NAME: Final = re.compile(r"[\w+=,.@-]*", re.ASCII)
_EXTERNAL_ID: Final = re.compile(r"[\w+=,.@:/-]*", re.ASCII)
_ROLE_ARN: Final = re.compile(r"arn:aws:iam::([0-9]{12}):role/(.+)", re.ASCII)
# What is asked for and would not hold must not be granted.
_NOT_HERE: Final = ("Policy", "PolicyArns.member.1.arn", "SerialNumber", "TokenCode")

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Account:
    """What the actions work with.

    ``pool_roles`` are the identity pool's own roles, and which identities they are for.
    """

    facts: Facts
    credentials: Credentials
    policies: RolePolicies
    trust: RoleTrust
    open_id_tokens: OpenIdTokens
    pool_roles: Mapping[str, str]
    now: datetime


@dataclass(frozen=True, slots=True)
class _Asked:
    role: str
    arn: str
    session_name: str
    duration: timedelta


def _get_caller_identity(_form: Form, caller: IamCaller, _account: Account) -> Tree:
    return {
        "Arn": caller.user_arn,
        "UserId": caller.username,
        "Account": caller.account_id,
    }


def _assume_role(form: Form, caller: IamCaller, account: Account) -> Tree | Failure:
    external_id = form.get("ExternalId")
    asked = _asked(form, account, chained=not caller.role.startswith(IAM_USER))
    if isinstance(asked, Failure):
        return asked
    if external_id is not None:
        wrong = _text_problem("externalId", external_id, _EXTERNAL_ID, 1224)
        if wrong:
            return wrong
    policy = account.trust.of(asked.role)
    if policy is None or not _may_assume(caller, asked, policy, account, external_id):
        return Failure(
            words.ACCESS_DENIED,
            words.NOT_AUTHORIZED % (caller.user_arn, asked.arn),
            403,
            "there is no such role"
            if policy is None
            else f"it trusts {', '.join(sorted(policy.principals))}"
            f"{' with an external id' if policy.external_id else ''}; who is trusted"
            " as 'account' needs a policy that allows sts:AssumeRole",
        )
    too_long = _session_problem(asked, policy)
    if too_long:
        return too_long
    credential = account.credentials.for_role(
        asked.role, asked.session_name, account.now, asked.duration
    )
    return _assumed(credential, account)


def _assume_role_with_web_identity(
    form: Form, _caller: IamCaller | None, account: Account
) -> Tree | Failure:
    """Assume a role with a token of the identity pool, the classic flow."""
    token = form.get("WebIdentityToken")
    if not token:
        return _null("webIdentityToken")
    asked = _asked(form, account, chained=False)
    if isinstance(asked, Failure):
        return asked
    claims = account.open_id_tokens.verify(token, account.now)
    if claims is None:
        return Failure(
            words.INVALID_IDENTITY_TOKEN,
            words.BAD_WEB_TOKEN,
            reason="only tokens of the identity pool are taken, for ten minutes",
        )
    amr, subject = claims.get("amr"), str(claims["sub"])
    kind = str(amr[0]) if isinstance(amr, list) and amr else ""
    guest = kind == "unauthenticated"
    allowed = account.trust.trusts(asked.role, IDENTITY_POOL) and (
        account.pool_roles.get(asked.role, kind) == kind
    )
    policy = account.trust.of(asked.role)
    if not allowed or policy is None:
        return Failure(
            words.ACCESS_DENIED,
            words.WEB_NOT_AUTHORIZED,
            403,
            f"the role does not trust {'guests' if guest else 'users'} of the pool",
        )
    too_long = _session_problem(asked, policy)
    if too_long:
        return too_long
    logins = [str(one) for one in amr[1:]] if isinstance(amr, list) else []
    provider = ",".join(f'"{one}"' for one in logins) or None
    identity = CognitoIdentity(subject, kind, provider)
    principal = Principal(asked.role, asked.session_name, identity)
    credential = account.credentials.issue(principal, account.now, asked.duration)
    answer = _assumed(credential, account)
    return {
        **answer,
        "SubjectFromWebIdentityToken": subject,
        "Audience": account.facts.identity_pool_id,
        "Provider": "cognito-identity.amazonaws.com",
    }


ACTIONS: Final[Mapping[str, Callable[[Form, IamCaller, Account], Tree | Failure]]] = {
    "GetCallerIdentity": _get_caller_identity,
    "AssumeRole": _assume_role,
}
OPEN_ACTIONS: Final = {"AssumeRoleWithWebIdentity": _assume_role_with_web_identity}
"""Those that need no signature."""


def _may_assume(
    caller: IamCaller,
    asked: _Asked,
    policy: TrustPolicy,
    account: Account,
    external_id: str | None,
) -> bool:
    """Whether trust policy and the caller's own policy let it."""
    if policy.external_id is not None and policy.external_id != external_id:
        return False
    own = account.policies.verdict_on(caller.role, "sts:AssumeRole", asked.arn)
    is_user = caller.role.startswith(IAM_USER)
    name = caller.role.removeprefix(IAM_USER)
    principal = f"user:{name}" if is_user else f"role:{name}"
    if principal in policy.principals:
        # Named itself, it needs no policy of its own, unless that denies it.
        return own.allowed or own.statement is None
    return ACCOUNT in policy.principals and own.allowed


def _asked(form: Form, account: Account, *, chained: bool) -> _Asked | Failure:
    """Return what is asked for, checked for form."""
    arn = form.get("RoleArn", "")
    session_name = form.get("RoleSessionName", "")
    for member, value in (("roleArn", arn), ("roleSessionName", session_name)):
        if not value:
            return _null(member)
    wrong = _text_problem("roleSessionName", session_name, _SESSION_NAME, 64)
    if wrong:
        return wrong
    for name in _NOT_HERE:
        if name in form:
            return Failure(words.VALIDATION_ERROR, words.NOT_EVALUATED % name)
    found = _ROLE_ARN.fullmatch(arn)
    if found is None:
        return Failure(words.VALIDATION_ERROR, words.BAD_ARN % arn)
    text = form.get("DurationSeconds", str(_CHAINED_MAX_S))
    if not (text.isascii() and text.isdecimal() and len(text) < 10):  # noqa: PLR2004  an integer's digits
        return Failure(words.MALFORMED_INPUT, words.NO_INTEGER)
    seconds = int(text)
    for broken, constraint in (
        (seconds < _MIN_S, f"greater than or equal to {_MIN_S}"),
        (seconds > _MAX_S, f"less than or equal to {_MAX_S}"),
    ):
        if broken:
            return _constraint(
                "durationSeconds", text, f"Member must have value {constraint}"
            )
    if chained and seconds > _CHAINED_MAX_S:
        return Failure(words.VALIDATION_ERROR, words.CHAINED)
    # Another account's role is no role of ours, whatever its name.
    ours = found[1] == account.facts.account_id
    role = found[2].rpartition("/")[2] if ours else ""
    return _Asked(role, arn, session_name, timedelta(seconds=seconds))


def _session_problem(asked: _Asked, policy: TrustPolicy) -> Failure | None:
    if asked.duration.total_seconds() <= policy.max_session_s:
        return None
    return Failure(words.VALIDATION_ERROR, words.TOO_LONG_FOR_ROLE)


def _text_problem(
    member: str, value: str, form: re.Pattern[str], longest: int
) -> Failure | None:
    if len(value) < 2:  # noqa: PLR2004  of both of STS's texts
        return _constraint(
            member, value, "Member must have length greater than or equal to 2"
        )
    if len(value) > longest:
        return _constraint(
            member, value, f"Member must have length less than or equal to {longest}"
        )
    if not form.fullmatch(value):
        pattern = form.pattern
        must = f"Member must satisfy regular expression pattern: {pattern}"
        return _constraint(member, value, must)
    return None


def _null(member: str) -> Failure:
    return Failure(words.VALIDATION_ERROR, words.NULL % member)


def _constraint(member: str, value: str, must: str) -> Failure:
    told = words.BROKEN % (value[:256], member, must)
    return Failure(words.VALIDATION_ERROR, told)


def _assumed(credential: Credential, account: Account) -> Tree:
    expires_at = credential.expires_at or account.now
    return {
        "AssumedRoleUser": {
            "AssumedRoleId": unique_id(credential.principal),
            "Arn": account.credentials.arn(credential.principal),
        },
        "Credentials": {
            "AccessKeyId": credential.access_key_id,
            "SecretAccessKey": credential.secret_key,
            "SessionToken": credential.session_token or "",
            "Expiration": f"{expires_at:%Y-%m-%dT%H:%M:%SZ}",
        },
    }
