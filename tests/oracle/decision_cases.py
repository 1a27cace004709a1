"""A corpus case on both sides: the real templates, and our interpreter."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson
from decision_callers import Persona, personas
from decision_items import Samples
from decision_requests import Asked, requests
from graphql import EnumTypeDefinitionNode, parse
from velocity_resolvers import CORPUS, NEW_ID, Answer, Request, Resolvers

from amplikit.blueprint.api import OperationKind, Transformer
from amplikit.blueprint.config import Config
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.operations import Pending, Scan, Search
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.emulator.calls import FieldCall, FieldError, Resolved, Subscribed
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.trace import Trace
from amplikit.planner import plan
from amplikit.store import SqliteStore
from amplikit.store.interface import PutRequest, ScanRequest, Written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, Model
    from amplikit.blueprint.operations import Function
    from amplikit.blueprint.resources import Blueprint

__all__ = [
    "INSTANT",
    "SKIPPED",
    "Case",
    "Verdict",
    "case_names",
    "enums_of",
    "open_case",
]

INSTANT = datetime(2026, 3, 4, 5, 6, 7, 89000, tzinfo=UTC)
SKIPPED = {
    ("v1", "key1_list_field"): "a list as a key, which DynamoDB refuses to store",
    ("v1", "model_sync_conflict_v1"): "conflict detection",
    ("v1", "model_input_field_clash"): "wanted otherwise: docs/differences.md",
}
_OPERATOR = re.compile(r"\.(\$operation|eq|lt|le|gt|ge|beginsWith)(?=\.)")
_READS = re.compile(r"Query\.|Subscription\.")


@dataclass(frozen=True)
class Verdict:
    """One decision, in a form in which both sides can be compared."""

    kind: str
    what: object
    items: object = None


@dataclass(frozen=True)
class Difference:
    """A request that the two sides decide differently."""

    asked: Asked
    persona: str
    amplify: Verdict
    ours: Verdict

    def __str__(self) -> str:
        stored = ""
        if self.amplify.items != self.ours.items:
            theirs, ours = self.amplify.items, self.ours.items
            stored = f"\n  stored: {_only(theirs, ours)} / {_only(ours, theirs)}"
        return (
            f"{self.asked.coordinate} {self.asked.arguments} of {self.asked.source}\n"
            f"  as {self.persona}\n"
            f"  Amplify:  {self.amplify.kind} {self.amplify.what}\n"
            f"  amplikit: {self.ours.kind} {self.ours.what}{stored}"
        )


def _only(items: object, others: object) -> list[object]:
    """Return what the first has and the second has not."""
    if not isinstance(items, frozenset) or not isinstance(others, frozenset):
        return []
    return sorted(items - others)


def case_names(version: str) -> list[str]:
    """Return the corpus cases that a transformer accepts."""
    folder = CORPUS / "expected" / version
    return [
        path.stem
        for path in sorted(folder.glob("*.json"))
        if json.loads(path.read_text(encoding="utf-8"))["ok"]
    ]


def open_case(version: str, name: str) -> Case | str:
    """Return a case, or why amplikit does not compile it."""
    text = (CORPUS / "cases" / f"{name}.graphql").read_text(encoding="utf-8")
    resolvers = Resolvers(version, name)
    given = resolvers.expected["auth"]
    auth = AuthConfig(
        AuthMode(given["default"]), tuple(map(AuthMode, given["additional"]))
    )
    flags = resolvers.expected["flags"]
    if (version, name) in SKIPPED:
        return SKIPPED[version, name]
    switches = tuple((k, v) for k, v in flags.items() if isinstance(v, bool))
    config = Config(
        name="oracle",
        transformer=Transformer(version),
        auth=auth,
        flags=switches,
        admin_role_names=tuple(flags.get("adminRoles", ())),
        iam_access=bool(flags.get("enableIamAccess")),
    )
    compiled = compile_schema(
        (Source(f"{name}.graphql", text),),
        CompileOptions(config.transformer, auth, switches, config.admin_role_names),
    )
    if compiled.api is None:
        return "; ".join(one.message for one in compiled.problems)
    return Case(resolvers, compiled.api, config, text)


def enums_of(text: str) -> dict[str, str]:
    return {
        node.name.value: node.values[0].name.value
        for node in parse(text).definitions
        if isinstance(node, EnumTypeDefinitionNode)
    }


class Case:
    """One schema with its items, on both sides."""

    def __init__(
        self, resolvers: Resolvers, api: Api, config: Config, text: str
    ) -> None:
        self.resolvers = resolvers
        self.config = config
        self.text = text
        resolvers.old_names = {model.name: model.table for model in api.models}
        self.api = api
        self._samples = Samples(api, enums_of(text))
        self.blueprint = _searchable(plan(api, config))
        self._searches = {
            f"Query.{operation.field}"
            for model in api.models
            for operation in model.operations
            if operation.kind is OperationKind.SEARCH
        }
        self.store = SqliteStore.in_memory(self.blueprint.tables)
        self._interpreter = self.interpreter(self.blueprint)
        for model in api.models:
            for item in self._samples.items[model.name]:
                stored = _as_stored(model, item)
                written = self.store.put(PutRequest(model.table, stored))
                assert written == Written(None, stored), (model.name, item, written)
        self._items = self._stored()

    def interpreter(self, blueprint: Blueprint) -> Interpreter:
        """Return what runs a blueprint over the items of this case."""
        return Interpreter(
            blueprint,
            self.store,
            NextTokens(b"s" * 32),
            clock=lambda: INSTANT,
            new_id=lambda: NEW_ID,
        )

    def asked(self) -> Iterator[tuple[Asked, Persona]]:
        """Return every request by every caller."""
        everybody = personas(self.api)
        for one in self.requests():
            for persona in everybody:
                yield one, persona

    def requests(self) -> Iterator[Asked]:
        """Return every request of a field that has a resolver on either side."""
        known = self.resolvers.coordinates | self._interpreter.coordinates
        seen = set()
        for one in requests(self.api, self._samples):
            if one.coordinate in known and repr(one) not in seen:
                seen.add(repr(one))
                yield one

    def difference(self, asked: Asked, persona: Persona) -> Difference | None:
        """Return how the two sides differ on a request, if they do."""
        amplify, ours = self.amplify(asked, persona), self.ours(asked, persona)
        if amplify == ours:
            return None
        return Difference(asked, persona.label, amplify, ours)

    def amplify(self, asked: Asked, persona: Persona) -> Verdict:
        """Return what the real templates decide."""
        if asked.coordinate not in self.resolvers.coordinates:
            return self._without_resolver(asked)
        request = Request(
            asked.coordinate,
            asked.arguments,
            asked.source,
            persona.identity,
            persona.auth_type,
        )
        answer = self.resolvers.run(request, self._items)
        stored = None if _READS.match(asked.coordinate) else _set(answer.items)
        if answer.remote:
            return Verdict("remote", None, stored)
        if answer.error is not None:
            return _refusal(*answer.error, stored)
        if asked.coordinate.startswith("Subscription."):
            return Verdict("listens", _filter(answer))
        if asked.coordinate in self._searches:
            return self._found(answer.value)
        return Verdict("value", _value(answer.value), stored)

    def ours(
        self, asked: Asked, persona: Persona, interpreter: Interpreter | None = None
    ) -> Verdict:
        """Return what the interpreter of the plan, or another one, decides."""
        interpreter = interpreter or self._interpreter
        if (
            asked.coordinate not in interpreter.coordinates
            and not asked.coordinate.startswith("Subscription.")
        ):
            return self._without_resolver(asked)
        parent, _, name = asked.coordinate.partition(".")
        call = FieldCall(
            parent, name, asked.arguments, asked.source, persona.caller, (name,)
        )
        if parent == "Subscription":
            return _ours(interpreter.subscribe(call, Trace()), None)
        if asked.coordinate in self._searches:
            outcome = interpreter.run(call, Trace())
            found = isinstance(outcome, Resolved)
            return self._found(outcome.value) if found else _ours(outcome, None)
        if _READS.match(asked.coordinate):
            return _ours(interpreter.run(call, Trace()), None)
        with self.store.rehearsal():
            outcome = interpreter.run(call, Trace())
            return _ours(outcome, _set(self._stored()))

    def _without_resolver(self, asked: Asked) -> Verdict:
        if asked.source is None:
            return Verdict("listens", frozenset())
        value = asked.source.get(asked.coordinate.partition(".")[2])
        return Verdict("value", _value(value), _set(self._items))

    def _found(self, page: object) -> Verdict:
        """Return what a search has found, in whatever order.

        An index does not tell a value from a list of one, and so only items are
        compared whose attributes are of the declared type.
        """
        assert isinstance(page, dict)
        lists = {
            (model.name, field.name): field.type.is_list
            for model in self.api.models
            for field in model.fields
        }
        items = [
            item
            for item in page["items"]
            if all(
                isinstance(value, list) is lists.get((item["__typename"], name), False)
                for name, value in item.items()
            )
        ]
        return Verdict("finds", _set({"items": items}))

    def _stored(self) -> dict[str, list[dict[str, object]]]:
        return {
            model.table: list(self.store.scan(ScanRequest(model.table)).items)
            for model in self.api.models
        }


def _searchable(blueprint: Blueprint) -> Blueprint:
    """Return a blueprint whose searches read the table, for want of OpenSearch."""

    def read(function: Function) -> Function:
        if not isinstance(function.request, Search):
            return function
        return replace(function, request=Scan(function.request.table, Pending()))

    resolvers = tuple(
        replace(one, functions=tuple(map(read, one.functions)))
        for one in blueprint.resolvers
    )
    return replace(blueprint, resolvers=resolvers)


def _as_stored(model: Model, item: dict[str, object]) -> dict[str, object]:
    names = {field.name: field.stored_as or field.name for field in model.fields}
    return {names.get(name, name): value for name, value in item.items()}


def _ours(outcome: Resolved | FieldError | Subscribed, stored: object) -> Verdict:
    match outcome:
        case FieldError(error_type="NotRunLocally"):
            return Verdict("remote", None, stored)
        case FieldError(message, error_type):
            return _refusal(error_type, message, stored)
        case Subscribed(groups):
            alternatives = frozenset(
                frozenset((n, o, json.dumps(v)) for n, o, v in group)
                for group in groups or ()
            )
            return Verdict("listens", alternatives)
        case Resolved(value):
            return Verdict("value", _value(value), stored)


def _refusal(error_type: str | None, message: str, stored: object) -> Verdict:
    if error_type == "Unauthorized":
        fields = re.fullmatch(r"Unauthorized on \[(.*)\]", message)
        named = frozenset(fields[1].split(", ")) if fields else None
        return Verdict("denied", named, stored)
    if error_type is not None and error_type.startswith("DynamoDB:"):
        return Verdict("refused", error_type, stored)
    # "$operation.status" in a message is a property of a text: it stays as it is.
    message = _OPERATOR.sub(".<operator>", message)
    return Verdict("error", (error_type, message), stored)


def _value(value: object) -> object:
    """Return a value with what cannot agree made equal: tokens, order in JSON."""
    if isinstance(value, dict) and "scannedCount" in value:
        value = {**value, "nextToken": value.get("nextToken") is not None}
    return _text(value)


def _set(items: dict[str, list[dict[str, object]]]) -> object:
    return frozenset(
        (table, _text(one)) for table, several in items.items() for one in several
    )


def _text(value: object) -> str:
    return orjson.dumps(value, str, orjson.OPT_SORT_KEYS).decode()


def _filter(answer: Answer) -> object:
    """Return a subscription filter as alternatives of conditions."""
    if answer.filter is None:
        return frozenset()
    return frozenset(_alternatives(answer.filter))


def _alternatives(given: dict) -> set[frozenset]:
    found: set[frozenset] = {frozenset()}
    for name, wanted in given.items():
        if name == "or":
            choices = set().union(*map(_alternatives, wanted))
        elif name == "and":
            choices = {frozenset()}
            for one in wanted:
                choices = {a | b for a in choices for b in _alternatives(one)}
        else:
            choices = {
                frozenset({(name, operator, json.dumps(value))})
                for operator, value in wanted.items()
            }
        found = {a | b for a in found for b in choices}
    return found
