"""``amplify-config/api-keys.toml``: keys, and the usage plans of third parties.

An AppSync key carries no limit of its own, so each plan names the AWS mechanism that
enforces it; what that mechanism cannot express is refused here. Source: API Gateway
usage plans; AWS WAF rate-based rules (10 requests at least, four windows).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from amplikit.blueprint.config import (
    ApiKeyConfig,
    Mechanism,
    Period,
    Quota,
    UsagePlan,
)
from amplikit.errors import did_you_mean
from amplikit.project.section import Form

if TYPE_CHECKING:
    from amplikit.project.section import Section

__all__ = ["read_api_keys", "read_usage_plans"]

_NAME = Form("[A-Za-z0-9][A-Za-z0-9_-]{0,127}", "letters, digits, - and _")
_COUNT_MAX = 2_000_000_000
_RATE_MAX = 1_000_000.0
_WAF_LIMIT_MIN = 10
_WAF_WINDOWS_S = (60, 120, 300, 600)
_WAF_WINDOW_DEFAULT_S = 300
_OFFSET_MAX_DAYS = {Period.DAY: 0, Period.WEEK: 6, Period.MONTH: 27}


def read_api_keys(
    file: Section, plans: tuple[UsagePlan, ...]
) -> tuple[ApiKeyConfig, ...]:
    """Return the keys; without ``keys`` there is one, as AppSync makes it."""
    file.only("keys", "usage_plans")
    if not file.has("keys"):
        return (ApiKeyConfig("default"),)
    keys: list[ApiKeyConfig] = []
    for row in file.rows("keys"):
        key = _read_key(row, tuple(plan.name for plan in plans))
        if key.name in {other.name for other in keys}:
            row.problem(
                "name",
                "config-value-twice",
                f"There are two keys named '{key.name}'.",
                "Give each key its own name.",
            )
        keys.append(key)
    return tuple(keys)


def _read_key(row: Section, plan_names: tuple[str, ...]) -> ApiKeyConfig:
    row.only("name", "expires_days", "usage_plan")
    row.require("name")
    plan = row.text("usage_plan") if row.has("usage_plan") else None
    if plan is not None and plan not in plan_names:
        row.problem(
            "usage_plan",
            "unknown-usage-plan",
            f"There is no usage plan named '{plan}'.",
            did_you_mean(plan, plan_names).strip() or f"Add [usage_plans.{plan}].",
        )
    return ApiKeyConfig(
        name=row.text("name", form=_NAME),
        expires_days=row.integer("expires_days", 7, 1, 365),
        usage_plan=plan,
    )


def read_usage_plans(file: Section) -> tuple[UsagePlan, ...]:
    """Return the plans that their mechanism can enforce."""
    plans = (_read_plan(name, plan) for name, plan in file.named("usage_plans", _NAME))
    return tuple(plan for plan in plans if plan is not None)


def _read_plan(name: str, plan: Section) -> UsagePlan | None:
    plan.only("mechanism", "rate", "burst", "quota", "limit", "window")
    plan.require("mechanism")
    mechanism = plan.word("mechanism", Mechanism)
    match mechanism:
        case None:
            return UsagePlan(name, Mechanism.GATEWAY)
        case Mechanism.GATEWAY:
            return _read_gateway_plan(name, plan)
        case Mechanism.WAF:
            return _read_waf_plan(name, plan)
        case _:
            assert_never(mechanism)


def _read_gateway_plan(name: str, plan: Section) -> UsagePlan:
    plan.forbid("a gateway's plan has rate, burst and quota", "limit", "window")
    plan.require("rate", "burst")
    return UsagePlan(
        name,
        Mechanism.GATEWAY,
        rate_per_s=plan.number("rate", 1.0, _RATE_MAX),
        burst=plan.integer("burst", 1, 1, _COUNT_MAX),
        quota=_read_quota(plan.section("quota")) if plan.has("quota") else None,
    )


def _read_quota(quota: Section) -> Quota:
    quota.only("limit", "period", "offset")
    quota.require("limit", "period")
    period = quota.word("period", Period) or Period.MONTH
    return Quota(
        limit=quota.integer("limit", 1, 1, _COUNT_MAX),
        period=period,
        offset_days=quota.integer("offset", 0, 0, _OFFSET_MAX_DAYS[period]),
    )


def _read_waf_plan(name: str, plan: Section) -> UsagePlan:
    plan.forbid(
        "a WAF rule counts requests per window and knows nothing else",
        "rate",
        "burst",
        "quota",
    )
    plan.require("limit")
    window_s = plan.integer("window", _WAF_WINDOW_DEFAULT_S, 60, 600)
    if window_s not in _WAF_WINDOWS_S:
        plan.wrong(
            "window",
            f"a WAF rule has no window of {window_s} seconds.",
            f"Write one of {', '.join(map(str, _WAF_WINDOWS_S))}.",
        )
    return UsagePlan(
        name,
        Mechanism.WAF,
        limit=plan.integer("limit", _WAF_LIMIT_MIN, _WAF_LIMIT_MIN, _COUNT_MAX),
        window_s=window_s,
    )
