"""DynamoDB's semantics, embedded: tables of items in a data folder."""

from amplikit.store.sqlite import SqliteStore

__all__ = ["SqliteStore"]
