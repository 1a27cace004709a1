"""Executes GraphQL requests: strawberry hosts the schema of the blueprint's SDL.

Strawberry's documented hooks hand it the parsed document, the validation errors and
the result; its own schema is a shell that nobody queries (docs/decisions).
"""

from __future__ import annotations

import asyncio
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

from amplikit.blueprint.operations import waits
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
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    from graphql import GraphQLResolveInfo
    from strawberry.types import ExecutionContext

    from amplikit.blueprint.resources import Blueprint
    from amplikit.emulator.auth.policy import RolePolicies
    from amplikit.emulator.calls import FieldError, Headers, Invalidation
    from amplikit.emulator.pitfalls.asked import GroupsNow
    from amplikit.emulator.schema import Resolvers
    from amplikit.identity.caller import Caller, UserPoolCaller

__all__ = ["ExecutionAnswer", "GraphQLRequest", "Host", "ended"]


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """What a client asks: the text, and what it is to be executed with.

    ``headers`` are those of the request, for functions and endpoints.
    """

    query: str
    variables: Mapping[str, object] = field(repr=False)
    operation_name: str | None = None
    headers: Headers = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ExecutionAnswer:
    """A response with status 200.

    ``faults`` are exceptions of ours that some field met. ``operation`` is None when
    nothing was executed. ``invalidations`` end subscriptions.
    """

    data: dict[str, object] | None
    errors: tuple[WireError, ...] = ()
    document: Document | None = None
    operation: Operation | None = None
    faults: tuple[BaseException, ...] = ()
    invalidations: tuple[Invalidation, ...] = ()

    def body(self) -> dict[str, object]:
        """Return the response's JSON; ``errors`` is left out when there are none."""
        if self.errors:
            return {"data": self.data, "errors": self.errors}
        return {"data": self.data}


@dataclass(slots=True)
class _Execution:
    """What strawberry's hooks are to put into its execution context.

    ``later``: some field waits, and this will be the result.
    """

    document: Document
    operation: Operation
    request: GraphQLRequest
    state: RequestState
    root: object = None
    later: Awaitable[ExecutionResult] | None = None


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
            self.executable.schema,
            waiting=_waiting(blueprint),
            introspection=blueprint.limits.introspection,
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
                    execution.later = result
                    result = ExecutionResult(None, None)
                self.execution_context.result = result
                yield

        self._shell = _Shell(query=_Nothing, extensions=[Hosted])

    def execute(
        self, request: GraphQLRequest, caller: Caller, trace: Trace
    ) -> ExecutionAnswer | RequestRefusal:
        """Answer a query or a mutation; not where an event loop runs."""
        found = self.prepare(request)
        if not isinstance(found, tuple):
            if isinstance(found, ExecutionAnswer):
                self.look_at_invalid(request, trace)
            return found

        async def waited(answer: Awaitable[ExecutionAnswer]) -> ExecutionAnswer:
            return await answer

        answer = self.perform(found, request, (caller, trace, self.deadline()))
        if isinstance(answer, ExecutionAnswer | RequestRefusal):
            return answer
        return asyncio.run(waited(answer))

    def deadline(self) -> float:
        """Return when a request that arrives now ends, by the monotonic clock."""
        return monotonic() + self._time_limit_s

    def perform(
        self,
        prepared: tuple[Document, Operation],
        request: GraphQLRequest,
        given: tuple[Caller, Trace, float],
    ) -> ExecutionAnswer | RequestRefusal | Awaitable[ExecutionAnswer]:
        """Answer a prepared query or mutation of a caller, by a deadline; for threads.

        ``given`` is the caller, the trace to write and the deadline. Only the answer to
        a document that waits may have to be awaited.
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
        state = RequestState(caller, trace, deadline, request.headers, denied)
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

    def decisive(self, subscription: str) -> tuple[str, ...]:
        """Return the fields by which alone some hear of a subscription field."""
        return self._served.decisive.get(subscription, ())

    def look_at_invalid(self, request: GraphQLRequest, trace: Trace) -> None:
        """Write the pitfalls of a document that is not valid into the trace."""
        document = self.documents.get(request.query)
        if isinstance(document, Document) and document.errors:
            trace.pitfalls += detect_invalid(document, self._served)

    def stop(self) -> None:
        """End what is being executed; called from another thread."""
        for state in [*self._running.values()]:
            state.deadline = 0
            if state.stop:
                state.stop()

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
        answer = self._run(_Execution(*found, request, state, event))
        if not isinstance(answer, ExecutionAnswer):
            message = "a field of an event waits"
            raise TypeError(message)
        return answer

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

    def _run(
        self, execution: _Execution
    ) -> ExecutionAnswer | Awaitable[ExecutionAnswer]:
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
            if execution.later is None:
                del self._running[id(execution)]
        if execution.later is not None:
            return self._finish(execution, execution.later)
        return self._answer(execution, result.data, result.errors or [])

    async def _finish(
        self, execution: _Execution, later: Awaitable[ExecutionResult]
    ) -> ExecutionAnswer:
        """Wait for the fields that wait; ``stop`` ends that."""
        state = execution.state
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        if task is not None:
            state.stop = lambda: loop.call_soon_threadsafe(task.cancel)
        try:
            result = await later
        except Stopped as stopped:
            return ended(stopped.error)
        except asyncio.CancelledError:
            if state.deadline:
                raise
            return ended(TIME_IS_UP)
        finally:
            state.stop = None
            del self._running[id(execution)]
        return self._answer(execution, result.data, result.errors or [])

    def _answer(
        self,
        execution: _Execution,
        data: dict[str, object] | None,
        errors: list[GraphQLError],
    ) -> ExecutionAnswer:
        state, operation = execution.state, execution.operation
        if not state.event:
            prepared = execution.document, operation
            self.look(prepared, state.caller, state.trace, data or {})
        if data is None and errors and all(one.path is None for one in errors):
            # Whatever graphql-core refuses before the first field is a variable.
            variables = execution.request.variables
            refused = refused_variables(
                self.executable.schema, operation.node, variables
            )
            return ExecutionAnswer(None, (wire_error(refused),))
        errors = [*state.appended, *errors]
        return ExecutionAnswer(
            data,
            tuple(map(wire_error, errors)),
            execution.document,
            operation,
            tuple(fault for error in errors if (fault := _fault(error))),
            state.invalidations,
        )


def _waiting(blueprint: Blueprint) -> frozenset[str]:
    """Return the fields that ask a function or an endpoint, or whose writes may."""
    return frozenset(
        resolver.coordinate
        for resolver in blueprint.resolvers
        for function in resolver.functions
        if waits(function.request)
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
