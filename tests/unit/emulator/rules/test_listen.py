from __future__ import annotations

from dataclasses import replace

import pytest

from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operations import (
    Authorize,
    Grant,
    GroupIs,
    Outcome,
    OwnerIs,
    When,
    Who,
)
from amplikit.emulator.calls import FieldCall
from amplikit.emulator.rules.decide import authorize
from amplikit.emulator.rules.verdict import Verdict
from amplikit.emulator.run import Run
from amplikit.emulator.trace import Trace
from amplikit.identity.caller import UserPoolCaller

OWNER = OwnerIs("owner", (("sub",), ("username",)), is_list=False, missing_claim=None)
OWNS = Grant(None, "owner", AuthMode.USER_POOLS, Who.ITEM, item=OWNER)
TEAM = Grant(
    None,
    "team",
    AuthMode.USER_POOLS,
    Who.ITEM,
    item=GroupIs("team", "cognito:groups", is_list=False),
)
STAFF = Grant(None, "staff", AuthMode.USER_POOLS, Who.GROUPS, ("Staff",))
CLAIMS = {"sub": "a-1", "username": "alice", "cognito:groups": ["Red"]}
ALICE = UserPoolCaller("a-1", "alice", "issuer", CLAIMS)
MINE = {"or": [{"owner": {"eq": "alice"}}]}
WISH = {"text": {"eq": "x"}}


def listen(
    *grants: Grant, caller: UserPoolCaller = ALICE, first: bool = False, **given: object
) -> tuple[bool, object]:
    """Return whether the caller may listen, and the filter that is left."""
    call = FieldCall("Subscription", "onNote", given, None, caller, ("onNote",))
    run = Run(call, Trace(), "now", lambda: "id", dict(given))
    operation = Authorize(
        "Note",
        "listen",
        grants,
        When.SUBSCRIBE,
        unmatched=Outcome.ALLOW if first else Outcome.DENY,
        owner_arguments=frozenset({"owner"}),
    )
    allowed = authorize(operation, run) is Verdict.ALLOWED
    return allowed, run.arguments.get("filter")


def test_an_owner_gets_the_events_of_own_items() -> None:
    assert listen(OWNS) == (True, MINE)


def test_the_callers_wish_is_kept_beside_the_rule() -> None:
    assert listen(OWNS, filter=WISH) == (True, {"and": [MINE, WISH]})


@pytest.mark.parametrize("named", ["alice", "a-1", "a-1::alice"])
def test_the_own_owner_argument_is_enough(named: str) -> None:
    assert listen(OWNS, owner=named) == (True, None)


def test_the_own_owner_argument_and_a_wish_need_the_filter() -> None:
    allowed, left = listen(OWNS, owner="alice", filter=WISH)
    assert (allowed, left) == (True, {"and": [MINE, WISH]})


@pytest.mark.parametrize("first", [True, False])
def test_another_owner_is_refused(*, first: bool) -> None:
    assert listen(OWNS, first=first, owner="bob")[0] is False


def test_v1_wants_the_owner_argument() -> None:
    assert listen(OWNS, first=True)[0] is False
    assert listen(OWNS, first=True, owner="alice") == (True, None)


def test_owners_stand_before_groups() -> None:
    assert listen(OWNS, TEAM) == (
        True,
        {"or": [{"owner": {"eq": "alice"}}, {"team": {"in": ["Red"]}}]},
    )


def test_without_a_claim_there_is_nothing_to_listen_to() -> None:
    nameless = replace(ALICE, claims={"sub": "a-1"})
    assert listen(OWNS, caller=nameless)[0] is False


def test_a_static_group_hears_everything() -> None:
    staff = replace(ALICE, claims={**CLAIMS, "cognito:groups": ["Staff"]})
    assert listen(STAFF, OWNS, caller=staff) == (True, None)
