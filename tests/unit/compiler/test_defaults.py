"""@default and @validate at compile time: which values they take, and the words."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from compiling import compilation

VALUES = [
    ("Int", "10", True),
    ("Int", "ten", False),
    ("Float", ".5", True),
    ("Float", "x", False),
    ("Boolean", "true", True),
    ("Boolean", "yes", False),
    ("ID", "anything", True),
    ("AWSDate", "2020-02-29", True),
    ("AWSDate", "2021-02-29", False),
    ("AWSDate", "01/02/2020", False),
    ("AWSTime", "10:00:00Z", True),
    ("AWSTime", "10:00:00", False),
    ("AWSDateTime", "2020-01-01T10:00:00.5+02:00", True),
    ("AWSDateTime", "2020-01-01T10:00:60Z", False),
    ("AWSTimestamp", "-1", True),
    ("AWSTimestamp", "now", False),
    ("AWSEmail", "a.b@example.com", True),
    ("AWSEmail", "a@b@example.com", False),
    ("AWSJSON", '{\\"a\\": 1}', True),
    ("AWSJSON", "{a: 1}", False),
    ("AWSURL", "https://example.com/a?b", True),
    ("AWSURL", "mailto:a@example.com", True),
    ("AWSURL", "example.com", False),
    ("AWSURL", "https://", False),
    ("AWSPhone", "+12025550100", True),
    ("AWSPhone", "+15555550100", False),
    ("AWSPhone", "2025550100", False),
    ("AWSPhone", "+4930123456", True),
    ("AWSIPAddress", "::1", True),
    ("AWSIPAddress", "1.2.3", False),
]


@pytest.mark.parametrize(("type_name", "value", "good"), VALUES)
def test_a_default_is_a_value_of_its_type(
    type_name: str, value: str, *, good: bool
) -> None:
    text = f'type Post @model {{ id: ID! x: {type_name} @default(value: "{value}") }}'
    problems = compilation(text, "v2").problems
    plain = value.replace("\\", "")
    assert [one.amplify and one.amplify.message for one in problems] == (
        [] if good else [f'Default value "{plain}" is not a valid {type_name}.']
    )


@pytest.mark.parametrize(
    ("type_name", "value"),
    [("Int", "10 apples"), ("Int", "1.5"), ("Int", "99999999999"), ("Boolean", "TRUE")],
)
def test_a_default_that_breaks_the_resolver_is_ours_to_refuse(
    type_name: str, value: str
) -> None:
    text = f'type Post @model {{ id: ID! x: {type_name} @default(value: "{value}") }}'
    (problem,) = compilation(text, "v2").problems
    assert (problem.code, problem.amplify) == ("default-value", None)
    assert str(problem.where) == f"schema.graphql:1:{text.index(value)}"


REJECTED = [
    (
        'type P { x: Int @default(value: "1") }',
        (
            "The @default directive may only be added to object definitions annotated "
            "with @model."
        ),
    ),
    (
        "type P @model { id: ID! x: Int @default }",
        "The @default directive requires a value property on non-Postgres datasources.",
    ),
    (
        "type P @model { id: ID! x: Int @default(value: null) }",
        "The @default directive does not support null values.",
    ),
    (
        'enum E { A } type P @model { id: ID! x: E @default(value: "B") }',
        'Default value "B" is not a member of E enum.',
    ),
    (
        'type P { x: String @validate(type: gt, value: "1") }',
        "@validate directive can only be used on fields within @model types.",
    ),
    (
        'type P @model { x: [Int] @validate(type: gt, value: "1") }',
        "@validate directive cannot be used on list field 'x'",
    ),
    (
        'type P @model { x: String @validate(type: gt, value: "1") }',
        (
            "Validation type 'gt' can only be used with numeric fields (Int, Float). "
            "Field 'x' is of type 'String'"
        ),
    ),
    (
        'type P @model { x: ID @validate(type: matches, value: "1") }',
        (
            "Validation type 'matches' can only be used with 'String' fields. "
            "Field 'x' is of type 'ID'"
        ),
    ),
    (
        'type P @model { x: String @validate(type: maxLength, value: "-1") }',
        "maxLength value must be a non-negative integer. Received '-1' for field 'x'",
    ),
    (
        'type P @model { x: String @validate(type: maxLength, value: "") }',
        "maxLength value must be a non-negative integer. Received '' for field 'x'",
    ),
    (
        'type P @model { x: Int @validate(type: lt, value: "few") }',
        "lt value must be a number. Received 'few' for field 'x'",
    ),
]


@pytest.mark.parametrize(("text", "message"), REJECTED)
def test_what_is_refused_carries_the_transformers_words(
    text: str, message: str
) -> None:
    problems = compilation(text, "v2").problems
    assert problems[0].amplify is not None
    assert problems[0].amplify.message == message
