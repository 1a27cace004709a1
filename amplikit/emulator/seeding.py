"""Items for a model's table, as its create mutation writes them, its rules left out.

Defaults, timestamps, composite keys and validations are the resolver's own, so an item
that is seeded is found like one that was created.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from graphql import GraphQLError, GraphQLObjectType, get_named_type
from graphql.type import is_input_type, is_non_null_type
from graphql.utilities import coerce_input_value, validate_input_value

from amplikit.blueprint.operations import (
    Authorize,
    FieldGuard,
    PutItem,
    RequireAuth,
    Resolver,
    Synced,
)
from amplikit.emulator.calls import FieldCall, FieldError, Resolved
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.schema import executable_schema
from amplikit.emulator.trace import Trace
from amplikit.errors import did_you_mean
from amplikit.identity.caller import ApiKeyCaller
from amplikit.store.interface import DeleteRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from graphql import GraphQLOutputType

    from amplikit.blueprint.resources import Blueprint, Table, TableIndex
    from amplikit.emulator.next_token import NextTokens
    from amplikit.store.interface import AttributeValue, Item, Store

__all__ = ["NotSeeded", "Seeder"]

_RULES = (Authorize, RequireAuth, FieldGuard)


class NotSeeded(Exception):
    """An item cannot be seeded; the text says why."""


class Seeder:
    """Writes items; ``clock`` gives aware UTC instants, ``new_id`` UUIDs."""

    def __init__(
        self,
        blueprint: Blueprint,
        store: Store,
        tokens: NextTokens,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        creating = {
            table: resolver
            for resolver in blueprint.resolvers
            if (table := _created(resolver)) is not None
        }
        unguarded = replace(
            blueprint,
            resolvers=tuple(_without_rules(one) for one in creating.values()),
        )
        self._coordinates = {name: one.coordinate for name, one in creating.items()}
        self._stored = {one.coordinate for one in blueprint.resolvers}
        self._interpreter = Interpreter(unguarded, store, tokens, clock, new_id)
        self._types = executable_schema(unguarded, self._interpreter).schema.type_map
        self._blueprint = blueprint
        self._store = store

    @property
    def models(self) -> tuple[str, ...]:
        """The models whose items can be seeded."""
        return tuple(sorted(self._coordinates))

    def write(self, model: str, given: Mapping[str, object], *, over: bool) -> None:
        """Create the item, in place of one of the same key when ``over``.

        Raises ``NotSeeded``.
        """
        values = {
            name: self._value(model, name, value) for name, value in given.items()
        }
        if over:
            self._delete(model, values)
        parent, _, field = self._coordinates[model].partition(".")
        # Nobody asks who calls: the rules are left out.
        caller = ApiKeyCaller("seed")
        call = FieldCall(parent, field, {"input": values}, None, caller, (field,))
        answer = self._interpreter.run(call, Trace())
        if isinstance(answer, FieldError):
            raise NotSeeded(_reason(answer))
        if not isinstance(answer, Resolved):
            message = f"{model}: a create waits"
            raise TypeError(message)
        written = answer.value if isinstance(answer.value, dict) else {}
        for name, type_ in self._fields(model).items():
            if is_non_null_type(type_) and written.get(name) is None:
                raise NotSeeded(f"'{name}' is required")

    def _value(self, model: str, name: str, value: object) -> AttributeValue:
        fields = self._fields(model)
        type_ = fields.get(name)
        if type_ is None:
            if name in self._keys(model):
                return _stored_value(value)
            raise NotSeeded(f"there is no field '{name}'.{did_you_mean(name, fields)}")
        if not is_input_type(type_):  # an object that is stored with the item
            return _stored_value(value)
        problems: list[str] = []

        def wrong(error: GraphQLError, path: list[str | int]) -> None:
            place = "".join(f"[{part}]" for part in path)
            problems.append(f"'{name}{place}': {error.message}")

        validate_input_value(value, type_, wrong)
        if problems:
            raise NotSeeded(problems[0])
        return _stored_value(coerce_input_value(value, type_))

    def _fields(self, model: str) -> dict[str, GraphQLOutputType]:
        type_ = self._types[model]
        if not isinstance(type_, GraphQLObjectType):
            message = f"model {model} is no object type"
            raise AssertionError(message)  # noqa: TRY004 - a fault of ours
        return {
            name: field.type
            for name, field in type_.fields.items()
            if f"{model}.{name}" not in self._stored
            or is_input_type(get_named_type(field.type))
        }

    def _keys(self, model: str) -> set[str]:
        table = self._blueprint.table(model)
        keyed: tuple[Table | TableIndex, ...] = (table, *table.indexes)
        keys = (key for one in keyed for key in (one.partition_key, one.sort_key))
        return {key.name for key in keys if key is not None}

    def _delete(self, model: str, values: Item) -> None:
        table = self._blueprint.table(model)
        keys = (table.partition_key, table.sort_key)
        key = {each.name: values.get(each.name) for each in keys if each is not None}
        if None not in key.values():
            self._store.delete(DeleteRequest(model, key))


def _created(resolver: Resolver) -> str | None:
    """Return the table that a mutation puts new items into."""
    if not resolver.coordinate.startswith("Mutation."):
        return None
    requests = (one.request for one in resolver.functions)
    puts = (one.request if isinstance(one, Synced) else one for one in requests)
    return next((put.table for put in puts if isinstance(put, PutItem)), None)


def _without_rules(resolver: Resolver) -> Resolver:
    functions = (
        replace(
            function,
            before=tuple(one for one in function.before if not isinstance(one, _RULES)),
        )
        for function in resolver.functions
    )
    return replace(resolver, functions=tuple(functions))


def _stored_value(value: object) -> AttributeValue:
    """Return a JSON value as the store takes it, a float as it is written."""
    match value:
        case float():
            return Decimal(repr(value))
        case dict():
            return {str(name): _stored_value(each) for name, each in value.items()}
        case list():
            return [_stored_value(each) for each in value]
        case str() | int() | Decimal() | None:
            return value
        case _:
            raise NotSeeded(f"{value!r} is no value of an item")


def _reason(error: FieldError) -> str:
    if error.error_type == "DynamoDB:ConditionalCheckFailedException":
        return "an item with this key is there already"
    return error.message
