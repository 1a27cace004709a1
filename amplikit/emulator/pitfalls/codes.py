"""Every pitfall's code: which of the 36 it is, and what it means in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.trace import Pitfall

if TYPE_CHECKING:
    from amplikit.emulator.trace import Path

__all__ = ["MEANINGS", "pitfall"]

MEANINGS = {
    "page-short-by-auth": "P01: 'limit' counts items read, before @auth drops others'.",
    "filter-on-a-page": "P02: a filter looks at the items of one page, not of a table.",
    "full-last-page": "P03: a page that is full has a token, even if it is the last.",
    "page-cut-at-1-mb": "P04: DynamoDB ends a page at 1 MB, whatever the limit says.",
    "nested-list-cut": "P05: a nested list has pages too, and hides that it has more.",
    "ne-matches-missing": "P06: 'ne' holds for items that lack the field.",
    "null-is-not-missing": "P07: a stored null and an absent field are two things.",
    "near-miss": "P08: texts compare by case, and lists by whole elements.",
    "not-in-index": "P09: an item without an index's sort key is not in the index.",
    "null-in-index-key": "P10: null cannot be stored as the key of an index.",
    "composite-key-partly": "P11: a composite key is written as a whole or not at all.",
    "sort-without-key": "P12: a list is sorted by a sort key or not at all.",
    "shown-owner": "P13: the owner that is shown is not the owner that is stored.",
    "owner-given-away": "P14: an owner may write somebody else into the owner field.",
    "owner-spoofed": "P15: who may create may name anybody as the owner.",
    "owner-null": "P16: an owner that is given as null is not filled in.",
    "get-reveals-existence": "P17: get refuses what exists, and answers null else.",
    "absent-item": "P18: a write to an item that is not there is refused.",
    "refusal-as-condition": "P19: v1's rules refuse a write as a failed condition.",
    "operation-open": "P20: v1 protects only the operations that a rule names.",
    "no-group": "P21: a user without groups is refused, others get an empty list.",
    "role-is-not-signed-in": "P22: v2's IAM rules are for the identity pool's roles.",
    "admin-role-skips-rules": "P23: no rule holds for an admin role.",
    "admin-role-by-substring": "P24: an admin role's name may be any part of an ARN.",
    "nobody-owns-it": "P25: only a user who creates an item becomes its owner.",
    "public-iam-is-guest": "P26: 'public' with IAM is for guests, not for everybody.",
    "public-is-api-key": "P27: 'public' is for the API key, not for who signs in.",
    "read-includes-listen": "P28: 'read' allows subscriptions, too.",
    "redacted-in-mutation": "P29: a mutation answers what all its listeners may read.",
    "field-rule-without-delete": "P31: deleting, or setting null, needs every field.",
    "nested-type-closed": "P33: a nested type needs its own directives.",
    "subscriber-missed": "P34: events hold only what the mutation has selected.",
    "stale-groups": "P35: a token carries the groups of the moment it was issued.",
    "orphan": "P36: a required relation whose item is gone makes its parent null.",
}
"""P30 and P32 are found by the compiler."""


def pitfall(code: str, path: Path, message: str, hint: str) -> Pitfall:
    """Return a pitfall of a known code."""
    if code not in MEANINGS:
        raise AssertionError(code)
    return Pitfall(code, path, message, hint)
