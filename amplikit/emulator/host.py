"""Executes GraphQL requests: strawberry hosts the schema of the blueprint's SDL.

Strawberry's documented hooks hand it the parsed document, the validation errors and
the result; its own schema is a shell that nobody queries (docs/decisions).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

import strawberry
from graphql import (
    ExecutionResult,
    GraphQLError,
    MiddlewareManager,
    OperationType,
    execute,
)
from strawberry.extensions import SchemaExtension

from amplikit.emulator import wire
from amplikit.emulator.auth.policy import refuses_whole_request
from amplikit.emulator.documents import Document, Documents, Operation
from amplikit.emulator.failures import TIME_IS_UP, Stopped, WireError, wire_error
from amplikit.emulator.pitfalls import detect, detect_invalid, may_have_met
from amplikit.emulator.pitfalls.asked import Asked, Served
from amplikit.emulator.refusal import RequestRefusal
from amplikit.emulator.schema import RequestState, executable_schema
from amplikit.emulator.trace import Trace
from amplikit.emulator.validation.variables import refused_variables
from amplikit.identity.caller import IamCaller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from graphql import GraphQLResolveInfo
    from strawberry.types import ExecutionContext

    from amplikit.blueprint.resources import Blueprint
    from amplikit.emulator.auth.policy import RolePolicies
    from amplikit.emulator.calls import FieldError
    from amplikit.emulator.pitfalls.asked import GroupsNow
    from amplikit.emulator.schema import Resolvers
    from amplikit.identity.caller import Caller, UserPoolCaller

__all__ = ["ExecutionAnswer", "GraphQLRequest", "Host", "ended"]


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """What a client asks: the text, and what it is to be executed with."""

    query: str
    variables: Mapping[str, object] = field(repr=False)
    operation_name: str | None = None


@dataclass(frozen=True, slots=True)
class ExecutionAnswer:
    """A response with status 200.

    ``faults`` are exceptions of ours that some field met. ``operation`` is None when
    nothing was executed.
    """

    data: dict[str, object] | None
    errors: tuple[WireError, ...] = ()
    document: Document | None = None
    operation: Operation | None = None
    faults: tuple[BaseException, ...] = ()

    def body(self) -> dict[str, object]:
        """Return the response's JSON; ``errors`` is left out when there are none."""
        if self.errors:
            return {"data": self.data, "errors": self.errors}
        return {"data": self.data}


@dataclass(slots=True)
class _Execution:
    """What strawberry's hooks are to put into its execution context."""

    document: Document
    operation: Operation
    request: GraphQLRequest
    state: RequestState
    root: object = None


def _nobody(_: UserPoolCaller) -> None:
    """Stand for an API without a user directory."""


class Host:
    """One API, ready to answer."""

    def __init__(
        self,
        blueprint: Blueprint,
        resolvers: Resolvers,
        policies: RolePolicies,
        time_limit_s: float = wire.MAX_EXECUTION_S,
        groups_now: GroupsNow = _nobody,
    ) -> None:
        self.executable = executable_schema(blueprint, resolvers)
        self.documents = Documents(
            self.executable.schema, introspection=blueprint.limits.introspection
        )
        self.policies = policies
        self._time_limit_s = time_limit_s
        self._running: dict[int, RequestState] = {}
        self._served = Served.of(
            blueprint, self.executable.schema, self.executable.subscribers, groups_now
        )
        schema = self.executable.schema
        # Only these fields are not ours, and do not look at the clock.
        introspection = MiddlewareManager(_bounded)

        class Hosted(SchemaExtension):
            """Fills strawberry's execution context for one request."""

            def on_parse(self) -> Iterator[None]:
                execution: _Execution = self.execution_context.context
                self.execution_context.graphql_document = execution.document.syntax
                yield

            def on_validate(self) -> Iterator[None]:
                execution: _Execution = self.execution_context.context
                self.execution_context.pre_execution_errors = [
                    *execution.document.errors
                ]
                yield

            def on_execute(self) -> Iterator[None]:
                execution: _Execution = self.execution_context.context
                introspects = execution.operation.effort.introspects
                result = execute(
                    schema,
                    execution.document.syntax,
                    root_value=execution.root,
                    context_value=execution.state,
                    variable_values={**execution.request.variables},
                    operation_name=execution.operation.name,
                    middleware=introspection if introspects else None,
                    hide_suggestions=True,
                )
                if not isinstance(result, ExecutionResult):
                    message = "a resolver answered with an awaitable"
                    raise TypeError(message)
                self.execution_context.result = result
                yield

        self._shell = _Shell(query=_Nothing, extensions=[Hosted])

    def execute(
        self, request: GraphQLRequest, caller: Caller, trace: Trace
    ) -> ExecutionAnswer | RequestRefusal:
        """Answer a query or a mutation."""
        found = self.prepare(request)
        if not isinstance(found, tuple):
            if isinstance(found, ExecutionAnswer):
                self.look_at_invalid(request, trace)
            return found
        return self.perform(found, request, (caller, trace, self.deadline()))

    def deadline(self) -> float:
        """Return when a request that arrives now ends, by the monotonic clock."""
        return monotonic() + self._time_limit_s

    def perform(
        self,
        prepared: tuple[Document, Operation],
        request: GraphQLRequest,
        given: tuple[Caller, Trace, float],
    ) -> ExecutionAnswer | RequestRefusal:
        """Answer a prepared query or mutation of a caller, by a deadline; for threads.

        ``given`` is the caller, the trace to write and the deadline.
        """
        document, operation = prepared
        caller, trace, deadline = given
        if operation.kind is OperationType.SUBSCRIPTION:
            return RequestRefusal(
                400,
                wire.BAD_REQUEST_EXCEPTION,
                wire.SUBSCRIPTION_OVER_HTTP,
                "a subscription needs the real-time endpoint, a WebSocket",
            )
        denied = self.denied_by_policy(operation, caller, trace)
        if refuses_whole_request(len(operation.root_fields), len(denied)):
            return RequestRefusal(
                401,
                wire.UNAUTHORIZED_EXCEPTION,
                wire.PERMISSION_DENIED,
                f"its policy does not allow {', '.join(sorted(denied))}",
            )
        state = RequestState(caller, trace, deadline, denied)
        return self._run(_Execution(document, operation, request, state))

    def look(
        self,
        prepared: tuple[Document, Operation],
        caller: Caller,
        trace: Trace,
        data: Mapping[str, object],
    ) -> None:
        """Write the pitfalls that a request has met into its trace."""
        if may_have_met(self._served, prepared[1], caller, trace):
            detect(Asked(self._served, *prepared, caller, trace, data))

    def look_at_invalid(self, request: GraphQLRequest, trace: Trace) -> None:
        """Write the pitfalls of a document that is not valid into the trace."""
        document = self.documents.get(request.query)
        if isinstance(document, Document) and document.errors:
            trace.pitfalls += detect_invalid(document, self._served)

    def stop(self) -> None:
        """End what is being executed; called from another thread."""
        for state in [*self._running.values()]:
            state.deadline = 0

    def publish(
        self,
        request: GraphQLRequest,
        caller: Caller,
        event: Mapping[str, object],
    ) -> ExecutionAnswer | RequestRefusal:
        """Answer a subscription with one event, a value for its root field."""
        found = self.prepare(request)
        if not isinstance(found, tuple):
            return found
        state = RequestState(caller, Trace(), self.deadline(), event=True)
        return self._run(_Execution(*found, request, state, event))

    def prepare(
        self, request: GraphQLRequest
    ) -> tuple[Document, Operation] | ExecutionAnswer | RequestRefusal:
        """Return the operation to execute, or the answer to a document without one."""
        document = self.documents.get(request.query)
        if isinstance(document, RequestRefusal):
            return document
        operation = document.operation(request.operation_name)
        if isinstance(operation, RequestRefusal):
            return operation
        if document.errors:
            return ExecutionAnswer(None, tuple(map(wire_error, document.errors)))
        if isinstance(operation, GraphQLError):
            return ExecutionAnswer(None, (wire_error(operation),))
        return document, operation

    def denied_by_policy(
        self, operation: Operation, caller: Caller, trace: Trace
    ) -> frozenset[str]:
        """Return the root fields that layer 2 refuses; only IAM callers have one."""
        if not isinstance(caller, IamCaller):
            return frozenset()
        parent = operation.kind.value.capitalize()
        denied: set[str] = set()
        for name in sorted(operation.root_fields):
            decision = self.policies.decide(
                caller, f"{parent}.{name}", explained=trace.explained
            )
            trace.decisions.append(decision)
            if decision.verdict == "deny":
                denied.add(name)
        return frozenset(denied)

    def _run(self, execution: _Execution) -> ExecutionAnswer:
        request, operation = execution.request, execution.operation
        self._running[id(execution)] = execution.state
        try:
            result = self._shell.execute_sync(
                request.query,
                context_value=execution,
                operation_name=operation.name,
            )
        except Stopped as stopped:
            return ended(stopped.error)
        finally:
            del self._running[id(execution)]
        state = execution.state
        if not state.event:
            prepared = execution.document, operation
            self.look(prepared, state.caller, state.trace, result.data or {})
        errors = result.errors or []
        if result.data is None and errors and all(one.path is None for one in errors):
            # Whatever graphql-core refuses before the first field is a variable.
            errors = [
                refused_variables(
                    self.executable.schema, operation.node, request.variables
                )
            ]
            return ExecutionAnswer(None, tuple(map(wire_error, errors)))
        return ExecutionAnswer(
            result.data,
            tuple(map(wire_error, errors)),
            execution.document,
            operation,
            tuple(fault for error in errors if (fault := _fault(error))),
        )


def ended(error: FieldError) -> ExecutionAnswer:
    """Return the answer to a request of which nothing but one error is left."""
    told: WireError = {
        "path": None,
        "data": None,
        "errorType": error.error_type,
        "errorInfo": None,
        "locations": None,
        "message": error.message,
    }
    return ExecutionAnswer(None, (told,))


def _bounded(
    resolve: Callable[..., object],
    source: object,
    info: GraphQLResolveInfo[RequestState],
    /,
    **arguments: object,
) -> object:
    """Bound the time and the size of what resolvers of graphql-core do."""
    info.context.spend(len(info.field_name))
    if monotonic() > info.context.deadline:
        raise Stopped(TIME_IS_UP)
    return resolve(source, info, **arguments)


@strawberry.type
class _Nothing:
    """Strawberry wants a query type; the hosted schema has the real one."""

    nothing: bool = False


class _Shell(strawberry.Schema):
    def process_errors(
        self,
        errors: list[GraphQLError],
        execution_context: ExecutionContext | None = None,
    ) -> None:
        """Log nothing: errors are the client's, faults are told by the answer."""


def _fault(error: GraphQLError) -> BaseException | None:
    told = wire_error(error)
    fault = told.get("errorType") == wire.INTERNAL_FAILURE
    return error.original_error if fault else None
