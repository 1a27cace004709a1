"""Resolvers that may have to ask something outside, and then go on with the answer.

They are written once, as generators: what they yield is asked and awaited by whoever
runs them. One that yields nothing is done at once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from amplikit.emulator.calls import FieldError, Resolved

if TYPE_CHECKING:
    from amplikit.emulator.run import Run
    from amplikit.store.interface import AttributeValue

__all__ = ["Asked", "Steps", "Waiting", "outcome_of"]

_Result = TypeVar("_Result")

Asked = Callable[[], Awaitable[Resolved | FieldError]]
"""What is to be asked; it is when this is called and awaited."""

Steps = Generator[Asked, Resolved | FieldError, _Result]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A resolver that has asked something: no coroutine, so it may be dropped."""

    steps: Steps[AttributeValue | FieldError]
    first: Asked
    run: Run

    def __await__(self) -> Generator[object, None, Resolved | FieldError]:
        return self._finish().__await__()

    async def _finish(self) -> Resolved | FieldError:
        asked = self.first
        while True:
            answer = await asked()
            try:
                asked = self.steps.send(answer)
            except StopIteration as ended:
                return outcome_of(ended.value, self.run)


def outcome_of(value: AttributeValue | FieldError, run: Run) -> Resolved | FieldError:
    """Return what has become of a field."""
    if isinstance(value, FieldError):
        return value
    return Resolved(value, tuple(run.appended))
