"""Whether a mutant of a corpus case decides anything otherwise than the templates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mutants import mutants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decision_callers import Persona
    from decision_cases import Case, Verdict
    from decision_requests import Asked
    from mutants import Mutant

    from amplikit.emulator.interpret import Interpreter

__all__ = ["MutationTrials"]


class MutationTrials:
    """A case whose templates are asked once, for all mutants."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._requests: dict[str, list[_Request]] = {}
        for asked, persona in case.asked():
            request = _Request(asked, persona)
            self._requests.setdefault(asked.coordinate, []).append(request)

    def mutants(self) -> Iterator[Mutant]:
        """Return the mutants of every resolver."""
        for resolver in self._case.blueprint.resolvers:
            yield from mutants(resolver, self._case.api)

    def is_killed(self, mutant: Mutant) -> bool:
        """Whether one verdict at least is not the templates'."""
        coordinate = mutant.resolver.coordinate
        planned = self._case.blueprint
        resolvers = tuple(
            mutant.resolver if one.coordinate == coordinate else one
            for one in planned.resolvers
        )
        interpreter = self._case.interpreter(replace(planned, resolvers=resolvers))
        requests = self._requests.get(coordinate, [])
        for place, request in enumerate(requests):
            if self._differs(request, interpreter):
                # What tells one mutant tells the next one.
                requests.insert(0, requests.pop(place))
                return True
        return False

    def _differs(self, request: _Request, interpreter: Interpreter) -> bool:
        asked, persona = request.asked, request.persona
        if request.answer is None:
            request.answer = self._case.amplify(asked, persona)
        try:
            ours = self._case.ours(asked, persona, interpreter)
        except (AssertionError, AttributeError, LookupError, TypeError):
            # A blueprint that cannot be run does not go unnoticed.
            return True
        return ours != request.answer


@dataclass
class _Request:
    """A request by a caller, and the templates' answer once they have been asked."""

    asked: Asked
    persona: Persona
    answer: Verdict | None = None
