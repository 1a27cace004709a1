"""No request is a fault: each is answered, or refused in DynamoDB's form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amplikit.emulator.dynamodb.operations import OPERATIONS
from amplikit.emulator.dynamodb.shapes import (
    Flag,
    ListOf,
    MapOf,
    Structure,
    Text,
    Value,
    Whole,
)

if TYPE_CHECKING:
    from conftest import Tables

    from amplikit.emulator.dynamodb.shapes import Shape

TEXTS = st.sampled_from(
    [
        *("", "a", "id", "Post", "Note", "A", "byTitle", "byKind", "gone", "owner"),
        *("ALL_OLD", "TOTAL", "INDEXES", "COUNT", "HASH", "S", "EQ", "ALL", "AND"),
        *("#a", ":a", "id = :a", "SET #a = :a", "a.b[0]", "size(a) > :a", "(" * 500),
        *("a[99999999999999999999]", "\0", "\ud83d\ude00", "x" * 3000, "ADD a :a"),
        *("arn:aws:dynamodb:us-east-1:123456789012:table/Post", "NOT " * 400),
    ]
)
NUMBERS = st.sampled_from(
    ["0", "-1", "1.5", "1e125", "1e126", "-1e-130", "1e99999999", "9" * 60, "NaN", ""]
)
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
    ),
    max_leaves=8,
)
BLOBS = st.sampled_from(["", "AA==", "AA=", "!", "Yh=="])
VALUES = st.recursive(
    st.one_of(
        st.builds(lambda text: {"S": text}, TEXTS),
        st.builds(lambda number: {"N": number}, NUMBERS),
        st.builds(lambda blob: {"B": blob}, BLOBS),
        st.builds(lambda texts: {"SS": texts}, st.lists(TEXTS, max_size=3)),
        st.builds(lambda texts: {"NS": texts}, st.lists(NUMBERS, max_size=3)),
        st.sampled_from([{"BOOL": True}, {"NULL": True}, {"NULL": False}, {}]),
        st.just({"S": "x", "N": "1"}),
    ),
    lambda inner: (
        st.builds(lambda each: {"L": each}, st.lists(inner, max_size=3))
        | st.builds(lambda each: {"M": each}, st.dictionaries(TEXTS, inner, max_size=3))
    ),
    max_leaves=6,
)
KEYS = st.sampled_from(
    [
        {"id": {"S": "1"}},
        {"owner": {"S": "ann"}, "at": {"N": "1"}},
        {"owner": {"S": "ann"}, "at": {"N": "1"}, "title": {"S": "t"}},
    ]
)


def bodies(shape: Shape) -> st.SearchStrategy:
    """Return what fits a shape, mostly; sometimes anything stands in its place."""
    match shape:
        case Text(options=options):
            fitting = st.sampled_from(options) if options else TEXTS
        case Flag():
            fitting = st.booleans()
        case Whole():
            fitting = st.integers(-1, 200) | st.integers()
        case Value():
            fitting = VALUES
        case ListOf(element):
            fitting = st.lists(bodies(element), max_size=3)
        case MapOf(Value()):
            fitting = KEYS | st.dictionaries(TEXTS, VALUES, max_size=3)
        case MapOf(element):
            fitting = st.dictionaries(TEXTS, bodies(element), max_size=3)
        case Structure(members=members):
            needed = {m.name: bodies(m.shape) for m in members if m.required}
            others = {m.name: bodies(m.shape) for m in members if not m.required}
            fitting = st.fixed_dictionaries(needed, optional=others)
    # One in twenty: more, and hardly a body would come through the first checks.
    return st.integers(0, 19).flatmap(lambda roll: fitting if roll else JUNK)


CALLS = st.sampled_from(sorted(OPERATIONS)).flatmap(
    lambda name: st.tuples(st.just(name), bodies(OPERATIONS[name].shape))
)


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(call=CALLS)
def test_every_body_is_answered_or_refused(
    tables: Tables, call: tuple[str, object]
) -> None:
    operation, body = call
    answer = tables.send(json.dumps(body).encode("utf-8", "surrogatepass"), operation)
    assert answer.status in (200, 400), (operation, body, answer.body, tables.log[-1:])
    assert "Traceback" not in "".join(tables.log)
    if answer.status == 400:
        assert answer.error[0]
