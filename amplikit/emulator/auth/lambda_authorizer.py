"""``AWS_LAMBDA``: whatever token the project's own function lets in.

Source: AppSync developer guide, "AWS_LAMBDA authorization".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never
from urllib.parse import parse_qs
from uuid import uuid4

import orjson

from amplikit.blueprint.patterns import java_pattern
from amplikit.emulator import wire
from amplikit.emulator.auth.authorizer import NotInvoked, Refused, Verdict
from amplikit.emulator.refusal import RequestRefusal
from amplikit.identity.caller import LambdaCaller

if TYPE_CHECKING:
    from datetime import datetime

    from amplikit.emulator.auth.presented import Presented, Trusted
    from amplikit.identity.caller import Caller
    from amplikit.identity.facts import Facts
    from amplikit.identity.sigv4 import SignedRequest

__all__ = ["authorizer_event", "identify"]

_CONNECT_PATH: Final = b"/graphql/connect"


async def identify(
    presented: Presented, trusted: Trusted, now: datetime
) -> Caller | RequestRefusal:
    """Return whom the authorizer lets in."""
    authorizer = trusted.authorizer
    if authorizer is None:
        return _not_invoked(
            "AWS_LAMBDA is switched on, and no authorizer is configured"
        )
    token = presented.headers["authorization"]
    expression = authorizer.settings.token_pattern
    if expression is not None:
        pattern = java_pattern(expression)
        if pattern is None or not pattern.fullmatch(token):
            return _refused("the token does not match the token pattern")
    event = authorizer_event(presented, trusted.identity.facts)
    verdict = await authorizer.judge(token, event, now)
    match verdict:
        case Verdict():
            return LambdaCaller(verdict.resolver_context, verdict.denied_fields)
        case Refused():
            return _refused(verdict.reason)
        case NotInvoked():
            return _not_invoked(verdict.reason)
        case _:
            assert_never(verdict)


def authorizer_event(presented: Presented, facts: Facts) -> dict[str, object]:
    """Return what the function is told of a request."""
    query, name, variables = _asked(presented.signed)
    return {
        "authorizationToken": presented.headers["authorization"],
        "requestContext": {
            "apiId": facts.api_id,
            "accountId": facts.account_id,
            "requestId": str(uuid4()),
            "queryString": query,
            "operationName": name,
            "variables": variables,
        },
        "requestHeaders": {
            header.lower(): value for header, value in presented.headers.items()
        },
    }


def _asked(request: SignedRequest) -> tuple[str, str | None, dict[str, object]]:
    """Return document, operation and variables, as far as they can be read.

    Whoever calls is looked at first; what cannot be read is refused after that.
    """
    if request.raw_path == _CONNECT_PATH:
        return "", wire.CONNECT_OPERATION, {}
    try:
        if request.method == "GET":
            sent = parse_qs(request.raw_query.decode("ascii"), max_num_fields=16)
            body: object = {key: values[0] for key, values in sent.items()}
        else:
            body = orjson.loads(request.body)
        if not isinstance(body, dict):
            return "", None, {}
        variables = body.get("variables")
        if isinstance(variables, str):
            variables = orjson.loads(variables)
    except ValueError:
        return "", None, {}
    query, name = body.get("query"), body.get("operationName")
    return (
        query if isinstance(query, str) else "",
        name if isinstance(name, str) else None,
        variables if isinstance(variables, dict) else {},
    )


def _refused(reason: str) -> RequestRefusal:
    return RequestRefusal(
        401, wire.UNAUTHORIZED_EXCEPTION, wire.NOT_AUTHORIZED_CALL, reason
    )


def _not_invoked(reason: str) -> RequestRefusal:
    # The service tells no message here.
    return RequestRefusal(400, wire.BAD_REQUEST_EXCEPTION, "", reason)
