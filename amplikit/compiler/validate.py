"""Whether the schema is good GraphQL, its directives used as they are declared.

Both transformers validate like this first, and go no further when something is wrong:
one error holds all messages, each with an excerpt of the joined text.

Source: validation.ts and SchemaValidationError of both transformers; graphql-js 15.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from graphql import (
    DirectiveDefinitionNode,
    DocumentNode,
    ExecutableDefinitionNode,
    GraphQLError,
    OperationType,
    build_ast_schema,
    parse,
    validate_schema,
)
from graphql.validation import ValuesOfCorrectTypeRule, validate
from graphql.validation.validate import validate_sdl

from amplikit.blueprint.api import Transformer
from amplikit.compiler.directives import DIRECTIVES
from amplikit.compiler.other_transformer import of_other_transformer
from amplikit.compiler.output_defaults import default_problems
from amplikit.compiler.parts import used_directives
from amplikit.compiler.validation_error import validation_error
from amplikit.compiler.vocabulary import (
    AWS_SCALARS,
    NOT_SUPPORTED_YET,
    OTHER_GENERATION,
    SERVICE_DIRECTIVES,
    SERVICE_SDL,
)
from amplikit.errors import AmplifyError, Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import DefinitionNode, GraphQLSchema

    from amplikit.compiler.document import Document
    from amplikit.compiler.options import CompileOptions
    from amplikit.errors import Where

__all__ = ["UNSOUND", "schema_problems"]

UNSOUND = "schema-invalid"
"""What AppSync refuses; without ``amplify`` no transformer looks at it."""


def schema_problems(document: Document, options: CompileOptions) -> Iterator[Problem]:
    """Yield what GraphQL itself finds wrong with the schema."""
    transformer = options.transformer
    executable = list(_executable_problems(document, transformer))
    if executable:
        yield from executable
        return
    full = _full_document(document, transformer)
    errors = validate_sdl(full)
    if errors:
        yield from _rejected(document, options, errors, None)
        return
    impossible = list(default_problems(document))
    if impossible:
        yield from impossible
        return
    try:
        schema = build_ast_schema(full, assume_valid_sdl=True)
        unsound = validate_schema(schema)
        if unsound:
            # Values can be validated against a sound schema alone.
            schema = build_ast_schema(full, assume_valid=True)
    except GraphQLError as error:
        yield from _rejected(document, options, [error], None)
        return
    errors = validate(schema, full, [ValuesOfCorrectTypeRule])
    if errors:
        # graphql-core looks at the fields of a value as they are declared, graphql-js
        # as they are written.
        in_order = sorted(errors, key=lambda error: min(error.positions or [0]))
        yield from _rejected(document, options, in_order, schema)
        return
    yield from _unsound(document, unsound)
    yield from _unhandled_directives(document, transformer)


def _executable_problems(
    document: Document, transformer: Transformer
) -> Iterator[Problem]:
    for node in document.definitions:
        if isinstance(node, ExecutableDefinitionNode):
            kind = type(node).__name__.removesuffix("Node")
            text = (
                f"Found a {kind}. Transformers accept only documents consisting of "
                "TypeSystemDefinitions."
            )
            first = transformer is Transformer.V1
            yield Problem(
                "not-a-definition",
                "A schema holds definitions, and this is a query or fragment.",
                "Move it out of the schema files.",
                document.places.of(node),
                amplify=AmplifyError("Error", text) if first else None,
            )


@cache
def _vocabulary(transformer: Transformer) -> tuple[DefinitionNode, ...]:
    """Return the definitions of all directives that the transformer knows."""
    known = [directive.sdl for directive in DIRECTIVES[transformer]]
    known += NOT_SUPPORTED_YET[transformer].values()
    return tuple(parse("\n".join(known)).definitions)


@cache
def _service() -> tuple[tuple[DefinitionNode, ...], ...]:
    """Return what comes before the schema, after it, and its query type if missing."""
    scalars = "\n".join(f"scalar {name}" for name in AWS_SCALARS)
    texts = (SERVICE_SDL, scalars, "type Query { noop: String }")
    return tuple(tuple(parse(text).definitions) for text in texts)


def _full_document(document: Document, transformer: Transformer) -> DocumentNode:
    root = document.roots.get(OperationType.QUERY, "Query")
    before, scalars, query = _service()
    written = (*before, *document.definitions, *_vocabulary(transformer), *scalars)
    return DocumentNode(
        definitions=written if root in document.types else (*written, *query)
    )


# What graphql-core says, and what to call it and to do about it.
_KINDS = (
    (r"Unknown type", "unknown-type", "Declare the type, or correct its name."),
    (r"Unknown directive", "unknown-directive", "Correct the name, or remove it."),
    (r"Directive .* may not be used", "directive-misplaced", "Move the directive."),
    (r"The directive .* only be used once", "directive-repeated", "Remove one."),
    (r"Argument .* is required", "argument-missing", "Add the argument."),
    (r"Unknown argument", "unknown-argument", "Correct the name, or remove it."),
    (
        r"There can be only one|.* can only be defined once|Argument .* can only be",
        "duplicate-definition",
        "Remove or rename one of them.",
    ),
    (
        r"Value .* does not exist|.* cannot represent|Expected value|Argument .* has",
        "argument-value",
        "Correct the value.",
    ),
)
# graphql-js 15 does not look at these, and AppSync does.
_UNSEEN = re.compile(r"Argument '\w+\.\w+\(\w+:\)' can only be defined once")


def _rejected(
    document: Document,
    options: CompileOptions,
    errors: list[GraphQLError],
    schema: GraphQLSchema | None,
) -> Iterator[Problem]:
    """Yield one problem for each error; all carry the transformer's one message."""
    transformer = options.transformer
    others = OTHER_GENERATION[transformer]
    seen = [error for error in errors if not _UNSEEN.match(error.message)]
    text = validation_error(seen, others, transformer, schema)
    amplify = AmplifyError("SchemaValidationError", text) if seen else None
    for error in errors:
        where = _where(document, error)
        foreign = of_other_transformer(document, error, options)
        if foreign is not None:
            yield Problem(*foreign, where, amplify=amplify)
            continue
        code, hint = _kind(error.message)
        unknown = re.fullmatch(r"Unknown directive '@(\w+)'\.", error.message)
        if unknown:
            hint = _nearest_directive(unknown[1], transformer) or hint
        elif "Did you mean" in error.message:
            hint = "Did you mean" + error.message.partition("Did you mean")[2]
        message = error.message.partition(" Did you mean")[0]
        yield Problem(code, message, hint, where, amplify=amplify)


def _kind(message: str) -> tuple[str, str]:
    for pattern, code, hint in _KINDS:
        if re.match(pattern, message):
            return code, hint
    return UNSOUND, "Correct the definition."


def _nearest_directive(name: str, transformer: Transformer) -> str:
    known = [
        *(directive.name for directive in DIRECTIVES[transformer]),
        *NOT_SUPPORTED_YET[transformer],
        *SERVICE_DIRECTIVES,
    ]
    return did_you_mean(name, known).strip().replace("'", "'@", 1)


def _where(document: Document, error: GraphQLError) -> Where:
    """Return where the reader's own text is at fault, not our declarations."""
    own = document.node.loc.source if document.node.loc else None
    found = [
        node.loc.start
        for node in error.nodes or ()
        if node.loc is not None and node.loc.source is own
    ]
    # Of two that clash the later one is the newcomer.
    return document.places.at(found[-1] if found else 0)


# What @model may add: fields that an interface demands, or those that a type lacks.
_ADDED = re.compile(
    r"Interface field \w+\.\w+ expected but (\w+) does not provide it\."
    r"|Type (\w+) must define one or more fields\."
)


def _unsound(document: Document, errors: list[GraphQLError]) -> Iterator[Problem]:
    """Yield what no transformer looks at and AppSync refuses.

    Fields that a model lacks may be there when it is printed: check_interfaces looks.
    """
    for error in errors:
        lacking = _ADDED.fullmatch(error.message)
        if lacking and document.models.keys() & set(lacking.groups()):
            continue
        yield Problem(
            UNSOUND,
            error.message,
            "Correct the definition: AppSync refuses it.",
            _where(document, error),
        )


def _unhandled_directives(
    document: Document, transformer: Transformer
) -> Iterator[Problem]:
    """Yield uses of directives that the schema declares itself."""
    declared = {
        node.name.value
        for node in document.definitions
        if isinstance(node, DirectiveDefinitionNode)
    }
    handled = {directive.name for directive in DIRECTIVES[transformer]}
    handled |= {*NOT_SUPPORTED_YET[transformer], *SERVICE_DIRECTIVES}
    used = (
        node
        for definition in document.definitions
        if not isinstance(definition, DirectiveDefinitionNode)
        for node in used_directives(definition)
    )
    for node in used:
        name = node.name.value
        if name in handled:
            continue
        text = (
            f"Unknown directive '{name}'. Either remove the directive from the schema "
            "or add a transformer to handle it."
        )
        own = "declared here, but " if name in declared else ""
        yield Problem(
            "unknown-directive",
            f"'@{name}' is {own}nothing that Amplify or AppSync acts upon.",
            "Remove the directive.",
            document.places.of(node),
            amplify=AmplifyError("UnknownDirectiveError", text),
        )
