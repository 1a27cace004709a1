from __future__ import annotations

import pytest

from amplikit.compiler.plural import plural


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Post", "Posts"),
        ("Posts", "Posts"),
        ("Status", "Statuses"),
        ("Category", "Categories"),
        ("Box", "Boxes"),
        ("Person", "People"),
        ("Child", "Children"),
        ("News", "News"),
        ("Series", "Series"),
        ("Leaf", "Leaves"),
        ("UserData", "UserData"),
        ("URLEntry", "URLEntries"),
        ("POST", "POSTS"),
        ("goose", "geese"),
        ("Goose", "Geese"),
        ("Quiz", "Quizzes"),
        ("Criterion", "Criteria"),
        ("Fish", "Fish"),
        ("Woman", "Women"),
        ("I", "WE"),
        ("a", "as"),
        ("_", "_s"),
        ("Blog_Post", "Blog_Posts"),
    ],
)
def test_plurals_are_those_of_the_transformers(word: str, expected: str) -> None:
    assert plural(word) == expected
