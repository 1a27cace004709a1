"""The scenes of the story, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.demo.scenes.attacks import forgeries
from amplikit.demo.scenes.lists import owned_pages, the_list_pitfall
from amplikit.demo.scenes.machines import role_limits, the_same_in_v2
from amplikit.demo.scenes.partners import third_party
from amplikit.demo.scenes.profiles import own_profile, sign_up
from amplikit.demo.scenes.restart import nothing_lost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from amplikit.demo.stage import Line, Stage

    Scene: TypeAlias = Callable[[Stage], Iterator[Line]]

__all__ = ["SCENES", "Scene"]

SCENES: tuple[tuple[str, Scene], ...] = (
    ("Sign-up runs a Lambda, which writes the profile through AppSync", sign_up),
    ("A profile belongs to its user", own_profile),
    ("What the Lambda's role may do", role_limits),
    ("The same schema under transformer v2", the_same_in_v2),
    ("The list pitfall, and its cure", the_list_pitfall),
    ("A list of ten that holds fewer", owned_pages),
    ("A third party with a key", third_party),
    ("Forgeries", forgeries),
    ("Restart", nothing_lost),
)
