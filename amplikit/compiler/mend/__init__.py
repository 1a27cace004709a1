"""Mechanical changes of a v2 schema, by the code of the finding that each mends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.compiler.mend.field_type import optional, required
from amplikit.compiler.mend.mend import Mend
from amplikit.compiler.mend.merged_rules import Merge, merged
from amplikit.compiler.mend.owner_field import not_reassigned, not_spoofed
from amplikit.compiler.mend.rule import (
    deleting,
    named_provider,
    new_provider,
    not_listening,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from amplikit.blueprint.api import Api
    from amplikit.compiler.document import Document
    from amplikit.errors import Problem

__all__ = ["MENDS", "Mend", "Merge", "merged"]

MENDS: dict[str, Callable[[Problem, Document, Api], Mend | None]] = {
    "owner-may-reassign": not_reassigned,
    "owner-may-be-spoofed": not_spoofed,
    "field-blocks-delete": deleting,
    "read-includes-listen": not_listening,
    "provider-from-strategy": named_provider,
    "provider-iam-deprecated": new_provider,
    "optional-sort-key": required,
    "relation-required": optional,
}
