from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.config import Mechanism, UsagePlan
from amplikit.identity import ApiKeyRefused, IdentityStore

if TYPE_CHECKING:
    from pathlib import Path


PARTNER = UsagePlan("partner", Mechanism.GATEWAY, rate_per_s=1)
WAF = UsagePlan("waf", Mechanism.WAF, limit=10, window_s=60)


def test_an_appsync_key_looks_like_appsyncs_and_ends_on_the_hour(
    store: IdentityStore, now: datetime
) -> None:
    key = store.api_keys.create("k", now)
    assert re.fullmatch(r"da2-[a-z0-9]{26}", key.value)
    assert key.kind == "appsync"
    assert key.expires_at == datetime(2026, 1, 22, 12, tzinfo=UTC)


def test_a_gateway_plan_gets_a_gateway_key(store: IdentityStore, now: datetime) -> None:
    key = store.api_keys.create("k", now, plan=PARTNER)
    assert re.fullmatch(r"[A-Za-z0-9]{40}", key.value)
    assert (key.kind, key.usage_plan) == ("gateway", "partner")


def test_a_waf_plan_gets_an_appsync_key(store: IdentityStore, now: datetime) -> None:
    key = store.api_keys.create("k", now, plan=WAF)
    assert (key.kind, key.usage_plan) == ("appsync", "waf")


@pytest.mark.parametrize("days", [-1, 0, 366])
def test_a_validity_outside_1_to_365_days_is_refused(
    store: IdentityStore, now: datetime, days: int
) -> None:
    refused = store.api_keys.create("k", now, days=days)
    assert isinstance(refused, ApiKeyRefused)
    assert refused.type == "ApiKeyValidityOutOfBoundsException"


def test_the_fifty_first_appsync_key_is_refused(
    store: IdentityStore, now: datetime
) -> None:
    made = [store.api_keys.create(f"k{i}", now) for i in range(50)]
    assert isinstance(made[-1], ApiKeyRefused)
    assert made[-1].type == "ApiKeyLimitExceededException"
    assert not isinstance(made[-2], ApiKeyRefused)
    assert not isinstance(store.api_keys.create("g", now, plan=PARTNER), ApiKeyRefused)


def test_an_expiry_can_be_given_to_the_millisecond(
    store: IdentityStore, now: datetime
) -> None:
    expiry = now + timedelta(milliseconds=1500)
    key = store.api_keys.create("k", now, expires_at=expiry)
    found = store.api_keys.find(key.value)
    assert found == key
    assert not found.expired(expiry - timedelta(milliseconds=1))
    assert found.expired(expiry)


def test_the_first_key_is_a_plain_live_appsync_key(
    store: IdentityStore, now: datetime
) -> None:
    store.api_keys.create("g", now, plan=PARTNER)
    store.api_keys.create("w", now, plan=WAF)
    first = store.api_keys.all(now)[0]
    assert (first.kind, first.usage_plan, first.name) == ("appsync", None, "default")


def test_a_rotated_key_and_its_successor_both_work(
    store: IdentityStore, now: datetime
) -> None:
    old = store.api_keys.all(now)[0]
    new = store.api_keys.rotate(old.id, now + timedelta(days=1))
    assert store.api_keys.find(old.value) == old
    assert store.api_keys.find(new.value) == new
    assert new.name == old.name
    assert new.expires_at > old.expires_at


@pytest.mark.parametrize("days", [1, 7, 365])
def test_a_successor_lives_as_long_as_its_predecessor(
    store: IdentityStore, now: datetime, days: int
) -> None:
    later = now + timedelta(hours=5, minutes=7)
    old = store.api_keys.create("k", now, days=days)
    again = store.api_keys.create("k", later, days=days)
    new = store.api_keys.rotate(old.id, later)
    assert new.expires_at == again.expires_at


@pytest.mark.parametrize("value", ["", "da2-unknown", "\udcff", "x" * 100_000])
def test_an_unknown_value_is_no_key(store: IdentityStore, value: str) -> None:
    assert store.api_keys.find(value) is None


def test_unknown_ids_are_neither_rotated_nor_revoked(
    store: IdentityStore, now: datetime
) -> None:
    assert store.api_keys.rotate("nope", now) is None
    assert store.api_keys.revoke("nope") is None


def test_changes_of_another_process_are_seen_at_once(
    store: IdentityStore, folder: Path, now: datetime
) -> None:
    value = store.api_keys.all(now)[0].value
    assert store.api_keys.find(value)
    other = IdentityStore.open(folder, None, lambda: now)
    added = other.api_keys.create("new", now)
    other.api_keys.revoke(other.api_keys.all(now)[0].id)
    other.close()
    assert store.api_keys.find(added.value) == added
    assert store.api_keys.find(value) is None


def test_a_keys_value_is_not_in_its_repr(store: IdentityStore, now: datetime) -> None:
    key = store.api_keys.all(now)[0]
    assert key.value not in repr(key)
