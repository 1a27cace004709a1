"""Usage plans as the JSON that a data folder keeps for commands beside the server."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from amplikit.blueprint.config import Mechanism, Period, Quota, UsagePlan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["plan_json", "read_plan"]


def plan_json(plan: UsagePlan) -> dict[str, object]:
    """Return a plan's members but its name."""
    return {name: value for name, value in asdict(plan).items() if name != "name"}


def read_plan(name: str, value: Mapping[str, Any] | str) -> UsagePlan:
    """Return the plan; an older folder keeps nothing but its mechanism.

    Raises ``ValueError``, ``KeyError`` or ``TypeError`` for anything else.
    """
    if isinstance(value, str):
        return UsagePlan(name, Mechanism(value))
    quota = value["quota"]
    return UsagePlan(
        name,
        Mechanism(value["mechanism"]),
        rate_per_s=value["rate_per_s"],
        burst=value["burst"],
        quota=quota
        and Quota(quota["limit"], Period(quota["period"]), quota["offset_days"]),
        limit=value["limit"],
        window_s=value["window_s"],
    )
