"""The operation of a matrix row, really run: as that identity, on items of all kinds.

The item of a variant names the caller in one place, in all, or nowhere. Modes and
policies are the emulator's, and so are resolvers and the filters of subscriptions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from decision_callers import Holder
from decision_items import Samples

from amplikit.blueprint.api import OperationKind
from amplikit.blueprint.grants import owner_identity
from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operations import Authorize, OwnerIs
from amplikit.emulator import wire
from amplikit.emulator.auth.policy import RolePolicies
from amplikit.emulator.calls import FieldCall, FieldError, Subscribed
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.realtime.matching import by_arguments, matches
from amplikit.emulator.schema import executable_schema
from amplikit.emulator.trace import Trace
from amplikit.identity.caller import ApiKeyCaller, Caller, IamCaller, UserPoolCaller
from amplikit.store import SqliteStore
from amplikit.store.interface import PutRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, Model
    from amplikit.blueprint.config import Config
    from amplikit.blueprint.resources import Blueprint
    from amplikit.inspect.matrix import Identity, Row, Section

__all__ = ["NotComparable", "Trial", "Trials"]

NAME = "una"
GROUP = "a group"
_INSTANT = datetime(2026, 3, 4, 5, 6, 7, 89000, tzinfo=UTC)
_REFUSALS = {wire.UNAUTHORIZED, "DynamoDB:ConditionalCheckFailedException"}
_READS = ("get", "list", "query")

Item = dict[str, object]


class NotComparable(Exception):
    """What the emulator does not run, or cannot be asked like this."""


@dataclass(frozen=True)
class Trial:
    """One run: the item's variant (``named`` where), the fields given, the outcome."""

    named: frozenset[str]
    given: tuple[str, ...]
    allowed: bool


class Trials:
    """One schema with its items, ready to be asked."""

    def __init__(
        self, api: Api, blueprint: Blueprint, config: Config, enums: dict[str, str]
    ) -> None:
        self._api = api
        self._samples = Samples(api, enums)
        self._owners = [
            grant
            for resolver in blueprint.resolvers
            for function in resolver.functions
            for operation in (*function.before, *function.after)
            if isinstance(operation, Authorize)
            for grant in operation.grants
            if isinstance(grant.item, OwnerIs)
        ]
        self._store = SqliteStore.in_memory(blueprint.tables)
        self._interpreter = Interpreter(
            blueprint,
            self._store,
            NextTokens(b"s" * 32),
            clock=lambda: _INSTANT,
            new_id=lambda: "00000000-0000-4000-8000-000000000000",
        )
        self._executable = executable_schema(blueprint, self._interpreter)
        arn = "arn:aws:appsync:us-east-1:123456789012:apis/this"
        self._policies = RolePolicies(blueprint.roles, config.roles, arn)

    def of(self, section: Section, row: Row, identity: Identity) -> Iterator[Trial]:
        """Run a row by an identity in every variant."""
        model = self._api.model(section.name)
        if section.kind == "root":
            yield Trial(frozenset(), (), self._custom(row.coordinate, identity))
            return
        if model is None or model.synced:
            raise NotComparable
        if row.fields and row.operation == "read":
            raise NotComparable
        for named in self._variants(model, identity):
            item = self._item(model, identity, named)
            with self._store.rehearsal():
                if row.operation != OperationKind.CREATE:
                    self._put(model, item)
                for given in self._given(model, row, item):
                    allowed = self._run(model, row, identity, item, given)
                    yield Trial(named, tuple(given), allowed)

    def reads(
        self, section: Section, row: Row, name: str, identity: Identity
    ) -> Iterator[Trial]:
        """Read one field of an item by whichever operation reads it."""
        model = self._api.model(section.name)
        found = model.field(name) if model else None
        if model is None or model.synced or found is None:
            raise NotComparable
        if found.relation is not None or found.calls:
            raise NotComparable
        readers = [one for one in section.rows if one.operation in _READS]
        for named in self._variants(model, identity):
            item = self._item(model, identity, named)
            with self._store.rehearsal():
                self._put(model, item)
                read = not readers or any(
                    self._run(model, one, identity, item, {}) for one in readers
                )
                allowed = read and self._field(row, name, identity, item)
                yield Trial(named, (name,), allowed)

    def _variants(self, model: Model, identity: Identity) -> list[frozenset[str]]:
        owners = [*self._samples.owner_fields(model)]
        groups = [*self._samples.group_fields(model)]
        everything = frozenset((*owners, *groups))
        singles = [frozenset((name,)) for name in everything]
        mine = identity.owns or identity.member_of
        found = dict.fromkeys((frozenset[str](), *singles, everything))
        if mine is not None:
            return [one for one in found if mine not in everything or mine in one]
        return list(found)

    def _item(self, model: Model, identity: Identity, named: frozenset[str]) -> Item:
        given: Item = {}
        for name in self._samples.owner_fields(model):
            mine = self._stored(name, identity) if name in named else "somebody"
            given[name] = self._shaped(model, name, mine)
        for name in self._samples.group_fields(model):
            if name in given and not _groups(identity):
                continue
            mine = next(iter(_groups(identity)), GROUP)
            given[name] = self._shaped(model, name, mine if name in named else "Nobody")
        return self._samples.complete(model, 80, given)

    def _stored(self, name: str, identity: Identity) -> str:
        """Return what is stored for the caller as owner; every claim says the same."""
        stored = {
            found.stored
            for grant in self._owners
            if isinstance(grant.item, OwnerIs) and grant.item.attribute == name
            for found in [owner_identity(grant.item, _caller(identity))]
            if found is not None
        }
        return stored.pop() if len(stored) == 1 else NAME

    def _shaped(self, model: Model, name: str, value: str) -> object:
        found = model.field(name)
        return [value] if found is not None and found.type.is_list else value

    def _put(self, model: Model, item: Item) -> None:
        names = {one.name: one.stored_as or one.name for one in model.fields}
        stored = {names.get(name, name): value for name, value in item.items()}
        self._store.put(PutRequest(model.table, stored))  # type: ignore[arg-type] # JSON

    def _given(self, model: Model, row: Row, item: Item) -> list[Item]:
        """Return the inputs to try: as little as possible, and as much."""
        if row.operation not in {"create", "update"}:
            return [{}]
        schema = self._executable.schema
        root = schema.mutation_type
        names = [one.field for one in model.operations if one.kind == row.operation]
        assert root is not None
        type_ = schema.type_map[
            str(root.fields[names[0]].args["input"].type).rstrip("!")
        ]
        fields = type_.fields  # type: ignore[attr-defined] # an input type
        required = {n for n, one in fields.items() if str(one.type).endswith("!")}
        fresh = self._fresh(model, item)
        possible = {
            name: value
            for name, value in fresh.items()
            if name in fields and name not in {model.created_at, model.updated_at}
        }
        keys = set(model.key) if row.operation == OperationKind.UPDATE else set()
        base = item if keys else possible
        least = {n: base[n] for n in fields if n in required | keys and n in base}
        ruled = {n for n in item if n in self._ruled(model) and n in fields}
        least |= {n: item[n] for n in ruled if n not in keys}
        if row.fields:
            return [least | {n: possible[n]} for n in row.fields if n in possible]
        if keys:
            plain = [n for n in possible if n not in least]
            return [
                least,
                *(least | {n: possible[n]} for n in plain),
                least | possible | {n: item[n] for n in keys},
            ]
        return [least, possible | least]

    def _ruled(self, model: Model) -> set[str]:
        return {
            *self._samples.owner_fields(model),
            *self._samples.group_fields(model),
        }

    def _fresh(self, model: Model, item: Item) -> Item:
        ruled = {n: item[n] for n in self._ruled(model) if n in item}
        return self._samples.complete(model, 90, ruled)

    def _run(
        self, model: Model, row: Row, identity: Identity, item: Item, given: Item
    ) -> bool:
        parent, _, name = row.coordinate.partition(".")
        if row.fields:
            field_of = next(
                one.field for one in model.operations if one.kind == row.operation
            )
            parent, name = "Mutation", field_of
        caller = _caller(identity)
        if not self._admitted(f"{parent}.{name}", identity, caller):
            return False
        key = self._samples.key(model, item)
        arguments: Item
        match row.operation:
            case "get":
                arguments = key
            case "list":
                arguments = {}
            case "query":
                index = next(i for i in model.indexes if i.query_field == name)
                if item.get(index.fields[0]) is None:
                    raise NotComparable
                arguments = {index.fields[0]: item[index.fields[0]]}
            case "create":
                arguments = {"input": given}
            case "update":
                arguments = {"input": given | _expected(model, item)}
            case "delete":
                arguments = {"input": key | _expected(model, item)}
            case "onCreate" | "onUpdate" | "onDelete":
                return self._listen(name, caller, item, model)
            case _:
                raise NotComparable
        call = FieldCall(parent, name, arguments, None, caller, (name,))  # type: ignore[arg-type] # JSON
        with self._store.rehearsal():
            outcome = self._interpreter.run(call, Trace())
        if isinstance(outcome, FieldError):
            return _refused(outcome)
        value = outcome.value
        if row.operation in {"list", "query"}:
            assert isinstance(value, dict)
            items = value["items"]
            assert isinstance(items, list)
            return any(_same_key(one, key) for one in items)
        return value is not None

    def _listen(self, name: str, caller: Caller, item: Item, model: Model) -> bool:
        definition = self._executable.schema.subscription_type
        assert definition is not None
        taken = definition.fields[name].args
        owners = [n for n in self._samples.owner_fields(model) if n in taken]
        # Events show an owner without its sub.
        item = {name: _shown(value) for name, value in item.items()}
        tries: list[Item] = [{}, *({n: item[n]} for n in owners if n in item)]
        for arguments in tries:
            call = FieldCall("Subscription", name, arguments, None, caller, (name,))  # type: ignore[arg-type] # JSON
            outcome = self._interpreter.subscribe(call, Trace())
            if not isinstance(outcome, Subscribed):
                continue
            passes = outcome.filter is None or matches(item, outcome.filter)
            if passes and matches(item, by_arguments(arguments)):
                return True
        return False

    def _custom(self, coordinate: str, identity: Identity) -> bool:
        parent, _, name = coordinate.partition(".")
        caller = _caller(identity)
        if not self._admitted(coordinate, identity, caller):
            return False
        if coordinate not in self._interpreter.coordinates:
            return True
        call = FieldCall(parent, name, {}, None, caller, (name,))
        outcome = self._interpreter.run(call, Trace())
        refused = isinstance(outcome, FieldError) and outcome.error_type in _REFUSALS
        return not refused

    def _field(self, row: Row, name: str, identity: Identity, item: Item) -> bool:
        type_ = row.coordinate.partition(".")[0]
        place, caller = f"{type_}.{name}", _caller(identity)
        if not self._executable.access[place].admits(caller):
            return False
        if place not in self._interpreter.coordinates:
            return True
        call = FieldCall(type_, name, {}, item, caller, (name,))  # type: ignore[arg-type] # JSON
        outcome = self._interpreter.run(call, Trace())
        return not (isinstance(outcome, FieldError) and not _refused(outcome))

    def _admitted(self, place: str, identity: Identity, caller: Caller) -> bool:
        if not self._executable.access[place].admits(caller):
            return False
        if not isinstance(caller, IamCaller) or identity.role is None:
            return True
        parent, _, name = place.partition(".")
        return self._policies.verdict(caller.role, parent, name).allowed


def _refused(error: FieldError) -> bool:
    """Return False for a refusal; any other error is no answer."""
    if error.error_type in _REFUSALS:
        return False
    message = f"{error.error_type}: {error.message}"
    raise NotComparable(message)


def _shown(value: object) -> object:
    if isinstance(value, list):
        return [_shown(one) for one in value]
    return value.rpartition("::")[2] if isinstance(value, str) else value


def _expected(model: Model, item: Item) -> Item:
    """Return the version that a write must name (v1's @versioned)."""
    if model.version is None:
        return {}
    return {model.version.argument: item[model.version.field]}


def _same_key(item: object, key: Item) -> bool:
    return isinstance(item, dict) and all(item.get(n) == v for n, v in key.items())


def _groups(identity: Identity) -> list[str]:
    lists = (value for value in identity.claims.values() if isinstance(value, list))
    return [str(one) for value in lists for one in value]


def _caller(identity: Identity) -> Caller:
    claims = {
        name: value if isinstance(value, list) else NAME
        for name, value in identity.claims.items()
    }
    match identity.mode:
        case AuthMode.API_KEY:
            return ApiKeyCaller("key")
        case AuthMode.USER_POOLS:
            return UserPoolCaller(NAME, NAME, "issuer", claims)
        case AuthMode.IAM:
            known = identity.iam
            assert known is not None
            return IamCaller(
                role=known.user_arn.split("/")[1],
                user_arn=known.user_arn.replace("*", "session"),
                account_id="123456789012",
                access_key_id="ASIAEXAMPLE",
                username="AROAEXAMPLE:session",
                cognito_identity_pool_id=known.cognito_identity_pool_id,
                cognito_identity_id=known.cognito_identity_id,
                cognito_identity_auth_type=known.cognito_identity_auth_type,
            )
        case _:
            # The emulator identifies no such caller; its rules do not care who does.
            holder = Holder(identity.mode, claims, identity.label)
            return cast("Caller", holder)
