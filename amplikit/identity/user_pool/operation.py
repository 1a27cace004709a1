"""What an operation of the wire protocol is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from amplikit.identity.user_pool.parameters import Parameter, Parameters
    from amplikit.identity.user_pool.pool import PoolContext
    from amplikit.identity.user_pool.refusal import Refusal

__all__ = ["Answer", "Operation"]

Answer: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Operation:
    """A name, the input it takes, and what it does with sound input.

    ``signed`` ones are for callers whom IAM lets in.
    """

    name: str
    parameters: tuple[Parameter, ...]
    run: Callable[[Parameters, PoolContext], Awaitable[Answer | Refusal]]
    signed: bool = False
