"""The input of an operation: declared once, checked before the operation runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from amplikit.identity.user_pool.forms import NAME, POOL_ID, SOLID, TRIMMED, WORD
from amplikit.identity.user_pool.refusal import Refusal, invalid_parameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amplikit.identity.user_pool.forms import Form

__all__ = [
    "ACCESS_TOKEN",
    "CLIENT_ID",
    "CLIENT_METADATA",
    "CODE",
    "GROUP_NAME",
    "PASSWORD",
    "SECRET_HASH",
    "USERNAME",
    "USER_POOL_ID",
    "Parameter",
    "Parameters",
    "check_parameters",
]

_SERIALIZATION = "SerializationException"

Kind = Literal["text", "texts", "attributes", "flag", "integer", "list", "structure"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One member of the input; ``secret`` values are never repeated in a message.

    ``one_of`` and ``form`` hold for a text and for each text of a list. ``members``
    are those of a structure.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    longest: int | None = None
    form: Form | None = None
    one_of: tuple[str, ...] = ()
    secret: bool = False
    least: int | None = None
    most: int | None = None
    members: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameters:
    """Input that ``check_parameters`` has found sound."""

    values: Mapping[str, object] = field(repr=False)

    def has(self, name: str) -> bool:
        """Whether a member was given, and not as null."""
        return self.values.get(name) is not None

    def text(self, name: str) -> str:
        """Return a text, ``""`` when it was left out."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return true or false."""
        value = self.values.get(name)
        return value if isinstance(value, bool) else default

    def integer(self, name: str) -> int | None:
        """Return a whole number, None when it was left out."""
        value = self.values.get(name)
        return value if isinstance(value, int) else None

    def items(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, empty when it was left out."""
        value = self.values.get(name)
        return tuple(value) if isinstance(value, list) else ()

    def structure(self, name: str) -> Parameters:
        """Return a structure, empty when it was left out."""
        value = self.values.get(name)
        return Parameters(value if isinstance(value, dict) else {})

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
    broken = _all_broken(parameters, values, "")
    if not broken:
        return None
    noun = "error" if len(broken) == 1 else "errors"
    listing = "; ".join(broken)
    return invalid_parameter(f"{len(broken)} validation {noun} detected: {listing}")


def _all_broken(
    parameters: Iterable[Parameter], values: Mapping[str, object], prefix: str
) -> list[str]:
    broken: list[str] = []
    for parameter in parameters:
        value = values.get(parameter.name)
        member = f"{prefix}{parameter.name[0].lower()}{parameter.name[1:]}"
        broken += _broken(parameter, value, member)
        if isinstance(value, dict) and parameter.members:
            broken += _all_broken(parameter.members, value, f"{member}.")
    return broken


def _wrong_type(parameter: Parameter, value: object) -> str | None:
    if value is None:
        return None
    match parameter.kind:
        case "text":
            return _not_text(value)
        case "flag":
            return None if isinstance(value, bool) else _not_a(value, "Boolean")
        case "integer":
            sound = isinstance(value, int) and not isinstance(value, bool)
            return None if sound else _not_a(value, "Integer")
        case "texts":
            if not isinstance(value, dict):
                return "Start of structure or map expected."
            return next(filter(None, map(_not_text, value.values())), None)
        case "list" | "attributes":
            if not isinstance(value, list):
                return "Start of list expected."
            check = _not_item if parameter.kind == "list" else _not_attribute
            return next(filter(None, map(check, value)), None)
        case "structure":
            if not isinstance(value, dict):
                return "Start of structure or map expected."
            wrong = (
                _wrong_type(member, value.get(member.name))
                for member in parameter.members
            )
            return next(filter(None, wrong), None)


def _not_attribute(member: object) -> str | None:
    if not isinstance(member, dict):
        return "Start of structure or map expected."
    if not isinstance(member.get("Name"), str):
        return "An attribute needs a 'Name' of type String."
    return _not_text(member.get("Value"))


def _not_item(value: object) -> str | None:
    return None if isinstance(value, str) else _not_a(value, "String")


def _not_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return None
    return _not_a(value, "String")


def _not_a(value: object, wanted: str) -> str:
    found = {
        bool: "BOOLEAN_VALUE",
        int: "NUMBER_VALUE",
        float: "NUMBER_VALUE",
        str: "STRING_VALUE",
    }
    kind = found.get(type(value))
    if kind:
        return f"{kind} can not be converted to {_article(wanted)} {wanted}"
    return f"Unexpected list, structure or map; a {wanted} is expected."


def _article(noun: str) -> str:
    return "an" if noun[0] in "AEIOU" else "a"


def _broken(parameter: Parameter, value: object, member: str) -> list[str]:
    if value is None:
        if not parameter.required:
            return []
        return [_failure(f"Value null at '{member}'", "Member must not be null")]
    if isinstance(value, int) and not isinstance(value, bool):
        return _out_of_range(parameter, value, member)
    if parameter.kind == "list" and isinstance(value, list):
        broken: list[str] = []
        for number, item in enumerate(value, 1):
            broken += _broken_text(parameter, item, f"{member}.{number}.member")
        return broken
    return _broken_text(parameter, value, member) if isinstance(value, str) else []


def _out_of_range(parameter: Parameter, value: int, member: str) -> list[str]:
    subject = f"Value '{value}' at '{member}'"
    broken = []
    if parameter.least is not None and value < parameter.least:
        must = f"Member must have value greater than or equal to {parameter.least}"
        broken.append(_failure(subject, must))
    if parameter.most is not None and value > parameter.most:
        must = f"Member must have value less than or equal to {parameter.most}"
        broken.append(_failure(subject, must))
    return broken


def _broken_text(parameter: Parameter, value: str, member: str) -> list[str]:
    subject = (
        f"Value at '{member}'" if parameter.secret else f"Value '{value}' at '{member}'"
    )
    broken = []
    if not value and parameter.required:
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


ACCESS_TOKEN = Parameter("AccessToken", required=True, secret=True)
CLIENT_ID = Parameter("ClientId", required=True, longest=128, form=WORD)
CLIENT_METADATA = Parameter("ClientMetadata", kind="texts")
CODE = Parameter("ConfirmationCode", required=True, longest=2048, form=SOLID)
GROUP_NAME = Parameter("GroupName", required=True, longest=128, form=NAME)
PASSWORD = Parameter("Password", required=True, longest=256, form=TRIMMED, secret=True)
SECRET_HASH = Parameter("SecretHash", longest=128, secret=True)
USERNAME = Parameter("Username", required=True, longest=128, form=NAME)
USER_POOL_ID = Parameter("UserPoolId", required=True, longest=55, form=POOL_ID)
