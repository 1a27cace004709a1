"""Under which root type each generated operation stands."""

from __future__ import annotations

from amplikit.blueprint.api import OperationKind

__all__ = ["ROOT_OF"]

ROOT_OF = {
    OperationKind.GET: "Query",
    OperationKind.LIST: "Query",
    OperationKind.SYNC: "Query",
    OperationKind.SEARCH: "Query",
    OperationKind.CREATE: "Mutation",
    OperationKind.UPDATE: "Mutation",
    OperationKind.DELETE: "Mutation",
    OperationKind.ON_CREATE: "Subscription",
    OperationKind.ON_UPDATE: "Subscription",
    OperationKind.ON_DELETE: "Subscription",
}
