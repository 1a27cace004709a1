from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amplikit.emulator.sts import words as sts_words
from amplikit.identity import words
from amplikit.identity.identity_pool import words as identity_pool_words
from amplikit.identity.user_pool import words as user_pool_words

if TYPE_CHECKING:
    from types import ModuleType


@pytest.mark.parametrize(
    "module", [words, user_pool_words, identity_pool_words, sts_words]
)
def test_every_word_of_the_service_has_a_source(module: ModuleType) -> None:
    quoted = module.words()
    assert len(quoted) > 20
    assert all(word.source for word in quoted.values())
