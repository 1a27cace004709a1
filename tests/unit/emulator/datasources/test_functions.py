"""What a function is given, and how its failures are told."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from decimal import Decimal
from time import monotonic

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.remote import DataSourceKind, FunctionCall
from amplikit.blueprint.resources import Blueprint, DataSource
from amplikit.emulator.calls import FieldCall, FieldError, Resolved
from amplikit.emulator.datasources.functions import (
    FunctionSource,
    NotRunnable,
    payload,
)
from amplikit.emulator.functions import FunctionError, FunctionResult
from amplikit.emulator.run import Run
from amplikit.emulator.trace import Trace
from amplikit.identity.caller import ApiKeyCaller, Caller, IamCaller, UserPoolCaller

ROLE = IamCaller("r", "arn:aws:sts::1:assumed-role/r/s", "1", "ASIA", "AROA:s")


@dataclass
class Prepared:
    """Functions whose outcomes a test prepares; what they are asked is kept."""

    outcome: object
    asked: list[tuple[str, object]] = field(default_factory=list)

    async def invoke(self, name: str, event: bytes) -> object:
        self.asked.append((name, json.loads(event)))
        if self.outcome is None:
            await asyncio.Event().wait()
        return self.outcome

    def start(self, name: str, event: bytes) -> NotRunnable | None:
        self.asked.append((name, json.loads(event)))
        return self.outcome if isinstance(self.outcome, NotRunnable) else None


def run(caller: Caller, deadline: float | None = None, **given: object) -> Run:
    source = given.pop("source", None)
    arguments = given.pop("arguments", {})
    limit = monotonic() + 20 if deadline is None else deadline
    headers = {"x-a": "1", "x-b": ["1", "2"]}
    call = FieldCall("Query", "a", {}, source, caller, ("a",), headers, limit)
    return Run(call, Trace(), "now", lambda: "id", arguments)


def blueprint(*calls: FunctionCall) -> Blueprint:
    sources = {}
    for call in calls:
        sources.setdefault(
            call.data_source, DataSource(call.data_source, DataSourceKind.LAMBDA, call)
        )
    auth = AuthConfig(AuthMode.API_KEY)
    return Blueprint(
        "x", Transformer.V2, auth, "", (), (), (), (), data_sources=(*sources.values(),)
    )


def ask(
    call: FunctionCall,
    functions: Prepared,
    *others: FunctionCall,
    deadline: float | None = None,
) -> Resolved | FieldError:
    source = FunctionSource(blueprint(*others, call), functions)
    return asyncio.run(source.ask(call, run(ApiKeyCaller("k"), deadline)))


@pytest.mark.parametrize(
    ("caller", "identity"),
    [
        (ApiKeyCaller("k"), None),
        (
            UserPoolCaller("s", "alice", "iss", {"sub": "s"}, ("A",)),
            {
                "claims": {"sub": "s"},
                "defaultAuthStrategy": "ALLOW",
                "groups": ["A"],
                "issuer": "iss",
                "sourceIp": ["127.0.0.1"],
                "sub": "s",
                "username": "alice",
            },
        ),
        (
            ROLE,
            {
                "accountId": "1",
                "cognitoIdentityAuthProvider": None,
                "cognitoIdentityAuthType": None,
                "cognitoIdentityId": None,
                "cognitoIdentityPoolId": None,
                "sourceIp": ["127.0.0.1"],
                "userArn": "arn:aws:sts::1:assumed-role/r/s",
                "username": "AROA:s",
            },
        ),
    ],
    ids=["key", "user", "role"],
)
def test_a_function_sees_who_calls(caller: Caller, identity: object) -> None:
    given = payload(run(caller))
    assert given["identity"] == identity
    assert given["request"] == {
        "headers": {"x-a": "1", "x-b": ["1", "2"]},
        "domainName": None,
    }


def test_values_of_the_store_are_json() -> None:
    functions = Prepared(FunctionResult(None))
    source = {
        "n": Decimal("1.5"),
        "whole": 10**30,
        "bytes": b"\x00\xff",
        "set": frozenset({"b", "a"}),
        "list": [None, {"x": b"a"}],
    }
    given = run(ApiKeyCaller("k"), source=source, arguments={"d": Decimal("0.1")})
    call = FunctionCall("f")
    asyncio.run(FunctionSource(blueprint(call), functions).ask(call, given))
    ((_, event),) = functions.asked
    assert event["arguments"] == {"d": 0.1}
    assert event["source"] == {
        "n": 1.5,
        "whole": 10**30,
        "bytes": "AP8=",
        "set": ["a", "b"],
        "list": [None, {"x": "YQ=="}],
    }


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [
        (FunctionResult({"a": 0.1}), Resolved({"a": Decimal("0.1")})),
        (FunctionResult(None), Resolved(None)),
        (FunctionResult({"errorMessage": "data"}), Resolved({"errorMessage": "data"})),
        (FunctionError("ValueError", "no"), FieldError("no", "Lambda:Unhandled")),
        (FunctionError("E", "half \ud83d"), FieldError("half ?", "Lambda:Unhandled")),
        (NotRunnable("why"), FieldError("why", "NotRunLocally")),
    ],
)
def test_an_outcome_is_an_answer(outcome: object, answer: object) -> None:
    assert ask(FunctionCall("f"), Prepared(outcome)) == answer


@pytest.mark.parametrize("value", [float("nan"), [float("inf")], {"a": float("-inf")}])
def test_what_is_no_json_is_a_failure(value: object) -> None:
    answer = ask(FunctionCall("f"), Prepared(FunctionResult(value)))
    assert isinstance(answer, FieldError)
    assert answer.error_type == "Lambda:Unhandled"


def test_a_function_is_not_waited_for_beyond_the_request_s_time() -> None:
    answer = ask(FunctionCall("f"), Prepared(None), deadline=monotonic() + 0.05)
    assert answer == FieldError(
        "Execution timed out.", "Lambda:ExecutionTimeoutException"
    )


def test_nobody_waits_for_an_event() -> None:
    answer = ask(FunctionCall("f", event=True), Prepared(None))
    assert answer == Resolved({"success": True})


def test_of_two_names_for_one_data_source_the_first_is_called() -> None:
    functions = Prepared(FunctionResult(1))
    ask(FunctionCall("send"), functions, FunctionCall("send-${env}"))
    assert [name for name, _ in functions.asked] == ["send-${env}"]
