"""``POST /sts/``: one request from its bytes to its response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import uuid4

from amplikit.blueprint.resources import RoleKind
from amplikit.emulator.log import refusal_line
from amplikit.emulator.refusal import RequestRefusal
from amplikit.emulator.sts import words
from amplikit.emulator.sts.operations import ACTIONS, OPEN_ACTIONS, Account
from amplikit.emulator.sts.protocol import (
    VERSION,
    Failure,
    failure_response,
    read_form,
    xml_response,
)
from amplikit.identity import sigv4
from amplikit.identity import words as signature_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.emulator.http import Request, Response
    from amplikit.emulator.service import Service
    from amplikit.emulator.sts.protocol import Tree
    from amplikit.identity.caller import IamCaller

__all__ = ["STS_PATHS", "answer_sts"]

STS_PATHS: Final = ("/sts", "/sts/")
_SERVICE: Final = "sts"
# The query protocol has its own names for what the JSON services say.
_CODES: Final[Mapping[str, tuple[str, int]]] = {
    signature_words.INVALID_SIGNATURE: (words.SIGNATURE_MISMATCH, 403),
    signature_words.INCOMPLETE_SIGNATURE: (words.INCOMPLETE_SIGNATURE, 400),
    signature_words.UNRECOGNIZED_CLIENT: (words.INVALID_TOKEN_ID, 403),
    signature_words.EXPIRED_TOKEN: (words.EXPIRED_TOKEN, 403),
}


async def answer_sts(service: Service, request: Request) -> Response:
    """Answer an action of STS."""
    request_id = str(uuid4())
    form = read_form(request.body)
    action = (form or {}).get("Action", "")
    found = _answer(service, request, form, action)
    if not isinstance(found, Failure):
        return xml_response(action, found, request_id)
    told = RequestRefusal(
        found.status, found.code, found.message, found.reason or found.message
    )
    service.log(refusal_line("/sts", told))
    return failure_response(found, request_id)


def _answer(
    service: Service, request: Request, form: Mapping[str, str] | None, action: str
) -> Tree | Failure:
    if form is None:
        return Failure(words.MALFORMED_INPUT, words.NO_FORM)
    version = form.get("Version", VERSION)
    if version != VERSION or action not in (*ACTIONS, *OPEN_ACTIONS):
        told = words.UNKNOWN_ACTION % (action[:128], version[:16])
        return Failure(words.INVALID_ACTION, told)
    runtime = service.runtime
    identity = runtime.identity
    account = Account(
        identity.facts,
        identity.credentials,
        service.host.policies,
        service.role_trust,
        service.identity_pool.open_id_tokens,
        {
            role.name: role.kind.value
            for role in runtime.blueprint.roles
            if role.kind is not RoleKind.FUNCTION
        },
        runtime.clock(),
    )
    if action in OPEN_ACTIONS:
        return OPEN_ACTIONS[action](form, None, account)
    caller = _caller(service, request)
    if isinstance(caller, Failure):
        return caller
    return ACTIONS[action](form, caller, account)


def _caller(service: Service, request: Request) -> IamCaller | Failure:
    if not request.headers.get("authorization", "").strip():
        return Failure(words.MISSING_TOKEN, words.UNSIGNED, 403)
    identity = service.runtime.identity
    verified = service.verify(request, _SERVICE)
    if isinstance(verified, sigv4.SignatureRefusal):
        code, status = _CODES[verified.error_type]
        reason = f"the signature is refused: {verified.reason}"
        return Failure(code, verified.message, status, reason)
    return identity.credentials.caller(verified.credential, request.source_ip)
