"""What graphql-java says where a rule of graphql-core finds an error.

Only the rule and the nodes of the error are read, never graphql-core's text, which may
change. A text is a pair: the kind of the error, and what the service says of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from graphql import (
    SKIP,
    ArgumentNode,
    DirectiveNode,
    ExecutableDefinitionsRule,
    FieldNode,
    FieldsOnCorrectTypeRule,
    FragmentDefinitionNode,
    FragmentsOnCompositeTypesRule,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLNamedType,
    InlineFragmentNode,
    KnownArgumentNamesRule,
    KnownDirectivesRule,
    KnownFragmentNamesRule,
    KnownOperationTypesRule,
    KnownTypeNamesRule,
    LoneAnonymousOperationRule,
    MaxIntrospectionDepthRule,
    NamedTypeNode,
    NameNode,
    NoFragmentCyclesRule,
    NoUndefinedVariablesRule,
    NoUnusedFragmentsRule,
    NoUnusedVariablesRule,
    OperationDefinitionNode,
    PossibleFragmentSpreadsRule,
    ProvidedRequiredArgumentsRule,
    ScalarLeafsRule,
    SelectionSetNode,
    SingleFieldSubscriptionsRule,
    UniqueArgumentNamesRule,
    UniqueDirectivesPerLocationRule,
    UniqueFragmentNamesRule,
    UniqueInputFieldNamesRule,
    UniqueOperationNamesRule,
    UniqueVariableNamesRule,
    ValidationRule,
    ValuesOfCorrectTypeRule,
    VariableDefinitionNode,
    VariableNode,
    VariablesAreInputTypesRule,
    VariablesInAllowedPositionRule,
    is_required_argument,
    print_ast,
    type_from_ast,
    validate_input_literal,
)

from amplikit.emulator import wire
from amplikit.emulator.validation.literals import Misfit, misfit, printed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphql import (
        ASTValidationRule,
        GraphQLArgument,
        GraphQLInputType,
        Node,
        ValueNode,
        VisitorAction,
    )

    from amplikit.emulator.validation.places import Places

__all__ = ["RULES", "HideIntrospection", "Text", "Wording"]


class _Misfit(Exception):
    """A literal does not fit its type."""


class _ValuesOfCorrectType(ValuesOfCorrectTypeRule):
    """Names the literal of the document; graphql-core may name a copy without place.

    One error is enough, and each would print the whole literal.
    """

    def is_valid_value_node(
        self, node: ValueNode, input_type: GraphQLInputType | None
    ) -> VisitorAction:
        """Check a whole literal, and nothing inside it again."""

        def on_error(error: GraphQLError, _: list[str | int]) -> None:
            raise _Misfit(error.message)

        try:
            if input_type:
                validate_input_literal(
                    node, input_type, on_error, hide_suggestions=True
                )
        except _Misfit as misfit_:
            self.report_error(GraphQLError(str(misfit_), node))
        return SKIP


class HideIntrospection(ValidationRule):
    """Finds the fields that a schema without introspection does not have.

    Source: the console of an API with introspection disabled, where ``types`` of
    ``__schema`` is the field that is undefined.
    """

    def enter_field(self, node: FieldNode, *_: object) -> VisitorAction:
        """Report a field of a type of the schema's own, and nothing below it."""
        parent = self.context.get_parent_type()
        name = node.name.value
        if parent is None or not parent.name.startswith("__") or name == "__typename":
            return None
        self.report_error(GraphQLError(name, node))
        return SKIP


class Text(NamedTuple):
    """One error: its kind, the words, and the node whose place is told."""

    kind: str
    words: str
    node: Node


Wording = Callable[["Sequence[Node]", "Places"], "Iterator[Text]"]


def _named(kind: str, template: str) -> Wording:
    """Say the name of the error's first node in a template."""

    def wording(nodes: Sequence[Node], _: Places) -> Iterator[Text]:
        words = template % _name(nodes[0]) if "%s" in template else template
        yield Text(kind, words, nodes[0])

    return wording


def _name(node: Node) -> str:
    match node:
        case NameNode():
            return node.value
        case VariableDefinitionNode():
            return node.variable.name.value
        case _:
            name = getattr(node, "name", None)
            return name.value if isinstance(name, NameNode) else ""


def _type_name(type_: object) -> str:
    # graphql-java of that time has no name for a list or a non-null type.
    return type_.name if isinstance(type_, GraphQLNamedType) else "null"


def _undefined_field(nodes: Sequence[Node], places: Places) -> Iterator[Text]:
    parent = places.of(nodes[0]).parent_type
    words = wire.FIELD_UNDEFINED % (_name(nodes[0]), _type_name(parent))
    yield Text("FieldUndefined", words, nodes[0])


def _unknown_argument(nodes: Sequence[Node], places: Places) -> Iterator[Text]:
    on_directive = isinstance(places.of(nodes[0]).parent, DirectiveNode)
    kind = "UnknownDirective" if on_directive else "UnknownArgument"
    template = (
        wire.UNKNOWN_DIRECTIVE_ARGUMENT if on_directive else wire.UNKNOWN_ARGUMENT
    )
    yield Text(kind, template % _name(nodes[0]), nodes[0])


def _unknown_directive(nodes: Sequence[Node], places: Places) -> Iterator[Text]:
    name = _name(nodes[0])
    if places.schema.get_directive(name):
        yield Text("MisplacedDirective", wire.MISPLACED_DIRECTIVE % name, nodes[0])
    else:
        yield Text("UnknownDirective", wire.UNKNOWN_DIRECTIVE % name, nodes[0])


def _missing_argument(nodes: Sequence[Node], places: Places) -> Iterator[Text]:
    node = nodes[0]
    arguments: dict[str, GraphQLArgument] = {}
    if isinstance(node, DirectiveNode):
        kind, template = "MissingDirectiveArgument", wire.MISSING_DIRECTIVE_ARGUMENT
        directive = places.schema.get_directive(node.name.value)
        arguments = directive.args if directive else {}
    else:
        kind, template = "MissingFieldArgument", wire.MISSING_FIELD_ARGUMENT
        field = places.of(node).field
        arguments = field.args if field else {}
    given = {_name(argument) for argument in getattr(node, "arguments", None) or ()}
    for name, argument in arguments.items():
        if is_required_argument(argument) and name not in given:
            yield Text(kind, template % name, node)


def _wrong_type(nodes: Sequence[Node], places: Places) -> Iterator[Text]:
    """Check the whole argument that holds the value, as graphql-java does."""
    node: Node | None = nodes[0]
    while node and not isinstance(node, ArgumentNode | VariableDefinitionNode):
        node = places.of(node).parent
    if isinstance(node, VariableDefinitionNode) and node.default_value:
        value = printed(node.default_value)
        words = wire.BAD_DEFAULT % (value, print_ast(node.type))
        yield Text("BadValueForDefaultArg", words, node)
    if isinstance(node, ArgumentNode):
        argument = places.of(node).argument
        name = node.name.value
        found = misfit(name, node.value, argument.type) if argument else None
        if not found:
            reason = wire.NOT_VALID_FOR_TYPE % (argument and argument.type)
            found = Misfit(name, node.value, reason)
        words = wire.WRONG_ARGUMENT % (found.path, printed(found.value), found.reason)
        yield Text("WrongType", words, node)


def _sub_selection(nodes: Sequence[Node], places: Places) -> Iterator[Text]:
    node = nodes[0]
    if isinstance(node, SelectionSetNode):
        field = places.of(node).parent or node
        kind, template = "SubSelectionNotAllowed", wire.SUB_SELECTION_NOT_ALLOWED
    else:
        field = node
        kind, template = "SubSelectionRequired", wire.SUB_SELECTION_REQUIRED
    words = template % (_type_name(places.of(field).type), _name(field))
    yield Text(kind, words, field)


def _variable_mismatch(nodes: Sequence[Node], places: Places) -> Iterator[Text]:
    variable = nodes[-1]
    definition = nodes[0]
    if isinstance(definition, VariableDefinitionNode):
        declared = type_from_ast(places.schema, definition.type)
        words = wire.VARIABLE_TYPE_MISMATCH % (
            declared,
            places.of(variable).input_type,
        )
        yield Text("VariableTypeMismatch", words, variable)


def _impossible_spread(nodes: Sequence[Node], places: Places) -> Iterator[Text]:
    node = nodes[0]
    place = places.of(node)
    if isinstance(node, InlineFragmentNode):
        # Inside the fragment the type is already its own.
        inside = _type_name(place.type)
        words = wire.INVALID_INLINE_FRAGMENT % (_type_name(place.parent_type), inside)
        yield Text("InvalidFragmentType", words, node)
    if isinstance(node, FragmentSpreadNode):
        condition = next(
            definition.type_condition.name.value
            for definition in places.document.definitions
            if isinstance(definition, FragmentDefinitionNode)
            and definition.name.value == node.name.value
        )
        words = wire.INVALID_NAMED_FRAGMENT % (
            node.name.value,
            _type_name(place.parent_type),
            condition,
        )
        yield Text("InvalidFragmentType", words, node)


def _fragment_condition(nodes: Sequence[Node], places: Places) -> Iterator[Text]:
    fragment = places.of(nodes[0]).parent or nodes[0]
    if isinstance(fragment, InlineFragmentNode):
        kind, words = (
            "InlineFragmentTypeConditionInvalid",
            wire.INLINE_FRAGMENT_CONDITION,
        )
    else:
        kind, words = "FragmentTypeConditionInvalid", wire.FRAGMENT_CONDITION
    yield Text(kind, words, fragment)


def _not_executable(nodes: Sequence[Node], _: Places) -> Iterator[Text]:
    name = _name(nodes[0]) or "schema"
    yield Text("NonExecutableDefinition", wire.NOT_EXECUTABLE % name, nodes[0])


def _unknown_operation(nodes: Sequence[Node], _: Places) -> Iterator[Text]:
    node = nodes[0]
    if isinstance(node, OperationDefinitionNode):
        words = wire.NO_SUCH_OPERATION_TYPE % node.operation.value
        yield Text("UnknownOperation", words, node)


def _duplicate_directive(nodes: Sequence[Node], places: Places) -> Iterator[Text]:
    holder = places.of(nodes[-1]).parent
    kind = type(holder).__name__.removesuffix("Node")
    words = wire.DUPLICATE_DIRECTIVE % (_name(nodes[-1]), kind)
    yield Text("DuplicateDirectiveName", words, nodes[-1])


def _several_roots(nodes: Sequence[Node], places: Places) -> Iterator[Text]:
    node: Node | None = nodes[0]
    while node and not isinstance(node, OperationDefinitionNode):
        node = places.of(node).parent
    words = wire.SEVERAL_SUBSCRIPTION_FIELDS % (_name(node) if node else "")
    yield Text("SubscriptionMultipleRootFields", words, nodes[0])


def _undefined_variable(nodes: Sequence[Node], _: Places) -> Iterator[Text]:
    if isinstance(nodes[0], VariableNode):
        words = wire.UNDEFINED_VARIABLE % _name(nodes[0])
        yield Text("UndefinedVariable", words, nodes[0])


def _unknown_type(nodes: Sequence[Node], _: Places) -> Iterator[Text]:
    if isinstance(nodes[0], NamedTypeNode):
        yield Text("UnknownType", wire.UNKNOWN_TYPE % _name(nodes[0]), nodes[0])


def _too_much_introspection(nodes: Sequence[Node], _: Places) -> Iterator[Text]:
    if isinstance(nodes[0], FieldNode):
        yield Text("FieldUndefined", wire.INTROSPECTION_TOO_DEEP, nodes[0])


RULES: dict[type[ASTValidationRule], Wording] = {
    ExecutableDefinitionsRule: _not_executable,
    KnownOperationTypesRule: _unknown_operation,
    UniqueOperationNamesRule: _named(
        "DuplicateOperationName", wire.DUPLICATE_OPERATION
    ),
    LoneAnonymousOperationRule: _named(
        "LoneAnonymousOperationViolation", wire.LONE_ANONYMOUS
    ),
    SingleFieldSubscriptionsRule: _several_roots,
    KnownTypeNamesRule: _unknown_type,
    FragmentsOnCompositeTypesRule: _fragment_condition,
    VariablesAreInputTypesRule: _named(
        "NonInputTypeOnVariable", wire.NON_INPUT_VARIABLE
    ),
    ScalarLeafsRule: _sub_selection,
    FieldsOnCorrectTypeRule: _undefined_field,
    HideIntrospection: _undefined_field,
    UniqueFragmentNamesRule: _named("DuplicateFragmentName", wire.DUPLICATE_FRAGMENT),
    KnownFragmentNamesRule: _named("UndefinedFragment", wire.UNDEFINED_FRAGMENT),
    NoUnusedFragmentsRule: _named("UnusedFragment", wire.UNUSED_FRAGMENT),
    PossibleFragmentSpreadsRule: _impossible_spread,
    NoFragmentCyclesRule: _named("FragmentCycle", wire.FRAGMENT_CYCLE),
    UniqueVariableNamesRule: _named("DuplicateVariableName", wire.DUPLICATE_VARIABLE),
    NoUndefinedVariablesRule: _undefined_variable,
    NoUnusedVariablesRule: _named("UnusedVariable", wire.UNUSED_VARIABLE),
    KnownDirectivesRule: _unknown_directive,
    UniqueDirectivesPerLocationRule: _duplicate_directive,
    KnownArgumentNamesRule: _unknown_argument,
    UniqueArgumentNamesRule: _named("DuplicateArgumentNames", wire.DUPLICATE_ARGUMENT),
    _ValuesOfCorrectType: _wrong_type,
    ProvidedRequiredArgumentsRule: _missing_argument,
    VariablesInAllowedPositionRule: _variable_mismatch,
    UniqueInputFieldNamesRule: _named(
        "DuplicateInputFieldName", wire.DUPLICATE_INPUT_FIELD
    ),
    MaxIntrospectionDepthRule: _too_much_introspection,
}
"""The rules, in the order in which their errors are told for one place.

Not here: the rules on @defer and @stream, which AppSync does not know and which are
unknown directives to it, and OverlappingFieldsCanBeMerged, which ``overlap`` replaces.
"""
