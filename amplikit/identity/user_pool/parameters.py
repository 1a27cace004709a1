"""The input of an operation: declared once, checked before the operation runs."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from amplikit.identity.user_pool.refusal import Refusal, invalid_parameter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = [
    "CLIENT_ID",
    "CLIENT_METADATA",
    "CODE",
    "GROUP_NAME",
    "PASSWORD",
    "SECRET_HASH",
    "USERNAME",
    "Form",
    "Parameter",
    "Parameters",
    "check_parameters",
]

_SERIALIZATION = "SerializationException"


@dataclass(frozen=True, slots=True)
class Form:
    """What a text must look like: a check, and AWS's pattern for the message."""

    holds: Callable[[str], bool]
    pattern: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One member of the input; ``secret`` values are never repeated in a message."""

    name: str
    kind: Literal["text", "texts", "attributes"] = "text"
    required: bool = False
    longest: int | None = None
    form: Form | None = None
    one_of: tuple[str, ...] = ()
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Parameters:
    """Input that ``check_parameters`` has found sound."""

    values: Mapping[str, object] = field(repr=False)

    def text(self, name: str) -> str:
        """Return a text, ``""`` when it was left out."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> dict[str, str]:
        """Return a map of texts, empty when it was left out."""
        value = self.values.get(name)
        members = value if isinstance(value, dict) else {}
        return {key: text for key, text in members.items() if isinstance(text, str)}

    def attributes(self, name: str) -> dict[str, str]:
        """Return a list of ``{Name, Value}`` as a dict; the last of a name counts."""
        value = self.values.get(name)
        members = value if isinstance(value, list) else []
        return {member["Name"]: member.get("Value") or "" for member in members}


def check_parameters(
    declared: Iterable[Parameter], values: Mapping[str, object]
) -> Refusal | None:
    """Return AWS's refusal of the first wrong type, or of all broken constraints."""
    parameters = tuple(declared)
    for parameter in parameters:
        wrong = _wrong_type(parameter, values.get(parameter.name))
        if wrong:
            return Refusal(_SERIALIZATION, wrong)
    broken = [
        text
        for parameter in parameters
        for text in _broken(parameter, values.get(parameter.name))
    ]
    if not broken:
        return None
    noun = "error" if len(broken) == 1 else "errors"
    listing = "; ".join(broken)
    return invalid_parameter(f"{len(broken)} validation {noun} detected: {listing}")


def _wrong_type(parameter: Parameter, value: object) -> str | None:
    match parameter.kind:
        case "text":
            return _not_text(value)
        case "texts" if value is not None:
            if not isinstance(value, dict):
                return "Start of structure or map expected."
            return next(filter(None, map(_not_text, value.values())), None)
        case "attributes" if value is not None:
            if not isinstance(value, list):
                return "Start of list expected."
            return next(filter(None, map(_not_attribute, value)), None)
        case _:
            return None


def _not_attribute(member: object) -> str | None:
    if not isinstance(member, dict):
        return "Start of structure or map expected."
    if not isinstance(member.get("Name"), str):
        return "An attribute needs a 'Name' of type String."
    return _not_text(member.get("Value"))


def _not_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return None
    found = {bool: "BOOLEAN_VALUE", int: "NUMBER_VALUE", float: "NUMBER_VALUE"}
    kind = found.get(type(value))
    if kind:
        return f"{kind} can not be converted to a String"
    return "Unexpected list, structure or map; a String is expected."


def _broken(parameter: Parameter, value: object) -> list[str]:
    member = parameter.name[0].lower() + parameter.name[1:]
    if value is None:
        if not parameter.required:
            return []
        return [_failure(f"Value null at '{member}'", "Member must not be null")]
    if not isinstance(value, str):
        return []
    subject = (
        f"Value at '{member}'" if parameter.secret else f"Value '{value}' at '{member}'"
    )
    broken = []
    if not value:
        at_least = "Member must have length greater than or equal to 1"
        broken.append(_failure(subject, at_least))
    if parameter.longest is not None and len(value) > parameter.longest:
        # The value itself would only make a long message longer.
        at_most = f"Member must have length less than or equal to {parameter.longest}"
        return [_failure(f"Value at '{member}'", at_most)]
    if parameter.form and not parameter.form.holds(value):
        pattern = parameter.form.pattern
        must = f"Member must satisfy regular expression pattern: {pattern}"
        broken.append(_failure(subject, must))
    if parameter.one_of and value not in parameter.one_of:
        options = ", ".join(parameter.one_of)
        broken.append(
            _failure(subject, f"Member must satisfy enum value set: [{options}]")
        )
    return broken


def _failure(subject: str, constraint: str) -> str:
    return f"{subject} failed to satisfy constraint: {constraint}"


def _is_name(text: str) -> bool:
    return bool(text) and all(
        unicodedata.category(letter)[0] in "LMSNP" for letter in text
    )


_NAME = Form(_is_name, r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+")
_SOLID = Form(lambda text: bool(re.fullmatch(r"\S+", text)), r"[\S]+")
_TRIMMED = Form(lambda text: text == text.strip(), r"^[\S]+.*[\S]+$")
_WORD = Form(lambda text: bool(re.fullmatch(r"[\w+]+", text)), r"[\w+]+")

CLIENT_ID = Parameter("ClientId", required=True, longest=128, form=_WORD)
CLIENT_METADATA = Parameter("ClientMetadata", kind="texts")
CODE = Parameter("ConfirmationCode", required=True, longest=2048, form=_SOLID)
GROUP_NAME = Parameter("GroupName", required=True, longest=128, form=_NAME)
PASSWORD = Parameter("Password", required=True, longest=256, form=_TRIMMED, secret=True)
SECRET_HASH = Parameter("SecretHash", longest=128, secret=True)
USERNAME = Parameter("Username", required=True, longest=128, form=_NAME)
