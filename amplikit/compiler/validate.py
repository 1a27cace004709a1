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
    GraphQLInputObjectType,
    OperationType,
    Visitor,
    build_ast_schema,
    parse,
    print_location,
    validate_schema,
    visit,
)
from graphql.validation import ValuesOfCorrectTypeRule, validate
from graphql.validation.validate import validate_sdl

from amplikit.blueprint.api import Transformer
from amplikit.compiler.directives import DIRECTIVES
from amplikit.compiler.vocabulary import (
    AWS_SCALARS,
    NOT_SUPPORTED_YET,
    OTHER_GENERATION,
    SERVICE_DIRECTIVES,
    SERVICE_SDL,
)
from amplikit.compiler.wording import double_quoted
from amplikit.errors import AmplifyError, Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphql import ConstDirectiveNode, DefinitionNode, GraphQLSchema

    from amplikit.compiler.document import Document
    from amplikit.errors import Where

__all__ = ["schema_problems"]


def schema_problems(document: Document, transformer: Transformer) -> Iterator[Problem]:
    """Yield what GraphQL itself finds wrong with the schema."""
    executable = list(_executable_problems(document, transformer))
    if executable:
        yield from executable
        return
    full = _full_document(document, transformer)
    errors = validate_sdl(full)
    if errors:
        yield from _rejected(document, transformer, errors, None)
        return
    try:
        schema = build_ast_schema(full, assume_valid=True)
    except GraphQLError as error:
        yield from _rejected(document, transformer, [error], None)
        return
    errors = validate(schema, full, [ValuesOfCorrectTypeRule])
    if errors:
        yield from _rejected(document, transformer, errors, schema)
        return
    yield from _unsound(document, validate_schema(schema))
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
    transformer: Transformer,
    errors: list[GraphQLError],
    schema: GraphQLSchema | None,
) -> Iterator[Problem]:
    """Yield one problem for each error; all carry the transformer's one message."""
    others = OTHER_GENERATION[transformer]
    seen = [error for error in errors if not _UNSEEN.match(error.message)]
    text = _amplify_text(seen, others, transformer, schema)
    amplify = AmplifyError("SchemaValidationError", text) if seen else None
    for error in errors:
        where = _where(document, error)
        foreign = re.fullmatch(r"Unknown directive '@(\w+)'\.", error.message)
        if foreign and foreign[1] in others:
            yield Problem(
                "directive-of-other-transformer",
                f"'@{foreign[1]}' does not exist in transformer {transformer}.",
                f"Use {others[foreign[1]]}.",
                where,
                amplify=amplify,
            )
            continue
        code, hint = _kind(error.message)
        if foreign:
            hint = _nearest_directive(foreign[1], transformer) or hint
        elif "Did you mean" in error.message:
            hint = "Did you mean" + error.message.partition("Did you mean")[2]
        message = error.message.partition(" Did you mean")[0]
        yield Problem(code, message, hint, where, amplify=amplify)


def _kind(message: str) -> tuple[str, str]:
    for pattern, code, hint in _KINDS:
        if re.match(pattern, message):
            return code, hint
    return "schema-invalid", "Correct the definition."


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


def _amplify_text(
    errors: list[GraphQLError],
    others: Mapping[str, str],
    transformer: Transformer,
    schema: GraphQLSchema | None,
) -> str:
    used: dict[str, None] = {}
    rest: list[str] = []
    for error in errors:
        foreign = re.fullmatch(r"Unknown directive '@(\w+)'\.", error.message)
        if foreign and foreign[1] in others:
            used[foreign[1]] = None
        else:
            rest.append(_printed(error, schema))
    excerpts = "\n\n".join(rest)
    if not used:
        return f"Schema validation failed.\n\n{excerpts} "
    first = transformer is Transformer.V1
    version = "the newer" if first else "an older"
    names = ", ".join(f'"@{name}"' for name in used)
    word = "directives" if len(used) > 1 else "directive"
    text = (
        f"Your GraphQL Schema is using {names} {word} from {version} version of the "
        "GraphQL Transformer. Visit https://docs.amplify.aws/cli/migration/"
        "transformer-migration/ to learn how to migrate your GraphQL schema."
    )
    if not rest:
        return text
    colon = ":" if first else ""
    more = f" There are additional validation errors listed below{colon} "
    return f"{text}{more}\n\n {excerpts}"


def _printed(error: GraphQLError, schema: GraphQLSchema | None) -> str:
    """Return an error as graphql-js 15 prints it: text, then each place's lines."""
    excerpts = [
        print_location(node.loc) for node in error.nodes or () if node.loc is not None
    ]
    return "\n\n".join([_as_javascript(error, schema), *excerpts])


def _as_javascript(error: GraphQLError, schema: GraphQLSchema | None) -> str:
    message = error.message
    found = re.fullmatch(r"Argument '@(\w+)\((\w+):\)' of type '(.+)' is (.*)", message)
    if found:
        name, argument, type_name, rest = found.groups()
        return (
            f'Directive "@{name}" argument "{argument}" of type "{type_name}" is {rest}'
        )
    found = re.fullmatch(r"Directive '@(\w+)' may not be used on ([a-z ]+)\.", message)
    if found:
        place = found[2].replace(" ", "_").upper()
        return f'Directive "@{found[1]}" may not be used on {place}.'
    found = re.fullmatch(
        r"Expected value of type '(\w+)' to include required field '(\w+)', .*",
        message,
        re.DOTALL,
    )
    owner = schema.type_map.get(found[1]) if found and schema else None
    if found and isinstance(owner, GraphQLInputObjectType):
        wanted = owner.fields[found[2]].type
        return (
            f'Field "{found[1]}.{found[2]}" of required type "{wanted}" was not '
            "provided."
        )
    found = re.fullmatch(
        r"Expected value of type '(\w+)' not to include unknown field '(\w+)'"
        r"(?:\.( Did you mean .*\?))?.*",
        message,
        re.DOTALL,
    )
    if found:
        suggestion = double_quoted(found[3] or "")
        return f'Field "{found[2]}" is not defined by type "{found[1]}".{suggestion}'
    found = re.fullmatch(
        r"Expected value of type '(.+)' to be an object, found: (.*)\.",
        message,
        re.DOTALL,
    )
    if found:
        return f'Expected value of type "{found[1]}", found {found[2]}.'
    found = re.fullmatch(
        r"Expected value of non-null type '(.+)' not to be None\.", message
    )
    if found:
        return f'Expected value of type "{found[1]}", found null.'
    return double_quoted(message)


def _unsound(document: Document, errors: list[GraphQLError]) -> Iterator[Problem]:
    """Yield what no transformer looks at and AppSync refuses."""
    for error in errors:
        yield Problem(
            "schema-invalid",
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
    for node in _directive_nodes(document):
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


def _directive_nodes(document: Document) -> Iterator[ConstDirectiveNode]:
    """Yield every directive that is used on a type or on a part of one."""
    found: list[ConstDirectiveNode] = []

    class Collector(Visitor):
        def enter_directive(self, node: ConstDirectiveNode, *_: object) -> None:
            found.append(node)

    for node in document.definitions:
        if not isinstance(node, DirectiveDefinitionNode):
            visit(node, Collector())
    yield from found
