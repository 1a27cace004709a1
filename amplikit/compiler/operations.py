"""Which operations a model gets, and how they are called.

A map with some of the names means different things: v1 generates what it names and
nothing else, v2 lays it over the defaults (unless a flag says otherwise).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from amplikit.blueprint.api import ModelOperation, OperationKind, Transformer
from amplikit.blueprint.operation_kinds import MUTATION_OF
from amplikit.compiler.naming import upper_first
from amplikit.compiler.plural import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.compiler.options import CompileOptions
    from amplikit.compiler.use import DirectiveUse

__all__ = ["model_operations", "subscription_level"]

_QUERIES = (OperationKind.GET, OperationKind.LIST)
_MUTATIONS = (OperationKind.CREATE, OperationKind.UPDATE, OperationKind.DELETE)

_SUBSCRIPTION_NAME_LIMIT = 50


def model_operations(
    use: DirectiveUse, options: CompileOptions
) -> tuple[ModelOperation, ...]:
    """Return the operations that a use of @model asks for."""
    found = [*_queries(use, options)]
    found += _mapped(use, options, "mutations", _MUTATIONS)
    made = {operation.kind for operation in found}
    if subscription_level(use) == "off":
        return tuple(found)
    # v1 prints a subscription it was asked for even when no mutation triggers it.
    orphans = options.transformer is Transformer.V1 and _names_some(use)
    for kind, mutation in MUTATION_OF.items():
        if orphans or mutation in made:
            names = _subscription_names(kind, use, options)
            found += [ModelOperation(kind, name) for name in names]
    return tuple(found)


def _queries(use: DirectiveUse, options: CompileOptions) -> Iterator[ModelOperation]:
    """Yield the queries; v1 syncs a model whatever its queries are."""
    if not options.synced:
        yield from _mapped(use, options, "queries", _QUERIES)
    elif options.transformer is Transformer.V2:
        kinds = (*_QUERIES, OperationKind.SYNC)
        yield from _mapped(use, options, "queries", kinds)
    else:
        name = f"sync{upper_first(plural(use.type_name))}"
        yield ModelOperation(OperationKind.SYNC, name)
        yield from _mapped(use, options, "queries", _QUERIES)


def subscription_level(use: DirectiveUse) -> str:
    """Return ``on``, ``public`` or ``off``."""
    if use.is_null("subscriptions"):
        return "off"
    level = (use.mapping("subscriptions") or {}).get("level")
    return level if isinstance(level, str) else "on"


def _mapped(
    use: DirectiveUse,
    options: CompileOptions,
    argument: str,
    kinds: tuple[OperationKind, ...],
) -> Iterator[ModelOperation]:
    if use.is_null(argument):
        return
    written = use.mapping(argument)
    for kind in kinds:
        name = _default_name(kind, use.type_name, options)
        if written is not None and (kind in written or not _deep(options)):
            name = _text(written.get(kind))
        if name:
            yield ModelOperation(kind, name)


def _subscription_names(
    kind: OperationKind, use: DirectiveUse, options: CompileOptions
) -> tuple[str, ...]:
    written = use.mapping("subscriptions")
    default = (_default_name(kind, use.type_name, options),)
    if written is None:
        return default
    if _deep(options):
        # lodash merges lists by position, so an empty one changes nothing.
        return (_texts(written[kind]) if kind in written else ()) or (
            () if kind in written and written[kind] is None else default
        )
    bare = not _names_some(use)
    first = options.transformer is Transformer.V1
    if bare and (first or written.get("level") == "public"):
        return default
    return _texts(written.get(kind))


def _names_some(use: DirectiveUse) -> bool:
    written = use.mapping("subscriptions") or {}
    return any(written.get(kind) is not None for kind in MUTATION_OF)


def _deep(options: CompileOptions) -> bool:
    """Whether a map is laid over the defaults; the flag exists in v2 alone."""
    if options.transformer is Transformer.V1:
        return False
    return options.flag("shouldDeepMergeDirectiveConfigDefaults")


def _default_name(kind: OperationKind, model: str, options: CompileOptions) -> str:
    word = upper_first(model)
    first = options.transformer is Transformer.V1
    if kind in {OperationKind.LIST, OperationKind.SYNC}:
        # The case of a plural is that of its word: v1 makes listXES of x, v2 listXes.
        improved = plural(word) if first else upper_first(plural(model))
        plain = first and not options.flag("improvePluralization")
        word = f"{word}s" if plain else improved
    name = f"{kind}{word}"
    if not first and kind in MUTATION_OF and len(name) > _SUBSCRIPTION_NAME_LIMIT:
        digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
        return name[:45] + digest[:5]
    return name


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list):
        return ()
    return tuple(item for item in value if isinstance(item, str))
