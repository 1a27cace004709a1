"""``/graphql``: one request from its bytes to its response.

Order of checks: WAF, authentication, body, document, then the fields.
Source: AppSync developer guide; graphql-over-http issue 81 for the refusals.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import orjson
from graphql import OperationType

from amplikit.emulator import wire
from amplikit.emulator.auth.classify import identify
from amplikit.emulator.auth.presented import Presented
from amplikit.emulator.explain import explanation
from amplikit.emulator.failures import RESPONSE_TOO_LARGE
from amplikit.emulator.gateway.plans import blocked_by_waf
from amplikit.emulator.host import ExecutionAnswer, GraphQLRequest, ended
from amplikit.emulator.http import Response, json_response, refusal_response
from amplikit.emulator.log import not_run_lines, refusal_line, trace_lines
from amplikit.emulator.refusal import RequestRefusal
from amplikit.emulator.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from amplikit.emulator.documents import Document, Operation
    from amplikit.emulator.http import Request
    from amplikit.emulator.service import Service
    from amplikit.identity.caller import Caller

__all__ = ["EXPLAIN_HEADER", "answer_graphql", "answer_identified"]

EXPLAIN_HEADER = "x-amplikit-explain"
_METHODS = ("POST", "GET")
_MAX_METHOD = 20
_SHORT_QUERY = 2_000
_SHORT_BODY = 32_768
_ALLOW = ("allow", "GET, POST, OPTIONS")


async def answer_graphql(service: Service, request: Request) -> Response:
    """Answer a client that calls AppSync itself."""
    if request.method not in _METHODS:
        refusal = RequestRefusal(
            405,
            wire.METHOD_NOT_ALLOWED,
            wire.METHOD_NOT_ALLOWED_MESSAGE,
            f"the method is {request.method[:_MAX_METHOD]}",
        )
        return _refuse(service, refusal).with_headers(_ALLOW)
    blocked = blocked_by_waf(service, request.headers.get(wire.HEADER_API_KEY))
    if blocked:
        return _refuse(service, blocked)
    presented = Presented(request.headers, request.signed(), request.source_ip)
    caller = await identify(presented, service.trusted, service.runtime.clock())
    if isinstance(caller, RequestRefusal):
        return _refuse(service, caller)
    return await answer_identified(service, request, caller)


async def answer_identified(
    service: Service, request: Request, caller: Caller
) -> Response:
    """Execute the request of a known caller."""
    asked = _read(request)
    if isinstance(asked, RequestRefusal):
        return _refuse(service, asked)
    trace = Trace(explained=service.is_admin(request.headers.get(EXPLAIN_HEADER)))
    deadline = service.host.deadline()
    prepared = await service.executions.run(
        partial(service.host.prepare, asked), is_quick=_is_short(service, asked)
    )
    if isinstance(prepared, RequestRefusal):
        return _refuse(service, prepared)
    if isinstance(prepared, ExecutionAnswer):
        service.host.look_at_invalid(asked, trace)
        for line in trace_lines(caller.label, trace):
            service.log(line)
        return _response(prepared, trace)[1]
    document, operation = prepared
    if document.waits:
        asked = replace(asked, headers=request.shown_headers(but=EXPLAIN_HEADER))
    work = _Work(service, asked, prepared, caller, trace, deadline)
    writes = operation.kind is OperationType.MUTATION
    if writes:
        await service.hub.room()
    if document.waits:
        done = await service.executions.wait(work.wait)
        if writes and not isinstance(done, RequestRefusal):
            service.hub.publish(done[0])
    else:
        is_quick = operation.effort.is_quick and len(request.body) <= _SHORT_BODY
        async with service.executions.turn(writes=writes):
            done = await service.executions.run(work.execute, is_quick=is_quick)
            if writes and not isinstance(done, RequestRefusal):
                service.hub.publish(done[0])
    for line in trace_lines(caller.label, trace):
        service.log(line)
    if isinstance(done, RequestRefusal):
        # A refusal by IAM stands in the trace, with its reason.
        return refusal_response(done) if trace.decisions else _refuse(service, done)
    answer, response = done
    for line in not_run_lines(answer.errors):
        service.log(line)
    for fault in answer.faults:
        service.log("".join(traceback.format_exception(fault)))
    return response


@dataclass(frozen=True, slots=True)
class _Work:
    """One prepared request, to be executed wherever that is best."""

    service: Service
    asked: GraphQLRequest
    prepared: tuple[Document, Operation]
    caller: Caller
    trace: Trace
    deadline: float

    def execute(self) -> tuple[ExecutionAnswer, Response] | RequestRefusal:
        """Answer a document that does not wait."""
        answer = self._perform()
        if isinstance(answer, RequestRefusal):
            return answer
        if not isinstance(answer, ExecutionAnswer):
            message = "a field waits that was not known to"
            raise TypeError(message)
        return _response(answer, self.trace)

    async def wait(self) -> tuple[ExecutionAnswer, Response] | RequestRefusal:
        """Answer a document that may wait."""
        answer = self._perform()
        if isinstance(answer, RequestRefusal):
            return answer
        if not isinstance(answer, ExecutionAnswer):
            answer = await answer
        return _response(answer, self.trace)

    def _perform(
        self,
    ) -> ExecutionAnswer | RequestRefusal | Awaitable[ExecutionAnswer]:
        given = self.caller, self.trace, self.deadline
        return self.service.host.perform(self.prepared, self.asked, given)


def _is_short(service: Service, asked: GraphQLRequest) -> bool:
    """Whether the document is read in a moment."""
    if len(asked.query) <= _SHORT_QUERY:
        return True
    return service.host.documents.known(asked.query) is not None


def _response(
    answer: ExecutionAnswer, trace: Trace
) -> tuple[ExecutionAnswer, Response]:
    """Return the response, and the answer that it tells: too long a one is replaced."""
    body = answer.body()
    if trace.explained:
        body["extensions"] = {"amplikit": explanation(trace)}
    response = json_response(200, body)
    if len(response.body) > wire.MAX_RESPONSE_BYTES:
        answer = ended(RESPONSE_TOO_LARGE)
        response = json_response(200, answer.body())
    return answer, response.with_headers((wire.HEADER_TOKENS_CONSUMED, "1"))


def _refuse(service: Service, refusal: RequestRefusal) -> Response:
    service.log(refusal_line("/graphql", refusal))
    return refusal_response(refusal)


def _malformed(message: str, reason: str) -> RequestRefusal:
    return RequestRefusal(400, wire.MALFORMED_REQUEST, message, reason)


def _read(request: Request) -> GraphQLRequest | RequestRefusal:
    if request.method == "GET":
        return _read_query(request.raw_query)
    if not request.body:
        return _malformed(wire.EMPTY_BODY, "the body is empty")
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        return _malformed(wire.UNPARSABLE_QUERY, f"the body is not JSON: {error}")
    if not isinstance(body, dict):
        return _malformed(wire.UNPARSABLE_QUERY, "the body is not a JSON object")
    return _asked(body.get("query"), body.get("variables"), body.get("operationName"))


def _read_query(raw_query: bytes) -> GraphQLRequest | RequestRefusal:
    try:
        parameters = parse_qs(raw_query.decode("ascii"), max_num_fields=16)
        variables = orjson.loads(parameters.get("variables", ["null"])[0])
    except ValueError:
        return _malformed(wire.UNPARSABLE_QUERY, "the query string is unreadable")
    query = parameters.get("query", [None])[0]
    return _asked(query, variables, parameters.get("operationName", [None])[0])


def _asked(
    query: object, variables: object, name: object
) -> GraphQLRequest | RequestRefusal:
    if not isinstance(query, str):
        return _malformed(wire.UNPARSABLE_QUERY, "'query' is not a text")
    if variables is not None and not isinstance(variables, dict):
        return _malformed(wire.UNPARSABLE_QUERY, "'variables' is not an object")
    if name is not None and not isinstance(name, str):
        return _malformed(wire.UNPARSABLE_QUERY, "'operationName' is not a text")
    return GraphQLRequest(query, variables or {}, name or None)
