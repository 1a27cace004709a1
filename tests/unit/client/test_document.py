"""Which operation a document runs, and what it declares."""

from __future__ import annotations

import pytest
from amplikit_client.document import OperationKind, operation_of

QUERY, MUTATION, SUBSCRIPTION = OperationKind

CASES = {
    "short form": ("{ a }", None, QUERY),
    "query": ("query { a }", None, QUERY),
    "mutation": ("mutation M($x: Int) { a }", None, MUTATION),
    "subscription": ("subscription { a }", None, SUBSCRIPTION),
    "mutation in a comment": ("# mutation { a }\nquery { a }", None, QUERY),
    "comment that ends at a carriage return": ("# x\rmutation { a }", None, MUTATION),
    "mutation in a string": ('{ a(x: "} mutation { a }") }', None, QUERY),
    "escaped quote": (r'{ a(x: "\"} mutation {") }', None, QUERY),
    "block string": ('{ a(x: """"} mutation {""") }', None, QUERY),
    "escaped block string": (r'{ a(x: """ \""" } mutation { """) }', None, QUERY),
    "backslash ends a block string": ('{ a(x: """\\\\""") }', None, QUERY),
    "described operation": ('"a mutation" query { a }', None, QUERY),
    "fragment first": ("fragment mutation on A { b } query { a }", None, QUERY),
    "query named mutation": ("query mutation { a }", None, QUERY),
    "mutation named query": ("mutation query { a }", None, MUTATION),
    "object in a default": ("query ($x: I = {a: {b: 1}}) { a }", None, QUERY),
    "object in a directive": ("mutation @d(x: {a: 1}) { a }", None, MUTATION),
    "byte order mark": ("\ufeffmutation { a }", None, MUTATION),
    "named one of two": ("query A { a } mutation B { b }", "A", QUERY),
    "named other of two": ("query A { a } mutation B { b }", "B", MUTATION),
    # What is not certain counts as the kind that is never repeated.
    "two and no name": ("query A { a } query B { b }", None, MUTATION),
    "unknown name": ("query A { a }", "B", MUTATION),
    "empty": ("", None, MUTATION),
    "not closed": ("query { a", None, MUTATION),
    "closed twice": ("query { a }}", None, MUTATION),
    "crossed brackets": ("query { a( } )", None, MUTATION),
    "string without end": ('query { a(x: "', None, MUTATION),
    "block string without end": ('query { a(x: """ }', None, MUTATION),
    "a schema": ("type A { b: C }", None, MUTATION),
    "words behind": ("query { a } nonsense", None, MUTATION),
}


@pytest.mark.parametrize(("document", "name", "kind"), CASES.values(), ids=CASES)
def test_the_kind_is_that_of_the_operation_the_service_would_run(
    document: str, name: str | None, kind: OperationKind
) -> None:
    assert operation_of(document, name).kind is kind


DECLARED = {
    "none": ("{ a }", set()),
    "two": ("query ($limit: Int, $nextToken: String) { a }", {"limit", "nextToken"}),
    "no commas, spaces": ("query Q($a:[T!]!=[1]$ b :Int){ a }", {"a", "b"}),
    "used, not declared": ("query { a(limit: $limit) }", set()),
    "in a directive": ("query ($a: Int) @d(x: $b, y: {z: $c}) { a }", {"a"}),
    "in a comment": ("query # $limit: Int\n { a }", set()),
}


@pytest.mark.parametrize(("document", "names"), DECLARED.values(), ids=DECLARED)
def test_variables_are_those_the_operation_declares(
    document: str, names: set[str]
) -> None:
    assert operation_of(document).variables == names


@pytest.mark.parametrize(
    "document",
    ['{ a(x: """' + 'a"' * 300_000, "{a " * 200_000, '"' + "\\" * 400_000],
    ids=["block string", "depth", "escapes"],
)
def test_a_huge_malformed_document_is_read_once(document: str) -> None:
    assert operation_of(document).kind is MUTATION
