"""``amplikit usage``: what third parties have used, and what is left to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from amplikit.blueprint.config import Mechanism
from amplikit.cli._directory import known_name, open_directory, utc_now
from amplikit.cli._options import JsonOption, Place, command
from amplikit.cli._output import write_json, write_table

if TYPE_CHECKING:
    from amplikit.blueprint.config import UsagePlan
    from amplikit.identity import ApiKey
    from amplikit.identity.usage import Standing

__all__ = ["attach", "standing_json"]

_KeyArgument = Annotated[
    str | None, typer.Argument(metavar="[ID]", help="One key's id or name.")
]


def attach(app: typer.Typer, summary: str) -> None:
    """Add the command."""
    app.command("usage", help=summary)(_usage)


@command
def _usage(
    place: Place, *, key: _KeyArgument = None, as_json: JsonOption = False
) -> None:
    now = utc_now()
    with open_directory(place) as directory:
        store = directory.store
        plans = {plan.name: plan for plan in directory.names.plans}
        limited = [one for one in store.api_keys.all(now) if one.usage_plan in plans]
        if key is not None:
            named = store.api_keys.get(key)
            ids = {one.id: one for one in limited}
            limited = [ids[known_name("API key", named.id if named else key, ids)]]
        held = [(one, plans[one.usage_plan or ""]) for one in limited]
        rows = [
            (one, plan, store.usage.standing(one.id, plan, now)) for one, plan in held
        ]
    if as_json:
        write_json([_row_json(*row) for row in rows])
        return
    head = ("ID", "NAME", "USAGE PLAN", "LIMIT", "TODAY", "USED", "LEFT", "RESETS")
    write_table(head, (_row(*row) for row in rows))


def standing_json(standing: Standing) -> dict[str, object]:
    """Return a quota's standing; the members are null without a quota."""
    resets_at = standing.resets_at
    return {
        "used_today": standing.used_today,
        "used": standing.used,
        "remaining": standing.remaining,
        "resets": resets_at.isoformat() if resets_at else None,
    }


def _row_json(key: ApiKey, plan: UsagePlan, standing: Standing) -> dict[str, object]:
    quota = plan.quota
    return {
        "id": key.id,
        "name": key.name,
        "usage_plan": plan.name,
        "mechanism": plan.mechanism.value,
        "rate": plan.rate_per_s,
        "burst": plan.burst,
        "limit": plan.limit,
        "window": plan.window_s,
        "quota": quota and {"limit": quota.limit, "period": quota.period.value},
        **standing_json(standing),
    }


def _row(key: ApiKey, plan: UsagePlan, standing: Standing) -> tuple[str, ...]:
    resets_at = standing.resets_at
    return (
        key.id,
        key.name,
        plan.name,
        _limit(plan),
        str(standing.used_today),
        "" if standing.used is None else str(standing.used),
        "" if standing.remaining is None else str(standing.remaining),
        f"{resets_at:%Y-%m-%d %H:%M}" if resets_at else "",
    )


def _limit(plan: UsagePlan) -> str:
    if plan.mechanism is Mechanism.WAF:
        return f"{plan.limit} in {plan.window_s} s"
    quota = f", {plan.quota.limit} a {plan.quota.period.value}" if plan.quota else ""
    return f"{plan.rate_per_s:g}/s, burst {plan.burst}{quota}"
