"""The compiler's stages in their order: read, validate, check, apply, print.

Every stage collects all it finds; a stage that finds errors is the last one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graphql import (
    InputObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    value_from_ast_untyped,
)

from amplikit.blueprint.api import Api, Transformer
from amplikit.collector import without_collector
from amplikit.compiler.auth_warnings import auth_warnings
from amplikit.compiler.check_sdl import refused, root_problems
from amplikit.compiler.directives import DIRECTIVES
from amplikit.compiler.directives.model import MODEL, repeated_operations
from amplikit.compiler.document import Document
from amplikit.compiler.draft import Draft
from amplikit.compiler.extensions import extension_problems
from amplikit.compiler.options import Compilation
from amplikit.compiler.print_sdl import access_of, sdl_definitions
from amplikit.compiler.read import Unreadable, read
from amplikit.compiler.rejection import INVALID_DIRECTIVE, rejection
from amplikit.compiler.role_matrix import required_field_problems
from amplikit.compiler.sdl import print_definitions
from amplikit.compiler.sync import sync_problems
from amplikit.compiler.use import interface_fields, uses
from amplikit.compiler.validate import UNSOUND, schema_problems
from amplikit.compiler.vocabulary import NOT_SUPPORTED_YET
from amplikit.errors import AmplifyError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from amplikit.compiler.options import CompileOptions, Source
    from amplikit.compiler.use import Directive, DirectiveUse

__all__ = ["compile_schema"]


@without_collector()
def compile_schema(sources: Sequence[Source], options: CompileOptions) -> Compilation:
    """Compile schema files to an ``Api``; never raises, whatever the texts are.

    The order of the files does not matter. ``api`` is None if and only if some problem
    is an error.
    """
    result = read(sources)
    if isinstance(result, Unreadable):
        return Compilation(None, result.problems)
    document = Document(*result)
    problems = tuple(extension_problems(document)) or tuple(
        schema_problems(document, options)
    )
    if any(problem.amplify or problem.code != UNSOUND for problem in problems):
        return Compilation(None, problems)
    draft = Draft(document, _with_sandbox(options, document))
    problems = (
        *_check(draft),
        *problems,
        *sync_problems(draft),
        *_unsupported(draft),
        *root_problems(draft),
    )
    if problems:
        return Compilation(None, problems)
    draft = _apply(_expanded(draft))
    draft = draft.with_warnings(auth_warnings(draft))
    access = access_of(draft)
    definitions = sdl_definitions(draft, access)
    problems = tuple(refused(draft, definitions))
    if options.transformer is Transformer.V2:
        problems = (*problems, *required_field_problems(draft))
    if problems:
        return Compilation(None, (*problems, *draft.warnings))
    api = Api(
        transformer=options.transformer,
        auth=options.auth,
        models=tuple(draft.models.values()),
        sdl=print_definitions(definitions),
        enums=document.enums,
        flags=draft.options.flags,
        custom_fields=tuple(draft.custom_fields.values()),
        ruled_fields=draft.ruled_fields,
        open_types=tuple(access.open_types),
    )
    return Compilation(api, draft.warnings)


def _with_sandbox(options: CompileOptions, document: Document) -> CompileOptions:
    """Return the options with sandbox mode on if the schema says so.

    v2 reads ``input AMPLIFY { globalAuthRule: AuthRule = { allow: public } }``.
    """
    node = document.types.get("AMPLIFY")
    known = dict(options.flags)
    if (
        options.transformer is Transformer.V1
        or not isinstance(node, InputObjectTypeDefinitionNode)
        or "sandboxModeEnabled" in known
    ):
        return options
    for field in node.fields or ():
        if field.name.value == "globalAuthRule" and field.default_value:
            value = value_from_ast_untyped(field.default_value)
            if isinstance(value, dict) and value.get("allow") == "public":
                flags = (*options.flags, ("sandboxModeEnabled", True))
                return replace(options, flags=flags)
    return options


# What may stand on the fields of an extended root type.
_ON_EXTENDED = {
    Transformer.V1: frozenset({"auth"}),
    Transformer.V2: frozenset({"auth", "function", "http"}),
}

# What v1 looks at before any other use of the same directive, and what after all of
# them. What v2 looks at when it has seen all, and when it makes the resolvers.
_FIRST_V1 = frozenset({"url-without-protocol"})
_LATE_V1 = {
    "subscriptions-not-a-list": 1,
    "version-name-null": 2,
}
_LATE_V2 = {
    "automatic-field-is-a-list": 1,
    "unknown-index": 1,
    "relation-key-type": 1,
    "relation-key-incomplete": 1,
    "enum-sort-key-in-relation": 1,
    "enum-key-in-relation": 2,
    "repeated-index": 1,
    "many-to-many-one-sided": 1,
    "many-to-many-types": 1,
    "many-to-many-name-taken": 1,
    "many-to-many-with-itself": 1,
    "key-type-conflict": 2,
    "key-field-boolean": 2,
    "projection-includes-nothing": 2,
    "relation-to-part-of-key": 2,
    "repeated-subscription": 2,
    "search-without-query": 1,
    "index-name-in-input": 3,
}


def _check(draft: Draft) -> list[Problem]:
    """Return what is wrong with the directives; what they report comes first."""
    moved = _LATE_V1 if draft.options.transformer is Transformer.V1 else _LATE_V2
    return sorted(
        _directive_problems(draft), key=lambda problem: moved.get(problem.code, 0)
    )


def _directive_problems(draft: Draft) -> Iterator[Problem]:
    first = draft.options.transformer is Transformer.V1
    for directive in DIRECTIVES[draft.options.transformer]:
        found = _problems_of(directive, draft)
        if first:
            found = sorted(found, key=lambda problem: problem.code not in _FIRST_V1)
        yield from found
        yield from _on_interfaces(draft, directive.name)
        if first and directive is MODEL:
            yield from repeated_operations(draft)


def _problems_of(directive: Directive, draft: Draft) -> Iterable[Problem]:
    for use in uses(draft.document, directive.name):
        extended = isinstance(use.type, ObjectTypeExtensionNode)
        on_root = draft.document.is_root(use.type_name)
        extendable = directive.name in _ON_EXTENDED[draft.options.transformer]
        if extended and not (extendable and on_root and use.field):
            problem = _on_extension(use, elsewhere=extendable)
            # v1 does not look at extensions.
            first = draft.options.transformer is Transformer.V1
            yield replace(problem, amplify=None) if first else problem
        else:
            yield from directive.check(use, draft)


def _on_extension(use: DirectiveUse, *, elsewhere: bool) -> Problem:
    """Return the refusal; ``elsewhere``: the fields of a root type may have it."""
    name, place, on_type = use.name, use.place, use.field is None
    text = f"The '@{name}' directive is not supported on fields of extended types"
    if elsewhere:
        text = (
            f"The '@{name}' directive cannot be used on fields of type extensions "
            f"other than 'Query', 'Mutation', and 'Subscription'. See {place}"
        )
    if on_type:
        text = (
            "Directives are not supported on object or interface extensions. See the "
            f"'@{name}' directive on '{place}'"
        )
    return rejection(
        "directive-on-extension",
        message=f"'@{name}' stands on '{place}', in an extension.",
        hint="Move it to where the type is defined.",
        where=use.where,
        amplify=text,
        kind="InvalidDirectiveError"
        if on_type or elsewhere
        else "InvalidTransformerError",
    )


def _on_interfaces(draft: Draft, name: str) -> Iterator[Problem]:
    for interface, field, where in interface_fields(draft.document, name):
        first = draft.options.transformer is Transformer.V1
        place = f"{interface.name.value}.{field.name.value}"
        text = f"@{name} must be on an @model object type field."
        if name == "auth":
            shown = place.replace(".", "") if first else place
            text = (
                "The @auth directive cannot be placed on an interface's field. See "
                f"{shown}"
            )
        elif name in {"index", "primaryKey"}:
            text = (
                f"The @{name} directive may only be added to object definitions "
                "annotated with @model."
            )
        elif name == "predictions":
            text = "@predictions directive only works under Query operations."
        # A resolver of an interface is made, and AppSync refuses it.
        accepted = name in {"function", "http"}
        yield Problem(
            "directive-on-interface",
            f"'@{name}' stands on '{place}', a field of an interface.",
            "Move it to the fields of the types that implement the interface.",
            where,
            amplify=None if accepted else AmplifyError(INVALID_DIRECTIVE, text),
        )


def _unsupported(draft: Draft) -> Iterator[Problem]:
    """Yield the directives that are Amplify's but not yet ours."""
    for name in NOT_SUPPORTED_YET[draft.options.transformer]:
        for use in uses(draft.document, name):
            yield Problem(
                "directive-not-supported-yet",
                f"'@{name}' on '{use.place}' is Amplify's, but this version of "
                "amplikit cannot run it.",
                f"Remove @{name}, or wait for a version that knows it.",
                use.where,
            )
        for interface, field, where in interface_fields(draft.document, name):
            yield Problem(
                "directive-not-supported-yet",
                f"'@{name}' on '{interface.name.value}.{field.name.value}' is "
                "Amplify's, but this version of amplikit cannot run it.",
                f"Remove @{name}, or wait for a version that knows it.",
                where,
            )


def _expanded(draft: Draft) -> Draft:
    """Return the draft with everything written out that directives are short for."""
    document = draft.document
    for directive in DIRECTIVES[draft.options.transformer]:
        if directive.expand is not None:
            document = directive.expand(document, draft.options)
    return replace(draft, document=document)


def _apply(draft: Draft) -> Draft:
    for directive in DIRECTIVES[draft.options.transformer]:
        for use in uses(draft.document, directive.name):
            draft = directive.apply(use, draft)
    return draft
