"""Runs Velocity templates: airspeed reads them, this module executes what it read.

airspeed's own executor keeps variables set in a loop inside it, iterates a map's keys,
evaluates both sides of ``&&``, knows no ``#return`` or ``#break``, and passes over
unknown methods in silence; the service does none of that.
"""

from __future__ import annotations

import operator as operator_
import re
from collections.abc import Callable
from functools import lru_cache

import airspeed
from velocity_values import Loop, NoProperty, UnknownMember, call, java_text, member

__all__ = ["NO_RETURN", "render"]

Names = dict[str, object]
Compute = Callable[[Names], object]

_RETURN = re.compile(r"#return\b(?!\()")
_BREAK = re.compile(r"#break\b(?!\()")
NO_RETURN = object()
"""The second result of ``render`` when no ``#return`` was met."""


class _Returned(Exception):
    def __init__(self, value: object) -> None:
        self.value = value


class _Broken(Exception):
    pass


def render(text: str, names: Names) -> tuple[str, object]:
    """Return what a template prints, and what it returned early, if it did."""
    out: list[str] = []
    names["hash_sign"] = "#"
    try:
        _template(text)(names, out)
    except _Returned as returned:
        return "".join(out), returned.value
    return "".join(out), NO_RETURN


Emit = Callable[[Names, list[str]], None]


@lru_cache(maxsize=8192)
def _template(text: str) -> Emit:
    text = _BREAK.sub("#break()", _RETURN.sub("#return()", text))
    # airspeed takes "#$" for text, even where a reference begins.
    text = text.replace("#$", "${hash_sign}$")
    template = airspeed.Template(text)
    template.ensure_compiled()
    return _block(template.root_element.block)


def _block(block: airspeed.Block) -> Emit:
    parts = [_statement(child) for child in block.children]
    steps = [part for part in parts if part is not None]

    def emit(names: Names, out: list[str]) -> None:
        for step in steps:
            step(names, out)

    return emit


def _statement(node: object) -> Emit | None:
    match node:
        case airspeed.Comment():
            return None
        case airspeed.Text() | airspeed.FallthroughHashText():
            return lambda _, out: out.append(node.text)
        case airspeed.FormalReference():
            return _printed(node)
        case airspeed.IfDirective():
            return _if(node)
        case airspeed.SetDirective():
            return _set(node)
        case airspeed.ForeachDirective():
            return _foreach(node)
        case airspeed.MacroCall(macro_name="return"):
            return _return(node)
        case airspeed.MacroCall(macro_name="break"):
            return _break
        case _:
            message = f"a {type(node).__name__}"
            raise UnknownMember(message)


def _break(_: Names, __: list[str]) -> None:
    raise _Broken


def _return(node: airspeed.MacroCall) -> Emit:
    value = _value(node.args[0]) if node.args else None

    def emit(names: Names, _: list[str]) -> None:
        raise _Returned(value(names) if value else None)

    return emit


def _printed(node: airspeed.FormalReference) -> Emit:
    if node.expression is None:
        return lambda _, out: out.append(node.my_text())
    compute = _reference(node.expression)
    source = node.my_text()

    def emit(names: Names, out: list[str]) -> None:
        try:
            value = compute(names)
        except NoProperty:
            value = None
        if value is not None:
            out.append(java_text(value))
        elif not node.silent:
            out.append(source)

    return emit


def _if(node: airspeed.IfDirective) -> Emit:
    branches = [(_condition(node.condition), _block(node.block))]
    branches += [(_condition(one.condition), _block(one.block)) for one in node.elseifs]
    has_else = isinstance(node.else_block, airspeed.ElseBlock)
    otherwise = _block(node.else_block.block) if has_else else None

    def emit(names: Names, out: list[str]) -> None:
        for test, block in branches:
            if _true(test(names)):
                block(names, out)
                return
        if otherwise is not None:
            otherwise(names, out)

    return emit


def _set(node: airspeed.SetDirective) -> Emit:
    compute = _expression(node.value)
    *path, last = node.terms

    def emit(names: Names, _: list[str]) -> None:
        value = compute(names)
        target: object = names
        for term in path:
            target = member(target, term)
        if target is None:
            return
        if not isinstance(target, dict):
            message = f"#set on {'.'.join(path)}"
            raise UnknownMember(message)
        target[last] = value

    return emit


def _foreach(node: airspeed.ForeachDirective) -> Emit:
    compute = _value(node.value)
    body = _block(node.block)
    own = (node.loop_var_name, "foreach", "velocityCount")

    def emit(names: Names, out: list[str]) -> None:
        found = compute(names)
        # What is not iterable, a string for one, is passed over with a warning.
        items = list(found.values()) if isinstance(found, dict) else found
        if not isinstance(items, list):
            return
        outer = {name: names[name] for name in own if name in names}
        try:
            for count, item in enumerate(list(items), start=1):
                names[node.loop_var_name] = item
                names["velocityCount"] = count
                names["foreach"] = Loop(count, len(items))
                body(names, out)
        except _Broken:
            pass
        for name in own:
            names.pop(name, None)
        names.update(outer)

    return emit


def _condition(node: airspeed.Condition) -> Compute:
    return _expression(node.calculate.__self__)


def _true(value: object) -> bool:
    """Velocity 1.7: null and false are false, anything else is true."""
    return value is not None and value is not False


_LEVELS = (("||", "or"), ("&&", "and"), ("==", "eq", "!=", "ne"))


def _expression(node: airspeed.Expression) -> Compute:
    terms = node.expression
    operands = [_value(one) for one in terms[::2]]
    operators = [one.my_text().strip() for one in terms[1::2]]
    return _levels(operands, operators)


def _levels(operands: list[Compute], operators: list[str]) -> Compute:
    if not operators:
        return operands[0]
    for level in _LEVELS:
        at = next((i for i, name in enumerate(operators) if name in level), None)
        if at is not None:
            left = _levels(operands[: at + 1], operators[:at])
            right = _levels(operands[at + 1 :], operators[at + 1 :])
            return _binary(operators[at], left, right)
    (operator,) = operators
    return _binary(operator, *operands)


def _binary(operator: str, left: Compute, right: Compute) -> Compute:
    match operator:
        case "||" | "or":
            return lambda names: _true(left(names)) or _true(right(names))
        case "&&" | "and":
            return lambda names: _true(left(names)) and _true(right(names))
        case "==" | "eq":
            return lambda names: _equal(left(names), right(names))
        case "!=" | "ne":
            return lambda names: not _equal(left(names), right(names))
        case ">" | "gt":
            return lambda names: _ordered(left(names), right(names), operator_.gt)
        case "<" | "lt":
            return lambda names: _ordered(left(names), right(names), operator_.lt)
        case "<=" | "le":
            return lambda names: _ordered(left(names), right(names), operator_.le)
        case ">=" | "ge":
            return lambda names: _ordered(left(names), right(names), operator_.ge)
        case "+":
            return lambda names: _sum(left(names), right(names), 1)
        case "-":
            return lambda names: _sum(left(names), right(names), -1)
        case _:
            message = f"operator {operator}"
            raise UnknownMember(message)


def _ordered(left: object, right: object, compare: Callable[[int, int], bool]) -> bool:
    """What is no number is in no order; that is false."""
    if isinstance(left, int) and isinstance(right, int):
        return compare(left, right)
    return False


def _sum(left: object, right: object, sign: int) -> int | None:
    """Arithmetic with null gives null."""
    if isinstance(left, int) and isinstance(right, int):
        return left + sign * right
    return None


def _equal(left: object, right: object) -> bool:
    """Values of unlike types are compared by what ``toString()`` gives."""
    if left is None or right is None:
        return left is right
    if type(left) is type(right):
        return left == right
    return java_text(left) == java_text(right)


def _value(node: object) -> Compute:
    inner = node.expression if isinstance(node, airspeed.Value) else node
    match inner:
        case airspeed.FormalReference():
            return _reference(inner.expression)
        case airspeed.InterpolatedStringLiteral():
            return _interpolated(inner)
        case airspeed.ArrayLiteral():
            return _list(inner)
        case airspeed.DictionaryLiteral():
            return _map(inner)
        case airspeed.ParenthesizedExpression():
            return _expression(inner.calculate.__self__)
        case airspeed.UnaryOperatorValue():
            negated = _value(inner.value)
            return lambda names: not _true(negated(names))
        case airspeed.NullLiteral():
            return lambda _: None
        case (
            airspeed.IntegerLiteral()
            | airspeed.FloatingPointLiteral()
            | airspeed.BooleanLiteral()
            | airspeed.StringLiteral()
        ):
            return lambda _: inner.value
        case _:
            message = f"a {type(inner).__name__}"
            raise UnknownMember(message)


def _interpolated(node: airspeed.InterpolatedStringLiteral) -> Compute:
    emit = _block(node.block)

    def compute(names: Names) -> str:
        out: list[str] = []
        emit(names, out)
        return "".join(out)

    return compute


def _list(node: airspeed.ArrayLiteral) -> Compute:
    if not isinstance(node.values, airspeed.ValueList):
        return lambda _: []
    values = [_value(one) for one in node.values.values]
    return lambda names: [value(names) for value in values]


def _map(node: airspeed.DictionaryLiteral) -> Compute:
    pairs = [(_value(key), _value(one)) for key, one in node.local_data.items()]
    return lambda names: {key(names): value(names) for key, value in pairs}


def _reference(node: airspeed.VariableExpression) -> Compute:
    steps: list[tuple[str | None, list[Compute] | None, Compute | None]] = []
    part: object = node
    while part is not None:
        match part:
            case airspeed.VariableExpression():
                name = part.part
                steps.append((name.name, _parameters(name), _index(name.index)))
                part = part.subexpression
            case airspeed.SubExpression(expression=airspeed.ArrayIndex() as index):
                steps.append((None, None, _index(index)))
                part = part.subexpression
            case airspeed.SubExpression():
                part = part.expression
            case _:
                message = f"a {type(part).__name__}"
                raise UnknownMember(message)

    def compute(names: Names) -> object:
        found: object = names
        for name, parameters, index in steps:
            if name is not None and parameters is not None:
                found = call(found, name, [one(names) for one in parameters])
            elif name is not None:
                found = member(found, name)
            if index is not None:
                found = _at(found, index(names))
        return found

    return compute


def _at(found: object, index: object) -> object:
    if isinstance(found, dict):
        return found.get(index)
    if isinstance(found, list) and isinstance(index, int):
        return found[index] if index < len(found) else None
    return None


def _parameters(node: airspeed.NameOrCall) -> list[Compute] | None:
    if node.parameters is None:
        return None
    values = node.parameters.values
    if not isinstance(values, airspeed.ValueList):
        return []
    return [_value(one) for one in values.values]


def _index(node: airspeed.ArrayIndex | None) -> Compute | None:
    return None if node is None else _value(node.index)
