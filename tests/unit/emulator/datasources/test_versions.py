from __future__ import annotations

import pytest

from amplikit.emulator.datasources.versions import (
    change_record,
    changed,
    deleted,
    merged,
    milliseconds,
    version_of,
)

NOW = "2026-03-04T23:59:59.500Z"
NOW_MS = 1_772_668_799_500


def test_the_time_of_a_change_is_in_milliseconds() -> None:
    assert milliseconds(NOW) == NOW_MS


@pytest.mark.parametrize(
    ("current", "changes", "item"),
    [
        ({}, {"a": 1}, {"a": 1}),
        ({"a": 1, "b": 2}, {"a": None}, {"b": 2}),
        ({"a": None}, {"b": 1}, {"a": None, "b": 1}),
        ({"a": 1, "_version": 4}, {"a": 2}, {"a": 2}),
        (
            {"a": 1, "_deleted": True, "_ttl": 7},
            {},
            {"a": 1, "_deleted": True, "_ttl": 7},
        ),
    ],
)
def test_a_change_counts_one_more(
    current: dict[str, object], changes: dict[str, object], item: dict[str, object]
) -> None:
    version = version_of(current) + 1
    meta = {"_version": version, "_lastChangedAt": NOW_MS}
    assert changed(current, changes, NOW) == item | meta


def test_a_deleted_item_is_kept_for_thirty_days() -> None:
    assert deleted({"id": "1", "_version": 2}, NOW) == {
        "id": "1",
        "_version": 3,
        "_lastChangedAt": NOW_MS,
        "_deleted": True,
        "_ttl": NOW_MS // 1000 + 30 * 24 * 3600,
    }


@pytest.mark.parametrize(
    ("known", "given", "kept"),
    [
        (5, 55, 5),
        ("a", None, "a"),
        (False, True, False),
        (None, 1, 1),
        (["a"], ["a", "b"], ["a", "a", "b"]),
        (["a"], "b", ["a"]),
        (frozenset({"a"}), frozenset({"a", "b"}), frozenset({"a", "b"})),
        ({"x": 1}, {"x": 2, "y": 3}, {"x": 1, "y": 3}),
        ({"x": [1]}, {"x": [2]}, {"x": [1, 2]}),
        ({"x": 1}, [1], {"x": 1}),
    ],
)
def test_automerge_keeps_what_is_there(
    known: object, given: object, kept: object
) -> None:
    assert merged({"f": known}, {"f": given}) == {"f": kept}


def test_automerge_adds_what_is_not() -> None:
    assert merged({"a": 1}, {"b": None, "c": 2}) == {"b": None, "c": 2}


def test_a_change_is_filed_by_day_time_key_and_version() -> None:
    item = {"id": "1a", "n": 7, "_version": 2}
    record = change_record("Comment", ("id", "n"), item, NOW)
    assert record == item | {
        "ds_pk": "CommentTable:2026-03-04",
        "ds_sk": "23:59:59.500:1a:7:2",
        "_ttl": NOW_MS // 1000 + 30 * 60,
    }
