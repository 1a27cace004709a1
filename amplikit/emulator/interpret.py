"""Runs the resolvers of a blueprint: the one place where they have an effect.

Nothing is decided here that is not in the blueprint; the order of operations is its
order. A resolver that asks what lies outside of the tables stops there and goes on with
the answer: whoever runs it awaits that, and only then.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, assert_never

from amplikit.blueprint.operations import (
    Authorize,
    Check,
    CheckSortKey,
    CheckVersion,
    CompositeKey,
    Defaults,
    DeleteItem,
    FieldGuard,
    GetItem,
    ListItems,
    Local,
    Mark,
    OwnerProject,
    PutItem,
    Query,
    Remote,
    Rename,
    RequireAuth,
    ReturnIf,
    Scan,
    Search,
    SubscriptionFilter,
    Synced,
    UpdateItem,
    Validate,
)
from amplikit.emulator.calls import FieldCall, FieldError, Resolved, Subscribed
from amplikit.emulator.datasources.conflicts import ConflictResolver
from amplikit.emulator.datasources.failures import (
    SEARCH_REFUSED,
    VALIDATION,
    refused,
)
from amplikit.emulator.datasources.pages import PageReader
from amplikit.emulator.datasources.remote import NOT_FOR_SUBSCRIPTIONS, not_run
from amplikit.emulator.datasources.sort_keys import sort_condition
from amplikit.emulator.datasources.sync_pages import SyncReader
from amplikit.emulator.datasources.versioned import VersionedWriter
from amplikit.emulator.datasources.writes import ItemWriter
from amplikit.emulator.pitfalls.facts import ArgumentRefused, KeyPartly, Redacted
from amplikit.emulator.renaming import rename
from amplikit.emulator.rules.decide import authorize, guard_fields, require_auth
from amplikit.emulator.rules.verdict import Verdict
from amplikit.emulator.run import Run, evaluate, look_up
from amplikit.emulator.steps import Waiting, outcome_of
from amplikit.emulator.subscription_filters import to_subscription_filter
from amplikit.emulator.validate_input import validate
from amplikit.store.conditions import Comparison, Given, Path
from amplikit.store.refusals import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from amplikit.blueprint.operations import (
        Function,
        KeyCondition,
        Operation,
        Resolver,
        TableRequest,
    )
    from amplikit.blueprint.remote import RemoteCall
    from amplikit.blueprint.resources import Blueprint
    from amplikit.emulator.calls import FilterGroups, Later
    from amplikit.emulator.datasources.remote import Outside
    from amplikit.emulator.next_token import NextTokens
    from amplikit.emulator.steps import Steps
    from amplikit.emulator.trace import Trace
    from amplikit.store.interface import AttributeValue, Store

__all__ = ["Interpreter"]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What ends a resolver early, without an error."""

    value: AttributeValue


class Interpreter:
    """The resolvers of one blueprint over one store.

    ``clock`` gives aware UTC instants, ``new_id`` UUIDs. Without ``outside`` a field
    that asks a function or an endpoint answers an error.
    """

    def __init__(
        self,
        blueprint: Blueprint,
        store: Store,
        tokens: NextTokens,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        *,
        outside: Outside | None = None,
    ) -> None:
        self._resolvers = {one.coordinate: one for one in blueprint.resolvers}
        self._pages = PageReader(blueprint, store, tokens, _shown_otherwise(blueprint))
        self._writer = ItemWriter(store)
        self._syncs = SyncReader(store, tokens)
        hidden = frozenset(
            (parent, name)
            for parent, _, name in (one.partition(".") for one in self._resolvers)
        )
        self._versions = VersionedWriter(
            blueprint, store, ConflictResolver(blueprint, outside, hidden)
        )
        self._clock = clock
        self._new_id = new_id
        self._outside = outside

    @property
    def coordinates(self) -> frozenset[str]:
        """The fields that have a resolver, e.g. ``Query.getPost``."""
        return frozenset(self._resolvers)

    def run(self, call: FieldCall, trace: Trace) -> Resolved | FieldError | Later:
        """Resolve one field."""
        run = self._begin(call, trace)
        steps = self._perform(self._resolver(call), run)
        try:
            asked = next(steps)
        except StopIteration as ended:
            return outcome_of(ended.value, run)
        return Waiting(steps, asked, run)

    def subscribe(self, call: FieldCall, trace: Trace) -> Subscribed | FieldError:
        """Run a subscription's resolver, once, when it starts.

        A subscription without a resolver is open to whom the directives admit.
        """
        if f"{call.parent}.{call.field}" not in self._resolvers:
            return Subscribed(None)
        run = self._begin(call, trace)
        steps = self._perform(self._resolver(call), run)
        try:
            next(steps)
        except StopIteration as ended:
            outcome = outcome_of(ended.value, run)
            return outcome if isinstance(outcome, FieldError) else _subscribed(run)
        return NOT_FOR_SUBSCRIPTIONS

    def _begin(self, call: FieldCall, trace: Trace) -> Run:
        arguments = dict(call.arguments)
        given = arguments.get("input")
        if isinstance(given, dict):
            arguments["input"] = dict(given)
        return Run(call, trace, _timestamp(self._clock()), self._new_id, arguments)

    def _resolver(self, call: FieldCall) -> Resolver:
        return self._resolvers[f"{call.parent}.{call.field}"]

    def _perform(
        self, resolver: Resolver, run: Run
    ) -> Steps[AttributeValue | FieldError]:
        try:
            for function in resolver.functions:
                ended = yield from self._function(function, run)
                if isinstance(ended, FieldError):
                    return ended
                if isinstance(ended, _Answer):
                    return ended.value
                run.previous = run.result
        except Invalid as error:
            return refused(VALIDATION, str(error), run)
        return run.result

    def _function(
        self, function: Function, run: Run
    ) -> Steps[FieldError | _Answer | None]:
        for operation in function.before:
            ended = _operate(operation, run)
            if ended is not None:
                return ended
        match function.request:
            case Remote(call):
                result = yield from self._ask(call, run)
            case Synced():
                result = yield from self._synced(function.request, run)
            case request:
                result = self._request(request, run)
        if isinstance(result, FieldError):
            return result
        run.result = result
        for operation in function.after:
            ended = _operate(operation, run)
            if ended is not None:
                return ended
        return None

    def _synced(self, synced: Synced, run: Run) -> Steps[AttributeValue | FieldError]:
        match synced.request:
            case None:
                return self._syncs.read(synced.table, run)
            case PutItem() | UpdateItem() | DeleteItem() as write:
                return (yield from self._versions.write(synced, write, run))
            case read:
                return self._request(read, run)

    def _ask(self, call: RemoteCall, run: Run) -> Steps[AttributeValue | FieldError]:
        if self._outside is None:
            return not_run(call)
        answer = yield partial(self._outside.ask, call, run)
        if isinstance(answer, FieldError):
            return answer
        run.appended += answer.appended
        return answer.value

    def _request(
        self, request: TableRequest | Search | Local, run: Run
    ) -> AttributeValue | FieldError:
        match request:
            case GetItem():
                return self._pages.get(request, run)
            case Query(single=True):
                return self._pages.single(request, run)
            case Query():
                return self._pages.query(request, run)
            case Scan():
                return self._pages.scan(request, run)
            case ListItems():
                return self._pages.list(request, run)
            case PutItem():
                return self._writer.put(request, run)
            case UpdateItem():
                return self._writer.update(request, run)
            case DeleteItem():
                return self._writer.delete(request, run)
            case Search():
                return SEARCH_REFUSED
            case Local(payload):
                return evaluate(payload, run)
            case _:
                assert_never(request)


def _operate(  # noqa: C901, PLR0912 - one case for each kind of operation
    operation: Operation, run: Run
) -> FieldError | _Answer | None:
    match operation:
        case Authorize():
            verdict = authorize(operation, run)
            if isinstance(verdict, FieldError):
                return verdict
            return _Answer(None) if verdict is Verdict.NULL else None
        case RequireAuth():
            return require_auth(operation, run)
        case FieldGuard():
            return guard_fields(run)
        case Check():
            return _check(operation, run)
        case CheckSortKey(key):
            return _check_sort_key(key, run)
        case CheckVersion():
            _check_version(operation, run)
            return None
        case Defaults():
            _fill_in(operation, run)
            return None
        case CompositeKey():
            return _composite_key(operation, run)
        case ReturnIf():
            return _return_if(operation, run)
        case OwnerProject(attribute, separator):
            run.result = _projected(look_up(f"source.{attribute}", run), separator)
            return None
        case Mark(name, value):
            _mark(run.result, name, evaluate(value, run))
            return None
        case Rename():
            rename(operation, run)
            return None
        case Validate(name, validation):
            return validate(validation, name, run.input.get(name))
        case SubscriptionFilter():
            return None
        case _:
            assert_never(operation)


def _fill_in(operation: Defaults, run: Run) -> None:
    made = {name: evaluate(value, run) for name, value in operation.values}
    if operation.to == "stash":
        run.defaults.update(made)
    elif operation.to == "over":
        run.input.update(made)
    else:
        # v1 keeps what the client gave, and replaces an explicit null.
        run.input.update({n: v for n, v in made.items() if run.input.get(n) is None})


def _return_if(operation: ReturnIf, run: Run) -> _Answer | None:
    if operation.spares_above and run.above_rules:
        return None
    found = look_up(operation.path, run)
    if operation.equals is None:
        matches = found is None or (operation.blank and found == "")
    else:
        matches = found == operation.equals
        if matches:
            path, name = run.call.path, run.call.field
            stored = look_up(f"source.{name}", run) is not None
            run.trace.facts.append(Redacted(path, name, stored))
    return _Answer(evaluate(operation.value, run)) if matches else None


def _check(operation: Check, run: Run) -> FieldError | None:
    if run.arguments.get(operation.given) is None:
        return None
    missing = any(run.arguments.get(name) in (None, "") for name in operation.without)
    if operation.without and not missing:
        return None
    run.trace.facts.append(ArgumentRefused(run.call.path, operation.given))
    return FieldError(operation.message, operation.error_type)


def _check_sort_key(key: KeyCondition, run: Run) -> FieldError | None:
    asked = run.arguments.get(key.argument)
    if not isinstance(asked, dict):
        return None
    checked = sort_condition(key, asked)
    return checked if isinstance(checked, FieldError) else None


def _check_version(operation: CheckVersion, run: Run) -> None:
    expected = run.input.pop(operation.argument, None)
    wanted = Comparison(Path((operation.attribute,)), "=", Given(expected))
    run.pending = (*run.pending, wanted)
    if operation.counts and isinstance(expected, int):
        run.input[operation.attribute] = expected + 1


def _composite_key(operation: CompositeKey, run: Run) -> FieldError | None:
    values = run.values() if operation.sees_defaults else run.input
    given = [name for name in operation.parts if name in values]
    if not given:
        return None
    missing = [name for name in operation.parts if name not in values]
    if missing and operation.on_partial:
        fact = KeyPartly(run.call.path, operation.parts, tuple(missing))
        run.trace.facts.append(fact)
        return FieldError(operation.on_partial.format(missing[0]), None)
    texts = ("" if values.get(n) is None else str(values[n]) for n in operation.parts)
    run.input[operation.attribute] = "#".join(texts)
    return None


def _projected(stored: AttributeValue, separator: str) -> AttributeValue:
    match stored:
        case str():
            # Java's split drops empty parts at the end.
            return stored.removesuffix(separator).rpartition(separator)[2]
        case list():
            return [_projected(one, separator) for one in stored]
        case _:
            return stored


def _mark(result: AttributeValue, name: str, value: AttributeValue) -> None:
    if value is None or not isinstance(result, dict):
        return
    items = result.get("items")
    if "scannedCount" in result and isinstance(items, list):
        for item in items:
            _mark(item, name, value)
    else:
        result[name] = value


def _subscribed(run: Run) -> Subscribed | FieldError:
    asked = run.arguments.get("filter")
    if not isinstance(asked, dict) or not asked:
        return Subscribed(None)
    groups: FilterGroups | FieldError = to_subscription_filter(asked)
    return groups if isinstance(groups, FieldError) else Subscribed(groups)


def _shown_otherwise(blueprint: Blueprint) -> frozenset[tuple[str, str]]:
    """Return table and attribute of owners who are shown by their last claim alone."""
    return frozenset(
        (model, operation.attribute)
        for resolver in blueprint.resolvers
        for model in [resolver.coordinate.partition(".")[0]]
        for function in resolver.functions
        for operation in function.after
        if isinstance(operation, OwnerProject)
    )


def _timestamp(instant: datetime) -> str:
    """Return ``util.time.nowISO8601()``: milliseconds, Z."""
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03d}Z"
