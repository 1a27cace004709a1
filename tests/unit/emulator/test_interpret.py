from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.emulator.calls import FieldCall, FieldError, Resolved, Subscribed
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.trace import Trace
from amplikit.identity.caller import ApiKeyCaller, Caller, UserPoolCaller
from amplikit.planner import plan
from amplikit.store import SqliteStore

AUTH = AuthConfig(AuthMode.USER_POOLS, (AuthMode.API_KEY,))
KEY = ApiKeyCaller("key-1")

V1 = """
type Order @model
  @auth(rules: [{allow: public}, {allow: owner}])
  @key(fields: ["shop", "status", "number"])
  @key(name: "byBuyer", fields: ["buyer", "status", "number"], queryField: "byBuyer")
{
  shop: ID!
  status: String!
  number: Int!
  buyer: String
  note: String!
}
"""
V2 = """
type Order @model @auth(rules: [{allow: public}, {allow: owner}]) {
  shop: ID! @primaryKey(sortKeyFields: ["status", "number"])
  status: String!
  number: Int!
  buyer: String
    @index(name: "byBuyer", sortKeyFields: ["status", "number"], queryField: "byBuyer")
  note: String!
}
"""
SCHEMAS = {Transformer.V1: V1, Transformer.V2: V2}


def user(name: str) -> UserPoolCaller:
    claims = {"sub": f"sub-{name}", "username": name}
    return UserPoolCaller(f"sub-{name}", name, "issuer", claims)


@dataclass
class Api:
    interpreter: Interpreter
    trace: Trace

    def ask(
        self, coordinate: str, caller: Caller = KEY, **arguments: object
    ) -> Resolved | FieldError:
        parent, _, field = coordinate.partition(".")
        call = FieldCall(parent, field, arguments, None, caller, (field,))
        return self.interpreter.run(call, self.trace)

    def value(self, coordinate: str, caller: Caller = KEY, **arguments: object) -> dict:
        answer = self.ask(coordinate, caller, **arguments)
        assert isinstance(answer, Resolved), answer
        return answer.value

    def refusal(
        self, coordinate: str, caller: Caller = KEY, **arguments: object
    ) -> FieldError:
        answer = self.ask(coordinate, caller, **arguments)
        assert isinstance(answer, FieldError), answer
        return answer


def serve(schema: str, transformer: Transformer) -> Api:
    compiled = compile_schema(
        (Source("schema.graphql", schema),), CompileOptions(transformer, AUTH)
    )
    assert compiled.api is not None, compiled.problems
    blueprint = plan(compiled.api, Config("test", transformer, AUTH))
    numbers = count(1)
    interpreter = Interpreter(
        blueprint,
        SqliteStore.in_memory(blueprint.tables),
        NextTokens(b"s" * 32),
        clock=lambda: datetime(2026, 1, 2, 3, 4, 5, 6789, tzinfo=UTC),
        new_id=lambda: f"id-{next(numbers)}",
    )
    return Api(interpreter, Trace())


@pytest.fixture(params=SCHEMAS, ids=str)
def api(request: pytest.FixtureRequest) -> Api:
    served = serve(SCHEMAS[request.param], request.param)
    for number in range(1, 8):
        served.value("Mutation.createOrder", input=order(number))
    return served


def order(number: int, **given: object) -> dict[str, object]:
    item = {"shop": "s", "status": "open", "number": number, "buyer": "b", "note": "n"}
    return item | given


def numbers(page: dict) -> list[int]:
    return [item["number"] for item in page["items"]]


def pages(api: Api, field: str, **arguments: object) -> list[list[int]]:
    found, token = [], None
    while True:
        page = api.value(f"Query.{field}", nextToken=token, **arguments)
        found.append(numbers(page))
        token = page["nextToken"]
        if token is None:
            return found


def test_a_composite_key_is_stored_joined(api: Api) -> None:
    item = api.value("Query.getOrder", shop="s", status="open", number=3)
    assert item["status#number"] == "open#3"


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ({"eq": {"status": "open", "number": 3}}, [3]),
        ({"beginsWith": {"status": "open"}}, [1, 2, 3, 4, 5, 6, 7]),
        ({"ge": {"status": "open", "number": 6}}, [6, 7]),
        (
            {
                "between": [
                    {"status": "open", "number": 2},
                    {"status": "open", "number": 3},
                ]
            },
            [2, 3],
        ),
        ({"eq": {"status": "open"}}, []),
        ({}, [1, 2, 3, 4, 5, 6, 7]),
    ],
)
def test_a_composite_key_is_queried(
    api: Api, condition: dict[str, object], found: list[int]
) -> None:
    page = api.value("Query.listOrders", shop="s", statusNumber=condition)
    assert numbers(page) == found


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"shop": "s", "statusNumber": {"eq": {"number": 3}}},
            (
                "When providing argument 'statusNumber.eq.number' you must also "
                "provide 'statusNumber.eq.status'."
            ),
        ),
        (
            {"shop": "s", "statusNumber": {"between": [{"status": "open"}]}},
            "Argument 'statusNumber.between' expects exactly two elements.",
        ),
        (
            {"shop": "s", "statusNumber": {"eq": {"status": "a"}, "lt": {}}},
            "Argument statusNumber must specify at most one key condition operation.",
        ),
        (
            {"statusNumber": {"eq": {"status": "open"}}},
            "When providing argument 'statusNumber' you must also provide 'shop'.",
        ),
        (
            {"sortDirection": "DESC"},
            (
                "When providing argument 'sortDirection' you must also provide "
                "argument 'shop'."
            ),
        ),
    ],
)
def test_key_arguments_are_checked(
    api: Api, arguments: dict[str, object], message: str
) -> None:
    refusal = api.refusal("Query.listOrders", **arguments)
    assert (refusal.error_type, refusal.message) == ("InvalidArgumentsError", message)


@pytest.mark.parametrize("limit", [1, 2, 7, 8])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_joined_pages_are_the_whole_list(api: Api, limit: int, direction: str) -> None:
    found = pages(api, "listOrders", shop="s", limit=limit, sortDirection=direction)
    assert all(len(page) <= limit for page in found)
    together = [number for page in found for number in page]
    assert together == sorted(range(1, 8), reverse=direction == "DESC")


def test_a_scan_pages_as_well(api: Api) -> None:
    found = pages(api, "listOrders", limit=3)
    assert sorted(number for page in found for number in page) == list(range(1, 8))


def test_the_limit_counts_before_the_filter(api: Api) -> None:
    wanted = {"note": {"eq": "other"}}
    page = api.value("Query.listOrders", shop="s", limit=2, filter=wanted)
    assert numbers(page) == []
    assert page["nextToken"] is not None
    read = api.trace.reads[-1]
    assert (read.evaluated, read.dropped_by_filter, read.returned) == (2, 2, 0)


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_dynamodbs_refusal(api: Api, limit: int) -> None:
    refusal = api.refusal("Query.listOrders", limit=limit)
    assert refusal.error_type == "DynamoDB:ValidationException"


def test_a_limit_of_null_is_the_default(api: Api) -> None:
    assert len(numbers(api.value("Query.listOrders", limit=None))) == 7


@pytest.mark.parametrize("given", [{}, None, {"note": {}}, {"not": {}}])
def test_an_empty_filter_demands_nothing(api: Api, given: object) -> None:
    assert len(numbers(api.value("Query.listOrders", filter=given))) == 7


@pytest.mark.parametrize("field", ["shop", "status#number"])
def test_a_query_does_not_filter_on_its_key(api: Api, field: str) -> None:
    refusal = api.refusal("Query.listOrders", shop="s", filter={field: {"eq": "s"}})
    assert refusal.error_type == "DynamoDB:ValidationException"


def test_a_scan_filters_on_the_key(api: Api) -> None:
    page = api.value("Query.listOrders", filter={"shop": {"eq": "s"}})
    assert len(numbers(page)) == 7


@pytest.mark.parametrize(
    ("caller", "changed"),
    [
        (KEY, {"filter": {"note": {"eq": "x"}}}),
        (KEY, {"sortDirection": "DESC"}),
        (KEY, {"shop": "t"}),
        (KEY, {"shop": None}),
        (ApiKeyCaller("key-2"), {}),
    ],
    ids=["filter", "direction", "partition", "scan", "caller"],
)
def test_a_token_is_good_for_its_own_query_alone(
    api: Api, caller: Caller, changed: dict[str, object]
) -> None:
    asked = {"shop": "s", "limit": 2}
    token = api.value("Query.listOrders", **asked)["nextToken"]
    other = {**asked, **changed, "nextToken": token}
    assert (
        "InvalidPaginationToken"
        in api.refusal("Query.listOrders", caller, **other).message
    )
    again = api.value("Query.listOrders", shop="s", limit=4, nextToken=token)
    assert numbers(again) == [3, 4, 5, 6]


@pytest.mark.parametrize("token", ["x", "AAAA", "é"])
def test_nonsense_is_no_token(api: Api, token: str) -> None:
    refusal = api.refusal("Query.listOrders", nextToken=token)
    assert refusal.error_type == "DynamoDB:UserIllegalArgumentException"


def test_a_part_of_an_index_key_cannot_be_written_alone(api: Api) -> None:
    given = {"shop": "s", "status": "open", "number": 1, "note": "changed"}
    assert api.value("Mutation.updateOrder", input=given)["note"] == "changed"


def test_the_index_key_follows_its_parts(api: Api) -> None:
    page = api.value("Query.byBuyer", buyer="b", limit=1)
    assert [item["status#number"] for item in page["items"]] == ["open#1"]


def test_null_removes_an_attribute(api: Api) -> None:
    api.value("Mutation.updateOrder", input=order(1, buyer=None))
    item = api.value("Query.getOrder", shop="s", status="open", number=1)
    assert "buyer" not in item
    assert numbers(api.value("Query.byBuyer", buyer="b")) == [2, 3, 4, 5, 6, 7]


def test_v1_refuses_null_for_a_required_field_and_v2_does_not() -> None:
    for transformer, schema in SCHEMAS.items():
        api = serve(schema, transformer)
        api.value("Mutation.createOrder", input=order(1))
        answer = api.ask("Mutation.updateOrder", input=order(1, note=None))
        assert isinstance(answer, FieldError) is (transformer is Transformer.V1)


def test_v2_leaves_a_null_index_key_out_and_v1_is_refused() -> None:
    for transformer, schema in SCHEMAS.items():
        api = serve(schema, transformer)
        answer = api.ask("Mutation.createOrder", input=order(1, buyer=None))
        assert isinstance(answer, FieldError) is (transformer is Transformer.V1)


def test_an_item_is_created_once(api: Api) -> None:
    refusal = api.refusal("Mutation.createOrder", input=order(1, note="other"))
    assert refusal.error_type == "DynamoDB:ConditionalCheckFailedException"


def test_the_very_same_item_again_is_a_retry(api: Api) -> None:
    assert api.value("Mutation.createOrder", input=order(1))["number"] == 1


def test_a_condition_is_asked_of_the_stored_item(api: Api) -> None:
    for condition, expected in (
        ({"note": {"eq": "n"}}, Resolved),
        ({"note": {"eq": "x"}}, FieldError),
        ({"or": [{"note": {"eq": "x"}}, {"buyer": {"eq": "b"}}]}, Resolved),
        ({"not": {"buyer": {"attributeExists": True}}}, FieldError),
    ):
        answer = api.ask("Mutation.updateOrder", input=order(2), condition=condition)
        assert isinstance(answer, expected), condition


def test_the_callers_input_is_left_as_it_was(api: Api) -> None:
    given = order(20)
    api.value("Mutation.createOrder", user("alice"), input=given)
    assert given == order(20)


def test_times_have_milliseconds(api: Api) -> None:
    item = api.value("Query.getOrder", shop="s", status="open", number=1)
    assert item["createdAt"] == "2026-01-02T03:04:05.006Z"


def test_the_shown_owner_is_what_stands_last() -> None:
    api = serve(V2, Transformer.V2)
    for stored, shown in (
        ("sub::alice", "alice"),
        ("a::b::alice", "alice"),
        ("alice", "alice"),
        ("alice::", "alice"),
        (["a::x", "y"], ["x", "y"]),
        (None, None),
    ):
        call = FieldCall("Order", "owner", {}, {"owner": stored}, KEY, ("owner",))
        assert api.interpreter.run(call, Trace()) == Resolved(shown)


def test_a_listener_is_filtered_by_rule_and_by_wish() -> None:
    api = serve(
        "type Note @model @auth(rules: [{allow: owner}]) { id: ID! text: String }",
        Transformer.V2,
    )
    arguments = {"filter": {"text": {"eq": "x"}}}
    call = FieldCall(
        "Subscription",
        "onCreateNote",
        arguments,
        None,
        user("alice"),
        ("onCreateNote",),
    )
    assert api.interpreter.subscribe(call, Trace()) == Subscribed(
        ((("owner", "eq", "alice"), ("text", "eq", "x")),)
    )
    assert arguments == {"filter": {"text": {"eq": "x"}}}
