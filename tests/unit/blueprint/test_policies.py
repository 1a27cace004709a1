from __future__ import annotations

import re

import pytest

from amplikit.blueprint.policies import allows, matches_wildcard
from amplikit.blueprint.resources import PolicyStatement

API = "arn:aws:appsync:us-east-1:123456789012:apis/abc"
FIELD = "types/Query/fields/getPost"


def allow(
    *resources: str, actions: tuple[str, ...] = ("appsync:GraphQL",)
) -> PolicyStatement:
    return PolicyStatement("Allow", actions, resources)


def deny(
    *resources: str, actions: tuple[str, ...] = ("appsync:GraphQL",)
) -> PolicyStatement:
    return PolicyStatement("Deny", actions, resources)


@pytest.mark.parametrize(
    ("statements", "resource", "allowed", "decided_by"),
    [
        pytest.param([], FIELD, False, None, id="no statement"),
        pytest.param([allow("*")], FIELD, True, 0, id="everything"),
        pytest.param([allow(FIELD)], FIELD, True, 0, id="that field"),
        pytest.param([allow("types/Query/*")], FIELD, True, 0, id="that type"),
        pytest.param([allow("types/Mutation/*")], FIELD, False, None, id="another"),
        pytest.param([allow("*"), deny(FIELD)], FIELD, False, 1, id="deny wins"),
        pytest.param([deny(FIELD), allow("*")], FIELD, False, 0, id="deny first"),
        pytest.param([deny("types/X/*"), allow("*")], FIELD, True, 1, id="deny else"),
        pytest.param([allow(f"{API}/*")], FIELD, True, 0, id="absolute"),
        pytest.param(
            [allow(API.replace("abc", "other") + "/*")], FIELD, False, None, id="api"
        ),
        pytest.param(
            [allow("*", actions=("appsync:*",))], FIELD, True, 0, id="action wildcard"
        ),
        pytest.param(
            [allow("*", actions=("APPSYNC:graphql",))], FIELD, True, 0, id="action case"
        ),
        pytest.param(
            [allow("*", actions=("dynamodb:*",))], FIELD, False, None, id="service"
        ),
        pytest.param([allow(FIELD.upper())], FIELD, False, None, id="resource case"),
        pytest.param(
            [PolicyStatement("allow", ("*",), ("*",))], FIELD, False, 0, id="no effect"
        ),
    ],
)
def test_explicit_deny_then_allow_then_implicit_deny(
    statements: list[PolicyStatement],
    resource: str,
    *,
    allowed: bool,
    decided_by: int | None,
) -> None:
    verdict = allows(statements, "appsync:GraphQL", resource, API)
    assert verdict.allowed is allowed
    expected = None if decided_by is None else statements[decided_by]
    assert verdict.statement is expected


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (pattern, text)
        for pattern in ("", "*", "?", "a*", "*a", "a*a", "?*?", "a?c", "**", "*a*b*")
        for text in ("", "a", "aa", "aba", "abc", "b", "xaxbx", "a*c", "ab\n")
    ],
)
def test_wildcards_agree_with_a_regular_expression(pattern: str, text: str) -> None:
    regex = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    expected = re.fullmatch(regex, text, re.DOTALL) is not None
    assert matches_wildcard(pattern, text) is expected


def test_a_hostile_pattern_has_nothing_to_backtrack_over() -> None:
    assert not matches_wildcard("*a" * 2_000 + "b", "a" * 20_000)
