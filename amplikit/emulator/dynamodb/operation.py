"""What an operation is: its name, its shape, what IAM is asked, and what it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.emulator.dynamodb.protocol import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from amplikit.emulator.dynamodb.account import Account
    from amplikit.emulator.dynamodb.constraints import IsTable
    from amplikit.emulator.dynamodb.parameters import Parameters
    from amplikit.emulator.dynamodb.shapes import Structure
    from amplikit.emulator.dynamodb.tags import Tags
    from amplikit.store.interface import Store

__all__ = ["Access", "Answer", "Call", "Operation", "on_table"]

Answer = dict[str, object] | Failure
Access = tuple[str, str]
"""An action without its service, and the ARN of the resource."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an operation by somebody who may make it."""

    parameters: Parameters
    store: Store
    account: Account
    now: datetime
    base_url: str
    tags: Tags


@dataclass(frozen=True, slots=True)
class Operation:
    """``needs`` are the rights that a caller must have, all of them.

    ``run`` may raise ``Invalid``. ``is_quick`` when it never reads many items;
    ``writes`` when it changes some. ``check`` comes before the constraints.
    """

    name: str
    shape: Structure
    needs: Callable[[Parameters, Account], Iterable[Access]]
    run: Callable[[Call], Answer]
    is_quick: bool = True
    writes: bool = False
    check: Callable[[Parameters, IsTable], None] | None = None


def on_table(action: str) -> Callable[[Parameters, Account], Iterable[Access]]:
    """Return the need of one action on the table, or the index, that is named."""

    def needs(parameters: Parameters, account: Account) -> Iterable[Access]:
        table, index = parameters.required("TableName"), parameters.text("IndexName")
        arn = account.index(table, index) if index else account.table(table)
        return ((action, arn),)

    return needs
