from __future__ import annotations

from dataclasses import replace

import pytest

from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operations import (
    Authorize,
    Grant,
    Outcome,
    OwnerIs,
    RequireAuth,
    When,
    Who,
)
from amplikit.emulator.calls import FieldCall, FieldError
from amplikit.emulator.rules.decide import authorize, guard_fields, require_auth
from amplikit.emulator.rules.verdict import Verdict
from amplikit.emulator.run import Run
from amplikit.emulator.trace import Trace
from amplikit.errors import Where
from amplikit.identity.caller import ApiKeyCaller, Caller, IamCaller, UserPoolCaller

OWNER = OwnerIs("owner", (("username",),), is_list=False, missing_claim=None)
RULE = Where("schema.graphql", 3, 9)
OWNS = Grant(
    RULE, "{ allow: owner }", AuthMode.USER_POOLS, Who.ITEM, item=OWNER, fill=True
)
HR = Grant(None, "{ allow: groups }", AuthMode.USER_POOLS, Who.GROUPS, ("HR",))
ALICE = UserPoolCaller("a-1", "alice", "issuer", {"username": "alice"})
HR_ALICE = replace(ALICE, claims={"username": "alice", "cognito:groups": ["HR"]})
KEY = ApiKeyCaller("k")
ROLE = IamCaller("fn", "arn:fn", "1", "AKIA", "fn")


def run(caller: Caller, **arguments: object) -> Run:
    call = FieldCall("Query", "getNote", arguments, None, caller, ("getNote",))
    return Run(call, Trace(), "now", lambda: "id", dict(arguments))


def check(when: When, *grants: Grant) -> Authorize:
    return Authorize("Note", "get", grants, when)


@pytest.mark.parametrize(
    ("given", "verdict", "owner"),
    [
        ({}, Verdict.ALLOWED, "alice"),
        ({"owner": "alice"}, Verdict.ALLOWED, "alice"),
        ({"owner": "bob"}, None, "bob"),
        ({"owner": None}, None, None),
    ],
)
def test_create_fills_in_an_owner_that_is_left_out(
    given: dict[str, object], verdict: Verdict | None, owner: str | None
) -> None:
    one = run(ALICE, input=given)
    answer = authorize(check(When.INPUT, OWNS), one)
    assert answer is verdict if verdict else isinstance(answer, FieldError)
    assert one.input["owner"] == owner


def test_a_refusal_names_the_field_and_records_the_rule() -> None:
    one = run(ALICE)
    one.result = {"owner": "bob"}
    answer = authorize(check(When.FETCHED, OWNS), one)
    assert answer == FieldError(
        "Not Authorized to access getNote on type Query", "Unauthorized"
    )
    (decision,) = one.trace.decisions
    assert (decision.verdict, decision.rule) == ("deny", RULE)
    assert decision.values == (
        ("{ allow: owner }", {"caller": "alice", "owner": "bob"}),
    )


@pytest.mark.parametrize(
    ("unmatched", "allowed"), [(Outcome.ALLOW, True), (Outcome.DENY, False)]
)
def test_a_mode_without_a_rule(unmatched: Outcome, *, allowed: bool) -> None:
    operation = replace(check(When.FETCHED, OWNS), unmatched=unmatched)
    one = run(KEY)
    one.result = {"owner": "x"}
    assert (authorize(operation, one) is Verdict.ALLOWED) is allowed


def test_v1_answers_null_for_what_is_not_there() -> None:
    operation = replace(check(When.FETCHED, OWNS), missing=Outcome.NULL)
    assert authorize(operation, run(ALICE)) is Verdict.NULL
    assert isinstance(authorize(check(When.FETCHED, OWNS), run(ALICE)), FieldError)


def test_fields_unite_over_the_grants_that_match() -> None:
    owns = replace(OWNS, fields=frozenset({"id", "text"}), null_fields=frozenset())
    pays = replace(HR, fields=frozenset({"id", "salary"}), null_fields=None)
    one = run(HR_ALICE, input={"id": "1", "text": "t", "salary": None, "extra": 1})
    one.result = {"owner": "alice"}
    assert authorize(check(When.FETCHED, owns, pays), one) is Verdict.ALLOWED
    assert guard_fields(one) == FieldError("Unauthorized on [extra]", "Unauthorized")


def test_null_needs_a_grant_of_its_own() -> None:
    owns = replace(OWNS, fields=None, null_fields=frozenset({"text"}))
    one = run(ALICE, input={"id": "1", "text": None, "salary": None})
    one.result = {"owner": "alice"}
    assert authorize(check(When.FETCHED, owns), one) is Verdict.ALLOWED
    assert guard_fields(one) == FieldError("Unauthorized on [salary]", "Unauthorized")


KEYED = replace(check(When.REQUEST, OWNS), key=("owner", "day"))


@pytest.mark.parametrize(
    ("operation", "arguments", "allowed", "pending"),
    [
        (KEYED, {"owner": "alice"}, True, 0),
        (KEYED, {"owner": "bob"}, False, 0),
        (KEYED, {"owner": {"eq": "alice"}}, True, 0),
        (KEYED, {"owner": {"beginsWith": "a"}}, False, 0),
        (replace(KEYED, scans=True), {}, True, 1),
        (replace(KEYED, key=("title", "owner")), {"title": "t"}, True, 0),
        (check(When.REQUEST, OWNS), {"owner": "bob"}, True, 1),
    ],
    ids=[
        "own partition",
        "another's partition",
        "own by eq",
        "no whole owner",
        "a scan is filtered",
        "an index is narrowed",
        "no key: filtered",
    ],
)
def test_an_owner_in_the_key(
    operation: Authorize,
    arguments: dict[str, object],
    *,
    allowed: bool,
    pending: int,
) -> None:
    one = run(ALICE, **arguments)
    answer = authorize(operation, one)
    assert (answer is Verdict.ALLOWED) is allowed
    assert len(one.pending) == pending


def test_an_index_is_narrowed_to_the_callers_items() -> None:
    one = run(ALICE, title="t")
    authorize(replace(KEYED, key=("title", "owner")), one)
    assert one.arguments == {"title": "t", "owner": {"eq": "alice"}}
    assert one.call.arguments == {"title": "t"}


@pytest.mark.parametrize(
    ("operation", "caller", "allowed"),
    [
        (RequireAuth(), ALICE, False),
        (RequireAuth(), KEY, False),
        (RequireAuth(sandbox=True), KEY, True),
        (RequireAuth(sandbox=True), ALICE, False),
        (RequireAuth(iam_access=True), ROLE, True),
        (
            RequireAuth(iam_access=True),
            replace(ROLE, cognito_identity_id="i"),
            False,
        ),
        (RequireAuth(iam_access=True), KEY, False),
    ],
)
def test_a_model_without_rules(
    operation: RequireAuth, caller: Caller, *, allowed: bool
) -> None:
    assert (require_auth(operation, run(caller)) is None) is allowed


def test_a_page_is_decided_up_to_the_ceiling_of_a_loop() -> None:
    one = run(ALICE)
    one.result = {"items": [{"owner": "alice"}] * 1001, "scannedCount": 1001}
    assert authorize(check(When.EACH, OWNS), one) is Verdict.ALLOWED
    assert isinstance(one.result, dict)
    assert one.result["items"] == [{"owner": "alice"}] * 1000


def test_each_item_of_a_page_is_decided() -> None:
    one = run(ALICE)
    one.result = {
        "items": [{"owner": "alice"}, {"owner": "bob"}, {}, {"owner": ["alice"]}],
        "scannedCount": 4,
        "nextToken": "t",
    }
    grant = replace(OWNS, item=replace(OWNER, as_stored=True))
    assert authorize(check(When.EACH, grant), one) is Verdict.ALLOWED
    assert one.result == {
        "items": [{"owner": "alice"}, {"owner": ["alice"]}],
        "scannedCount": 4,
        "nextToken": "t",
    }
