from __future__ import annotations

from amplikit.identity import words


def test_every_word_of_the_service_has_a_source() -> None:
    quoted = words.words()
    assert len(quoted) > 20
    assert all(word.source for word in quoted.values())
