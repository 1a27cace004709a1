"""What goes into a compilation and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Transformer

if TYPE_CHECKING:
    from amplikit.blueprint.api import Api
    from amplikit.blueprint.modes import AuthConfig
    from amplikit.errors import Problem

__all__ = ["Compilation", "CompileOptions", "Source"]

# Source: the transformers' own defaults, and what `amplify init` writes to cli.json.
_DEFAULTS = {
    Transformer.V1: {
        "addMissingOwnerFields": True,
        "improvePluralization": False,
        "secondaryKeyAsGSI": True,
        "skipOverrideMutationInputTypes": True,
        "validateTypeNameReservedWords": True,
    },
    Transformer.V2: {
        "enableAutoIndexQueryNames": True,
        "respectPrimaryKeyAttributesOnConnectionField": True,
        "secondaryKeyAsGSI": True,
        "shouldDeepMergeDirectiveConfigDefaults": True,
        "useSubUsernameForDefaultIdentityClaim": True,
    },
}


@dataclass(frozen=True, slots=True)
class Source:
    """One schema file: its name as the reader knows it, and its text."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class CompileOptions:
    """What decides the result besides the schema.

    ``admin_roles`` are names of IAM roles, which open fields to IAM that no rule does.
    """

    transformer: Transformer
    auth: AuthConfig
    flags: tuple[tuple[str, bool], ...] = ()
    admin_roles: tuple[str, ...] = ()

    @property
    def synced(self) -> bool:
        """Whether conflict detection (DataStore) is on."""
        return self.flag("ResolverConfig")

    def flag(self, name: str) -> bool:
        """Return a feature flag as given, else the transformer's default for it."""
        return dict(self.flags).get(name, _DEFAULTS[self.transformer].get(name, False))


@dataclass(frozen=True, slots=True)
class Compilation:
    """The api, or why there is none; warnings may stand beside an api."""

    api: Api | None
    problems: tuple[Problem, ...] = ()
