"""``/graphql``: one request from its bytes to its response.

Order of checks: WAF, authentication, body, document, then the fields.
Source: AppSync developer guide; graphql-over-http issue 81 for the refusals.
"""

from __future__ import annotations

import asyncio
import traceback
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import orjson
from graphql import OperationType

from amplikit.emulator import wire
from amplikit.emulator.auth.classify import identify
from amplikit.emulator.auth.presented import Presented
from amplikit.emulator.explain import explanation
from amplikit.emulator.gateway.plans import blocked_by_waf
from amplikit.emulator.host import ExecutionAnswer, GraphQLRequest
from amplikit.emulator.http import Response, json_response, refusal_response
from amplikit.emulator.log import refusal_line, trace_lines
from amplikit.emulator.refusal import RequestRefusal
from amplikit.emulator.trace import Trace

if TYPE_CHECKING:
    from amplikit.emulator.http import Request
    from amplikit.emulator.service import Service
    from amplikit.identity.caller import Caller

__all__ = ["EXPLAIN_HEADER", "answer_graphql", "answer_identified"]

EXPLAIN_HEADER = "x-amplikit-explain"
_METHODS = ("POST", "GET")


def answer_graphql(service: Service, request: Request) -> Response:
    """Answer a client that calls AppSync itself."""
    if request.method not in _METHODS:
        return _refuse(
            service, RequestRefusal(405, wire.BAD_REQUEST_EXCEPTION, wire.NO_SUCH_ROUTE)
        )
    blocked = blocked_by_waf(service, request.headers.get(wire.HEADER_API_KEY))
    if blocked:
        return _refuse(service, blocked)
    presented = Presented(request.headers, request.signed(), request.source_ip)
    caller = identify(presented, service.trusted, service.runtime.clock())
    if isinstance(caller, RequestRefusal):
        return _refuse(service, caller)
    return answer_identified(service, request, caller)


def answer_identified(service: Service, request: Request, caller: Caller) -> Response:
    """Execute the request of a known caller."""
    asked = _read(request)
    if isinstance(asked, RequestRefusal):
        return _refuse(service, asked)
    trace = Trace()
    answer = service.host.execute(asked, caller, trace)
    for line in trace_lines(caller.label, trace):
        service.log(line)
    if isinstance(answer, RequestRefusal):
        return _refuse(service, answer)
    for fault in answer.faults:
        service.log("".join(traceback.format_exception(fault)))
    if answer.operation and answer.operation.kind is OperationType.MUTATION:
        # After the response, so that the writer does not wait for its readers.
        asyncio.get_running_loop().call_soon(service.hub.publish, answer)
    return _response(service, request, answer, trace)


def _response(
    service: Service, request: Request, answer: ExecutionAnswer, trace: Trace
) -> Response:
    body = answer.body()
    token = request.headers.get(EXPLAIN_HEADER)
    if token is not None and service.is_admin(token):
        body["extensions"] = {"amplikit": explanation(trace)}
    response = json_response(200, body)
    return response.with_headers((wire.HEADER_TOKENS_CONSUMED, "1"))


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
