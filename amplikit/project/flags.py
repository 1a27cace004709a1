"""Amplify's feature flags by name.

Source: Amplify CLI docs, "Feature flags", group ``graphqltransformer``; the last two
are settings of the Gen 2 and CDK constructs that decide what a schema compiles to.
"""

from __future__ import annotations

__all__ = ["FLAGS"]

FLAGS = (
    "addMissingOwnerFields",
    "enableAutoIndexQueryNames",
    "enableIterativeGSIUpdates",
    "improvePluralization",
    "populateOwnerFieldForStaticGroupAuth",
    "respectPrimaryKeyAttributesOnConnectionField",
    "secondaryKeyAsGSI",
    "shouldDeepMergeDirectiveConfigDefaults",
    "skipOverrideMutationInputTypes",
    "subscriptionsInheritPrimaryAuth",
    "useFieldNameForPrimaryKeyConnectionField",
    "useSubUsernameForDefaultIdentityClaim",
    "validateTypeNameReservedWords",
    "enableIamAccess",
    "sandboxModeEnabled",
)
