"""The printed SDL as an executable schema: layer 1, then the resolver, for each field.

The schema is graphql-core's, built from the very text that AppSync is given; only what
AppSync predefines (its scalars and directives) is added.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING

from graphql import (
    DirectiveDefinitionNode,
    DocumentNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    ListValueNode,
    ScalarTypeDefinitionNode,
    StringValueNode,
    ValueNode,
    build_ast_schema,
    get_named_type,
    is_leaf_type,
    is_non_null_type,
    parse,
    validate_schema,
    value_from_ast_untyped,
)

from amplikit.blueprint.denials import ByMode, Denial
from amplikit.blueprint.field_access import FieldAccess, field_access
from amplikit.collector import without_collector
from amplikit.emulator import wire
from amplikit.emulator.auth.directives import DIRECTIVES_SDL
from amplikit.emulator.calls import FieldCall, FieldError, Resolved, Subscribed
from amplikit.emulator.failures import (
    RESPONSE_TOO_LARGE,
    TIME_IS_UP,
    FieldFailure,
    Stopped,
)
from amplikit.emulator.floats import read_floats_exactly
from amplikit.emulator.pitfalls.facts import Orphan
from amplikit.emulator.rules.considered import modes_considered
from amplikit.emulator.scalars import AWS_SCALARS, Scalar
from amplikit.emulator.trace import Considered, Decision, Trace
from amplikit.emulator.values import adapter, exact, weight
from amplikit.errors import Problem, SchemaInvalid
from amplikit.identity.caller import LambdaCaller

if TYPE_CHECKING:
    from typing import Protocol

    from graphql import GraphQLField, GraphQLResolveInfo

    from amplikit.blueprint.resources import Blueprint, FieldRules
    from amplikit.emulator.calls import Headers, Invalidation, Later
    from amplikit.emulator.trace import Path
    from amplikit.identity.caller import Caller

    class Resolvers(Protocol):
        """What resolves fields: the interpreter, or a test's stand-in."""

        @property
        def coordinates(self) -> frozenset[str]:
            """The fields that have a resolver."""

        def run(self, call: FieldCall, trace: Trace) -> Resolved | FieldError | Later:
            """Resolve one field."""

        def subscribe(self, call: FieldCall, trace: Trace) -> Subscribed | FieldError:
            """Run a subscription's resolver."""


__all__ = ["ExecutableSchema", "RequestState", "Resolvers", "executable_schema"]

_CLOSED = "The authorizer lists the field in its deniedFields."
_ROOTS = ("Query", "Mutation", "Subscription")


@dataclass(slots=True)
class RequestState:
    """What the fields of one request share.

    ``denied`` are the root fields that the caller's IAM policy refuses. An ``event`` is
    already resolved: its fields are taken from it, and no resolver runs again.
    ``appended`` are errors of fields that have a value nevertheless.
    ``invalidations`` are those of the resolvers that have run.
    """

    caller: Caller
    trace: Trace
    deadline: float
    headers: Headers = field(default_factory=dict, repr=False)
    denied: frozenset[str] = frozenset()
    event: bool = False
    resolvers_run: int = 0
    bytes_left: int = wire.MAX_RESPONSE_BYTES
    appended: list[GraphQLError] = field(default_factory=list)
    stop: Callable[[], object] | None = None
    closed: frozenset[str] = frozenset()
    invalidations: tuple[Invalidation, ...] = ()

    def __post_init__(self) -> None:
        """Take over what the authorizer has closed."""
        if isinstance(self.caller, LambdaCaller):
            self.closed = self.caller.denied_fields

    def spend(self, size: int) -> None:
        """Count what a value adds to the response, at least; stop when it is full."""
        self.bytes_left -= size
        if self.bytes_left < 0:
            raise Stopped(RESPONSE_TOO_LARGE)

    def invalidate(self, more: tuple[Invalidation, ...]) -> None:
        """Note what a resolver invalidates; the same again counts for nothing."""
        self.invalidations += tuple(
            one for one in more if one not in self.invalidations
        )
        if len(self.invalidations) > wire.MAX_INVALIDATIONS:
            self.invalidations = self.invalidations[: wire.MAX_INVALIDATIONS]
            message = wire.TOO_MANY_INVALIDATIONS % wire.MAX_INVALIDATIONS
            raise FieldFailure(FieldError(message, wire.BAD_REQUEST_EXCEPTION))


@dataclass(frozen=True)
class ExecutableSchema:
    """The schema, and what was read from its directives."""

    schema: GraphQLSchema
    access: Mapping[str, FieldAccess]
    subscribers: Mapping[str, tuple[str, ...]]
    rules: Mapping[str, FieldRules] = field(default_factory=dict)
    max_resolvers: int = wire.MAX_RESOLVERS

    @cached_property
    def groups(self) -> frozenset[str]:
        """The user groups that the directives name."""
        return frozenset().union(*(one.groups or () for one in self.access.values()))

    def decide(self, coordinate: str, caller: Caller, path: Path, trace: Trace) -> bool:
        """Whether layer 1 admits the caller; a refusal is told to the trace."""
        access = self.access[coordinate]
        closed = isinstance(caller, LambdaCaller) and coordinate in caller.denied_fields
        allowed = access.admits(caller) and not closed
        if not allowed or len(path) == 1:
            # The fields of a type have its rules, unless they have their own.
            type_name = coordinate.partition(".")[0]
            written = self.rules.get(coordinate) or self.rules.get(type_name)
            considered: tuple[Considered, ...] = ()
            if written is not None and trace.explained:
                considered = tuple(modes_considered(written, caller))
            groups = access.groups if caller.mode in access.modes else None
            cause = ByMode(tuple(sorted(groups or ())))
            decision = Decision(
                path,
                "directive",
                "allow" if allowed else "deny",
                written.where if written else None,
                (("mode", caller.mode.value), ("admitted", sorted(access.modes))),
                "" if allowed else _CLOSED if closed else access.hint(caller),
                considered,
                None if allowed or closed else Denial(coordinate, caller, cause),
            )
            trace.decisions.append(decision)
        return allowed


@without_collector()
def executable_schema(blueprint: Blueprint, resolvers: Resolvers) -> ExecutableSchema:
    """Build the schema of a blueprint's SDL and give every field its resolver.

    Raises ``SchemaInvalid`` for what AppSync refuses too, such as no query type.
    """
    schema = _parse_schema(blueprint.sdl)
    read_floats_exactly(schema)
    for scalar in AWS_SCALARS:
        _teach(schema.type_map.get(scalar.name), scalar)
    access: dict[str, FieldAccess] = {}
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            own = (type_.ast_node and type_.ast_node.directives) or ()
            for name, definition in type_.fields.items():
                node = definition.ast_node
                directives = (node and node.directives) or ()
                access[f"{type_.name}.{name}"] = field_access(
                    directives, own, blueprint.auth
                )
    rules = {rules.coordinate: rules for rules in blueprint.field_rules}
    most = blueprint.limits.resolver_count or wire.MAX_RESOLVERS
    executable = ExecutableSchema(schema, access, _subscribers(schema), rules, most)
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            for name, definition in type_.fields.items():
                resolve = _resolver(executable, resolvers, type_, name, definition)
                limit = blueprint.limits.query_depth
                definition.resolve = _no_deeper(limit, resolve) if limit else resolve
    return executable


def _parse_schema(sdl: str) -> GraphQLSchema:
    document = parse(sdl, no_location=True)
    declared = {
        definition.name.value
        for definition in document.definitions
        if isinstance(definition, ScalarTypeDefinitionNode | DirectiveDefinitionNode)
    }
    scalars = [
        f"scalar {scalar.name}" for scalar in AWS_SCALARS if scalar.name not in declared
    ]
    directives = [
        text
        for text in DIRECTIVES_SDL
        if text.removeprefix("directive @").split("(")[0].split(" ")[0] not in declared
    ]
    try:
        known = parse("\n".join((*scalars, *directives)), no_location=True)
        definitions = (*document.definitions, *known.definitions)
        schema = build_ast_schema(DocumentNode(definitions=definitions))
    except (GraphQLError, TypeError) as error:
        raise _not_served(str(error)) from error
    errors = validate_schema(schema)
    if errors:
        raise _not_served(errors[0].message)
    return schema


def _not_served(reason: str) -> SchemaInvalid:
    return SchemaInvalid(
        Problem(
            code="schema-not-servable",
            message=f"AppSync takes no such schema: {reason.splitlines()[0]}",
            hint="Change the types that it names.",
        )
    )


def _teach(type_: object, scalar: Scalar) -> None:
    """Give a scalar of the schema AppSync's way of reading and writing it."""
    if not isinstance(type_, GraphQLScalarType):
        return

    def from_literal(node: ValueNode) -> object:
        return scalar.parse(value_from_ast_untyped(node))

    type_.coerce_output_value = scalar.serialize
    type_.coerce_input_value = scalar.parse
    type_.coerce_input_literal = from_literal


def _subscribers(schema: GraphQLSchema) -> dict[str, tuple[str, ...]]:
    """Return which subscription fields each mutation field publishes to."""
    found: dict[str, tuple[str, ...]] = {}
    root = schema.subscription_type
    for name, definition in root.fields.items() if root else ():
        for mutation in _subscribed_mutations(definition):
            found[mutation] = (*found.get(mutation, ()), name)
    return found


def _subscribed_mutations(definition: GraphQLField) -> tuple[str, ...]:
    for directive in (definition.ast_node and definition.ast_node.directives) or ():
        if directive.name.value == "aws_subscribe":
            for argument in directive.arguments or ():
                value = argument.value
                elements = (
                    value.values if isinstance(value, ListValueNode) else (value,)
                )
                return tuple(
                    element.value
                    for element in elements
                    if isinstance(element, StringValueNode)
                )
    return ()


def not_authorized(name: str, parent: str) -> FieldFailure:
    """Return layer 1's and layer 2's refusal of a field."""
    message = wire.NOT_AUTHORIZED_FIELD % (name, parent)
    return FieldFailure(FieldError(message, wire.UNAUTHORIZED))


def _resolver(
    executable: ExecutableSchema,
    resolvers: Resolvers,
    type_: GraphQLObjectType,
    name: str,
    definition: GraphQLField,
) -> Callable[..., object]:
    parent = type_.name
    coordinate = f"{parent}.{name}"
    access = executable.access[coordinate]
    adapt = adapter(definition.type, parent)
    is_root = parent in _ROOTS
    required = is_non_null_type(definition.type)
    has_resolver = coordinate in resolvers.coordinates
    is_leaf = is_leaf_type(get_named_type(definition.type))
    least = len(name)

    def resolve(
        source: object, info: GraphQLResolveInfo[RequestState], /, **given: object
    ) -> object:
        state = info.context
        if monotonic() > state.deadline:
            raise Stopped(TIME_IS_UP)
        if is_root or coordinate in state.closed or not access.admits(state.caller):
            path = tuple(info.path.as_list())
            admitted = executable.decide(coordinate, state.caller, path, state.trace)
            if not admitted or (is_root and name in state.denied):
                raise not_authorized(name, parent)
        known = source if isinstance(source, Mapping) else None
        if not has_resolver or state.event:
            value = known.get(name) if known is not None else None
            state.spend(least + (weight(value) if is_leaf else 0))
            return adapt(value)
        state.resolvers_run += 1
        if state.resolvers_run > executable.max_resolvers:
            message = wire.RESOLVER_LIMIT_MESSAGE % executable.max_resolvers
            raise FieldFailure(FieldError(message, wire.RESOLVER_LIMIT))
        path = tuple(info.path.as_list())
        arguments = {key: exact(value) for key, value in given.items()}
        call = FieldCall(
            parent,
            name,
            arguments,
            known,
            state.caller,
            path,
            state.headers,
            state.deadline,
        )

        def complete(outcome: Resolved | FieldError) -> object:
            match outcome:
                case Resolved(value, appended, invalidations):
                    if invalidations:
                        state.invalidate(invalidations)
                    state.appended += (_appended(one, info) for one in appended)
                    if value is None and required and not is_root:
                        _note_orphan(call, state.trace)
                    state.spend(least + (weight(value) if is_leaf else 0))
                    return adapt(value)
                case FieldError() as error:
                    state.spend(least + weight(error.data))
                    raise FieldFailure(error)

        outcome = resolvers.run(call, state.trace)
        if isinstance(outcome, Resolved | FieldError):
            return complete(outcome)
        return _Completed(outcome, complete)

    return resolve


def _no_deeper(limit: int, resolve: Callable[..., object]) -> Callable[..., object]:
    """Return a resolver that refuses the fields below a level; lists are no level."""

    def resolve_above(
        source: object, info: GraphQLResolveInfo[RequestState], /, **given: object
    ) -> object:
        levels = sum(isinstance(part, str) for part in info.path.as_list())
        if levels > limit:
            message = wire.DEPTH_LIMIT_MESSAGE % limit
            raise FieldFailure(FieldError(message, wire.DEPTH_LIMIT))
        return resolve(source, info, **given)

    return resolve_above


@dataclass(frozen=True, slots=True)
class _Completed:
    """A field that waits: no coroutine, so that a request may end without it."""

    outcome: Awaitable[Resolved | FieldError]
    complete: Callable[[Resolved | FieldError], object]

    def __await__(self) -> Generator[object, None, object]:
        return self._finish().__await__()

    async def _finish(self) -> object:
        return self.complete(await self.outcome)


def _appended(
    error: FieldError, info: GraphQLResolveInfo[RequestState]
) -> GraphQLError:
    return GraphQLError(
        error.message,
        info.field_nodes,
        path=info.path.as_list(),
        original_error=FieldFailure(error),
    )


def _note_orphan(call: FieldCall, trace: Trace) -> None:
    """Note a required field whose item was looked for, and is not there."""
    last = trace.reads[-1] if trace.reads else None
    if last is not None and last.path == call.path and not last.evaluated:
        trace.facts.append(Orphan(call.path, call.parent, call.field))
