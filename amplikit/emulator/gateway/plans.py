"""Usage plans at the door: the gateway's answers, and the WAF rule's."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from amplikit.blueprint.config import Mechanism
from amplikit.emulator import wire
from amplikit.emulator.refusal import RequestRefusal
from amplikit.identity.caller import ApiKeyCaller
from amplikit.identity.usage import Admitted, QuotaExceeded, Throttled

if TYPE_CHECKING:
    from datetime import datetime

    from amplikit.emulator.service import Service

__all__ = ["admit_partner", "blocked_by_waf"]

_NS_PER_US = 1_000


def admit_partner(service: Service, value: str | None) -> ApiKeyCaller | RequestRefusal:
    """Return who calls through the gateway, or its refusal: 403, or 429.

    Source: API Gateway developer guide, "Usage plans", and its gateway responses.
    """
    now = service.runtime.clock()
    key = service.runtime.identity.api_keys.find(value) if value else None
    if key is None:
        return _forbidden("x-api-key is unknown" if value else "x-api-key is missing")
    if key.kind != "gateway":
        return _forbidden(f"key '{key.id}' is AppSync's: use POST /graphql")
    if key.expired(now):
        return _forbidden(f"key '{key.id}' expired at {key.expires_at:%Y-%m-%d %H:%M}Z")
    plan = service.plans.get(key.usage_plan or "")
    if plan is None:
        return _forbidden(f"key '{key.id}' belongs to no usage plan of this API")
    admission = service.runtime.identity.usage.admit(key.id, plan, _epoch_ns(now))
    match admission:
        case Admitted():
            return ApiKeyCaller(key.id)
        case Throttled(retry_after_ns=wait_ns):
            return RequestRefusal(
                429,
                wire.GATEWAY_THROTTLED_TYPE,
                wire.GATEWAY_THROTTLED,
                f"key '{key.id}' is over the rate of plan '{plan.name}' for another"
                f" {wait_ns / 1e9:.2f} s",
            )
        case QuotaExceeded(limit=limit, period=period):
            return RequestRefusal(
                429,
                wire.GATEWAY_QUOTA_TYPE,
                wire.GATEWAY_QUOTA,
                f"key '{key.id}' has used its {limit} requests of this {period.value}",
            )
        case _:
            assert_never(admission)


def blocked_by_waf(service: Service, value: str | None) -> RequestRefusal | None:
    """Return the refusal of a key that is over its WAF rate rule."""
    if not value or not service.has_waf:
        return None
    key = service.runtime.identity.api_keys.find(value)
    plan = service.plans.get(key.usage_plan or "") if key else None
    if key is None or plan is None or plan.mechanism is not Mechanism.WAF:
        return None
    now_ns = _epoch_ns(service.runtime.clock())
    admission = service.runtime.identity.usage.admit(key.id, plan, now_ns)
    if isinstance(admission, Admitted):
        return None
    return RequestRefusal(
        403,
        wire.WAF_FORBIDDEN,
        wire.WAF_MESSAGE,
        f"key '{key.id}' is over the {plan.limit} requests in {plan.window_s} s of"
        f" plan '{plan.name}'",
    )


def _forbidden(reason: str) -> RequestRefusal:
    return RequestRefusal(
        403, wire.GATEWAY_FORBIDDEN_TYPE, wire.GATEWAY_FORBIDDEN, reason
    )


def _epoch_ns(now: datetime) -> int:
    return round(now.timestamp() * 1_000_000) * _NS_PER_US
