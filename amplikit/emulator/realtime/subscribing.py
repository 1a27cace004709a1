"""Whether a subscription may start, by all three layers, and what it listens to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson
from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLObjectType,
    InlineFragmentNode,
    OperationType,
    get_argument_values,
    get_variable_values,
)

from amplikit.emulator import wire
from amplikit.emulator.calls import FieldCall, FieldError
from amplikit.emulator.failures import WireError, wire_error
from amplikit.emulator.host import ExecutionAnswer, GraphQLRequest
from amplikit.emulator.realtime.matching import by_arguments
from amplikit.emulator.realtime.shape import shape_of
from amplikit.emulator.refusal import RequestRefusal
from amplikit.emulator.trace import Trace
from amplikit.emulator.validation.variables import refused_variables
from amplikit.emulator.values import exact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import SelectionSetNode
    from graphql.execution.values import VariableValues

    from amplikit.emulator.calls import FilterGroups
    from amplikit.emulator.documents import Document, Operation
    from amplikit.emulator.host import Host
    from amplikit.emulator.schema import Resolvers
    from amplikit.identity.caller import Caller

__all__ = ["Listener", "listener", "read_request"]

_ROOT = "Subscription"
_SHORT_QUERY = 2_000


@dataclass(frozen=True, slots=True)
class Listener:
    """An accepted subscription: whose, to which field, and which of its events.

    All that have the same ``shape`` are told the same of an event. Without a ``filter``
    the arguments filter; payloads that match ``invalidation`` end it. ``is_quick``:
    an event is worked out in a moment.
    """

    name: str
    request: GraphQLRequest
    caller: Caller
    arguments: Mapping[str, object]
    shape: str
    filter: FilterGroups | None = None
    invalidation: FilterGroups | None = None
    is_quick: bool = True
    trace: Trace = field(default_factory=Trace)

    @property
    def wanted(self) -> FilterGroups:
        """The alternatives of which an event must match one."""
        return by_arguments(self.arguments) if self.filter is None else self.filter


def read_request(data: str) -> GraphQLRequest | None:
    """Return the request in the ``data`` of a ``start``, or None."""
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    query = body.get("query") if isinstance(body, dict) else None
    variables = body.get("variables") if isinstance(body, dict) else None
    name = body.get("operationName") if isinstance(body, dict) else None
    if not isinstance(query, str) or not isinstance(variables, dict | None):
        return None
    if not isinstance(name, str | None):
        return None
    return GraphQLRequest(query, variables or {}, name or None)


def listener(
    host: Host,
    resolvers: Resolvers,
    request: GraphQLRequest,
    caller: Caller,
    trace: Trace | None = None,
) -> Listener | tuple[Trace, list[WireError]]:
    """Return the subscription, or the errors of its refusal and how they came about."""
    trace = trace or Trace()
    found = host.prepare(request)
    if isinstance(found, RequestRefusal):
        return trace, [_told(found.error_type, found.message)]
    if isinstance(found, ExecutionAnswer):
        return trace, [*found.errors]
    operation = found[1]
    if operation.kind is not OperationType.SUBSCRIPTION:
        words = wire.NOT_SUPPORTED_IN_REAL_TIME % operation.kind.value
        return trace, [_told(wire.UNSUPPORTED_OPERATION, words)]
    if host.denied_by_policy(operation, caller, trace):
        return trace, [_told(wire.UNAUTHORIZED_EXCEPTION, wire.PERMISSION_DENIED)]
    return _listener(host, resolvers, found, (request, caller, trace))


def _listener(
    host: Host,
    resolvers: Resolvers,
    prepared: tuple[Document, Operation],
    given: tuple[GraphQLRequest, Caller, Trace],
) -> Listener | tuple[Trace, list[WireError]]:
    document, operation = prepared
    request, caller, trace = given
    node = _root_field(document, operation.node.selection_set)
    name = node.name.value
    path = ((node.alias or node.name).value,)
    if not host.executable.decide(f"{_ROOT}.{name}", caller, path, trace):
        words = wire.NOT_AUTHORIZED_FIELD % (name, _ROOT)
        return trace, [_told(wire.UNAUTHORIZED, words)]
    variables = _variables(host, request, operation)
    if isinstance(variables, GraphQLError):
        return trace, [wire_error(variables)]
    arguments = _arguments(host, node, variables)
    if isinstance(arguments, GraphQLError):
        return trace, [wire_error(arguments)]
    exactly = {key: exact(value) for key, value in arguments.items()}
    call = FieldCall(_ROOT, name, exactly, None, caller, path)
    started = resolvers.subscribe(call, trace)
    host.look(prepared, caller, trace, {})
    if isinstance(started, FieldError):
        told = _told(started.error_type, started.message)
        return trace, [{**told, "errorCode": started.error_code}]
    groups = host.executable.groups
    return Listener(
        name,
        request,
        caller,
        exactly,
        shape_of(prepared, variables.coerced, caller, groups),
        started.filter,
        started.invalidation,
        operation.effort.is_quick and len(request.query) <= _SHORT_QUERY,
        trace,
    )


def _variables(
    host: Host, request: GraphQLRequest, operation: Operation
) -> VariableValues | GraphQLError:
    schema = host.executable.schema
    definitions = operation.node.variable_definitions or ()
    variables = get_variable_values(schema, definitions, {**request.variables})
    if isinstance(variables, list):
        return refused_variables(schema, operation.node, request.variables)
    return variables


def _arguments(
    host: Host, node: FieldNode, variables: VariableValues
) -> dict[str, object] | GraphQLError:
    root = host.executable.schema.get_root_type(OperationType.SUBSCRIPTION)
    definitions = root.fields if isinstance(root, GraphQLObjectType) else {}
    try:
        return get_argument_values(definitions[node.name.value], node, variables)
    except GraphQLError as error:
        return error


def _root_field(document: Document, selections: SelectionSetNode) -> FieldNode:
    """Return the one root field, which validation has made sure of."""
    waiting = selections
    while True:
        match waiting.selections[0]:
            case FieldNode() as node:
                return node
            case FragmentSpreadNode(name=name):
                waiting = document.fragments[name.value].selection_set
            case InlineFragmentNode(selection_set=inner):
                waiting = inner


def _told(error_type: str | None, message: str) -> WireError:
    return {"errorType": error_type, "message": message}
