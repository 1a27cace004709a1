"""Words of the other transformer, with the very ones to write in their place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.operation_kinds import READ_OPERATIONS
from amplikit.compiler.directives import DIRECTIVES
from amplikit.compiler.rewrite.keys import key_line
from amplikit.compiler.rewrite.relations import connection_line
from amplikit.compiler.rewrite.rules import operations_argument
from amplikit.compiler.rewrite.to_v1 import in_v1
from amplikit.compiler.rules import written_rules
from amplikit.compiler.use import uses
from amplikit.compiler.vocabulary import NOT_SUPPORTED_YET, OTHER_GENERATION

if TYPE_CHECKING:
    from graphql import GraphQLError

    from amplikit.compiler.document import Document
    from amplikit.compiler.options import CompileOptions
    from amplikit.compiler.rules import WrittenRule
    from amplikit.compiler.use import DirectiveUse

__all__ = ["Foreign", "of_other_transformer"]

_OTHER = {Transformer.V1: Transformer.V2, Transformer.V2: Transformer.V1}
_DIRECTIVE = re.compile(r"Unknown directive '@(\w+)'\.")
_FIELD = re.compile(r"Expected value of type 'AuthRule' not to include unknown field")
_VALUE = re.compile(r"Value '(\w+)' does not exist in '(\w+)' enum")
_ARGUMENT = re.compile(r"Unknown argument '(\w+)' on directive '@(\w+)'")


class Foreign(NamedTuple):
    """The beginning of a problem: its code, what is, what to do."""

    code: str
    message: str
    hint: str


def of_other_transformer(
    document: Document, error: GraphQLError, options: CompileOptions
) -> Foreign | None:
    """Return what to write instead, if an error is about the other's words."""
    found = _DIRECTIVE.fullmatch(error.message)
    if found:
        return _directive(document, error, options, found[1])
    hint = (
        _old_argument(document, error)
        if options.transformer is Transformer.V2
        else _new_word(document, error)
    )
    if hint is None:
        return None
    word, advice = hint
    message = f"'{word}' does not exist in transformer {options.transformer}."
    return Foreign("argument-of-other-transformer", message, advice)


def _directive(
    document: Document, error: GraphQLError, options: CompileOptions, name: str
) -> Foreign | None:
    other = _OTHER[options.transformer]
    known = {directive.name for directive in DIRECTIVES[other]}
    if name not in known | NOT_SUPPORTED_YET[other].keys():
        return None
    nodes = error.nodes or ()
    use = next((one for one in uses(document, name) if one.node in nodes), None)
    second = options.transformer is Transformer.V2
    advice = None
    if use is not None:
        advice = _in_v2(use, options) if second else in_v1(use)
    general = OTHER_GENERATION[options.transformer].get(name)
    advice = advice or (f"Use {general}" if general else "Remove it")
    message = f"'@{name}' does not exist in transformer {options.transformer}."
    return Foreign("directive-of-other-transformer", message, f"{advice}.")


def _in_v2(use: DirectiveUse, options: CompileOptions) -> str | None:
    """Return what to write instead of a use of a v1 directive."""
    if use.name == "key" and use.field is None:
        line = key_line(use, options)
        return line and f"Write {line[1]} on the field '{use.type_name}.{line[0]}'"
    if use.name == "connection" and use.field is not None:
        return f"Write {connection_line(use, use.field)}"
    if use.name == "versioned":
        return "Remove it, and switch on conflict detection of the API for _version"
    return None


def _old_argument(document: Document, error: GraphQLError) -> tuple[str, str] | None:
    """Return what v2 writes for an argument of a rule that only v1 has."""
    if not _FIELD.match(error.message):
        return None
    rule = _rule_at(document, error)
    name = re.search(r"unknown field '(\w+)'", error.message)
    if rule is None or name is None:
        return None
    if name[1] == "identityField":
        claim = rule.text("identityField") or ""
        return name[1], f'Write identityClaim: "{claim}".'
    if name[1] not in {"queries", "mutations"}:
        return None
    if rule.has("operations"):
        return name[1], "Remove it: v1 looks at 'operations' alone."
    return name[1], f"Write {operations_argument(rule)} instead of '{name[1]}'."


def _new_word(document: Document, error: GraphQLError) -> tuple[str, str] | None:
    """Return what v1 writes for a value or argument that only v2 has."""
    argument = _ARGUMENT.match(error.message)
    if argument and argument[2] == "function":
        if argument[1] in {"accountId", "invocationType"}:
            return argument[1], "Remove it: v1 calls functions of its own account."
        return None
    value = _VALUE.match(error.message)
    rule = _rule_at(document, error) if value else None
    if value is None or rule is None:
        return None
    word = value[1]
    match value[2], word:
        case "AuthProvider", "identityPool":
            return word, "Write provider: iam."
        case ("AuthProvider", "function") | ("AuthStrategy", "custom"):
            return word, "Remove the rule: v1 has no rules for a Lambda authorizer."
        case "ModelOperation", _ if word in set(READ_OPERATIONS):
            return word, f"Write {_with_read(rule)}: v1 has one word for every read."
        case _:
            return None


def _with_read(rule: WrittenRule) -> str:
    """Return the operations of a rule with ``read`` in place of its parts."""
    written = rule.texts("operations") or ()
    reads = {operation.value for operation in READ_OPERATIONS}
    words = dict.fromkeys("read" if name in reads else name for name in written)
    return f"operations: [{', '.join(words)}]"


def _rule_at(document: Document, error: GraphQLError) -> WrittenRule | None:
    """Return the rule that an error is about."""
    places = [node.loc.start for node in error.nodes or () if node.loc]
    for use in uses(document, "auth"):
        for rule in written_rules(use.node, document):
            loc = rule.node.loc
            if loc and any(loc.start <= place < loc.end for place in places):
                return rule
    return None
