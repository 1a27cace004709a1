from __future__ import annotations

import pytest
from graphql import build_schema

from amplikit.emulator.documents import Document, Documents

SCHEMA = build_schema(
    """
    type Query { pet(id: ID): Pet pets: Pets all: [Pet!]! node: Node names: [String] }
    type Mutation { feed(id: ID): Pet }
    interface Node { pets: [Pet] name: String }
    type Pet { name: String friend: Pet friends: [Pet] }
    type Pets { items: [Pet]! }
    """
)


def read(documents: Documents, text: str) -> Document:
    document = documents.get(text)
    assert isinstance(document, Document)
    return document


def test_the_documents_kept_are_those_used_last_that_fit_the_budget() -> None:
    texts = [f"{{ pet(id: {n}) {{ name }} }}" for n in range(4)]
    documents = Documents(SCHEMA, budget=3 * (len(texts[0]) + 64))
    for text in texts[:3]:
        documents.get(text)
    documents.get(texts[0])

    documents.get(texts[3])

    kept = [documents.known(text) is not None for text in texts]
    assert kept == [True, False, True, True]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{ nobody }", id="invalid"),
        pytest.param("{", id="unreadable"),
        pytest.param("{ pet { name } } #" + "a" * 40_000, id="long"),
    ],
)
def test_what_is_invalid_or_long_is_not_kept(text: str) -> None:
    documents = Documents(SCHEMA)

    documents.get(text)

    assert documents.known(text) is None


def test_a_document_larger_than_the_budget_is_not_kept() -> None:
    documents = Documents(SCHEMA, budget=10)

    assert read(documents, "{ pet { name } }").errors == ()
    assert documents.known("{ pet { name } }") is None


ROOTS = " ".join(f"a{n}: pet {{ name }}" for n in range(5))
NAMES = " ".join(f"a{n}: name" for n in range(100))


@pytest.mark.parametrize(
    ("text", "is_quick"),
    [
        ("{ pet { name friend { name } } }", True),
        ("mutation { feed(id: 1) { name } }", True),
        ("{ names }", True),
        ("{ pet { __typename } }", True),
        ("{ a: pet { name } b: pet { name } }", True),
        ("{ pet { friends { name } } }", False),
        ("{ pets { items { name } } }", False),
        ("{ all { name } }", False),
        ("{ node { pets { name } } }", False),
        ("{ node { ... { pets { name } } } }", False),
        ("{ ...F } fragment F on Query { all { name } }", False),
        ("mutation { feed { friends { name } } }", False),
        (f"{{ {ROOTS} }}", False),
        (f"{{ pet {{ {NAMES} }} }}", False),
        ("{ __schema { queryType { name } } }", False),
        ('{ __type(name: "Pet") { name } }', False),
    ],
)
def test_quick_is_what_selects_little_and_no_list_of_objects(
    text: str,
    is_quick: bool,  # noqa: FBT001  a column of the table
) -> None:
    document = read(Documents(SCHEMA), text)

    assert document.errors == ()
    assert document.operations[0].effort.is_quick is is_quick


WAITING = build_schema("""
interface Named { name: String loud: String }
type Post implements Named { name: String loud: String author: Author }
type Author implements Named { name: String loud: String }
type Query { post: Post named: Named any: Any fn: Post plain: Author }
union Any = Post | Author
""")


@pytest.mark.parametrize(
    ("text", "waits"),
    [
        ("{ post { name } }", False),
        ("{ post { loud } }", True),
        ("{ plain { loud } }", False),
        ("{ post { author { loud } } }", False),
        ("{ fn { name } }", True),
        ("{ named { name } }", False),
        ("{ named { loud } }", True),
        ("{ any { ... on Post { loud } } }", True),
        ("{ any { ... on Author { loud } } }", False),
        ("{ post { ...f } } fragment f on Post { a: loud }", True),
        ("{ post { name @skip(if: true) loud @skip(if: true) } }", True),
        ("{ __schema { types { name } } }", False),
    ],
)
def test_a_document_that_asks_outside_is_known_to_wait(
    text: str, *, waits: bool
) -> None:
    documents = Documents(WAITING, waiting=frozenset({"Post.loud", "Query.fn"}))
    assert read(documents, text).waits is waits
