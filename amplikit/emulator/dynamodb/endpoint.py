"""``/dynamodb/``: one request from its bytes to its response.

Order of checks: method and content type, JSON, target, signature, the JSON's form,
constraints, IAM, and then what the operation itself looks at.
Source: dynalite's recordings of the service.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import orjson

from amplikit.emulator.dynamodb import access, words
from amplikit.emulator.dynamodb.constraints import violations
from amplikit.emulator.dynamodb.operations import OPERATIONS
from amplikit.emulator.dynamodb.parameters import Parameters
from amplikit.emulator.dynamodb.protocol import (
    JSON_1_0,
    Failure,
    failure_response,
    json_response,
)
from amplikit.emulator.dynamodb.shapes import read_shape
from amplikit.emulator.http import Response
from amplikit.emulator.log import refusal_line
from amplikit.emulator.refusal import RequestRefusal
from amplikit.identity import sigv4
from amplikit.store.refusals import Invalid
from amplikit.store.typed_json import WrongForm

if TYPE_CHECKING:
    from amplikit.emulator.dynamodb.operation import Answer, Operation
    from amplikit.emulator.dynamodb.server import TableServer
    from amplikit.emulator.http import Request
    from amplikit.emulator.service import Service
    from amplikit.identity.caller import IamCaller

__all__ = ["MAX_BODY_BYTES", "PATHS", "answer_dynamodb"]

PATHS: Final = ("/dynamodb", "/dynamodb/")
MAX_BODY_BYTES: Final = 16 * 1024 * 1024
_CONTENT_TYPES: Final = ("application/json", JSON_1_0)
_VERSIONS: Final = ("DynamoDB_20120810", "DynamoDB_20111205")
_SERVICE: Final = "dynamodb"
# A longer body takes more than a moment to read.
_SHORT_BODY: Final = 65_536
_NOT_SERVED: Final = b"<UnknownOperationException/>\n"


async def answer_dynamodb(service: Service, request: Request) -> Response:
    """Answer one request."""
    tables = service.tables
    if tables is None:
        return _plain(404, _NOT_SERVED)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip()
    if request.method == "GET":
        return _healthy(service)
    if request.method != "POST" or content_type not in _CONTENT_TYPES:
        return _plain(404, _NOT_SERVED)
    called = _called(service, request)
    if isinstance(called, Failure):
        return _refused(service, request, called, content_type)
    operation, body, caller = called
    work = partial(_perform, tables, operation, (body, caller))
    is_quick = operation.is_quick and len(request.body) <= _SHORT_BODY
    answer = await service.executions.run(work, is_quick=is_quick)
    if isinstance(answer, Failure):
        return _refused(service, request, answer, content_type)
    if operation.writes:
        tables.warn_once(service.log)
    return json_response(answer, content_type)


def _called(
    service: Service, request: Request
) -> tuple[Operation, object, IamCaller] | Failure:
    """Return what is called by whom."""
    try:
        body = orjson.loads(request.body or b"null")
    except orjson.JSONDecodeError as error:
        return Failure(words.SERIALIZATION, reason=f"the body is not JSON: {error}")
    version, _, name = request.headers.get("x-amz-target", "").partition(".")
    operation = OPERATIONS.get(name) if version in _VERSIONS else None
    if operation is None:
        return Failure(words.UNKNOWN_OPERATION, reason="the target is not served")
    if not request.headers.get("authorization", "").strip().startswith("AWS4-"):
        return Failure(words.UNSIGNED, words.UNSIGNED_MESSAGE)
    identity = service.runtime.identity
    verified = service.verify(request, _SERVICE)
    if isinstance(verified, sigv4.SignatureRefusal):
        reason = f"the signature is refused: {verified.reason}"
        return Failure(verified.error_type, verified.message, reason=reason)
    caller = identity.credentials.caller(verified.credential, request.source_ip)
    return operation, body, caller


def _perform(
    tables: TableServer, operation: Operation, asked: tuple[object, IamCaller]
) -> Answer:
    body, caller = asked
    try:
        found = read_shape(operation.shape, body)
        if not isinstance(found, dict):
            return Failure(words.SERIALIZATION, reason="there is no body")
        parameters = Parameters(found)
        if operation.check:
            operation.check(parameters, tables.has)
        told = violations(operation.shape, found, tables.has)
        if told:
            return Failure(words.VALIDATION, told)
        needs = operation.needs(parameters, tables.account)
        denied = access.refusal(tables.policies, caller, needs)
        if denied:
            return denied
        return operation.run(tables.call(parameters))
    except WrongForm as wrong:
        return Failure(words.SERIALIZATION, str(wrong))
    except Invalid as invalid:
        return Failure(invalid.refused.type, invalid.refused.message)


def _refused(
    service: Service, request: Request, failure: Failure, content_type: str
) -> Response:
    target = request.headers.get("x-amz-target", "").rpartition(".")[2]
    refusal = RequestRefusal(
        failure.status, failure.type, failure.message, failure.reason or failure.message
    )
    if failure.type != words.CONDITION_FAILED:
        service.log(refusal_line(f"/dynamodb {target}", refusal))
    return failure_response(failure, content_type)


def _healthy(service: Service) -> Response:
    region = service.runtime.identity.facts.region
    return _plain(200, f"healthy: dynamodb.{region}.amazonaws.com ".encode())


def _plain(status: int, body: bytes) -> Response:
    return Response(status, body, (("content-type", "text/plain"),))
