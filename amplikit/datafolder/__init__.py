"""The folder that holds a local API's items and identities, and its faults."""

from __future__ import annotations

from amplikit.datafolder.alone import alone
from amplikit.datafolder.faults import (
    damaged,
    not_writable,
    of_newer_format,
    unusable,
    without_items,
)
from amplikit.datafolder.private import private_file, private_folder

__all__ = [
    "alone",
    "damaged",
    "not_writable",
    "of_newer_format",
    "private_file",
    "private_folder",
    "unusable",
    "without_items",
]
