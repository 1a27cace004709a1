"""``$util.xml.toJsonString``: an XML document as JSON has it.

Elements become members, those of one name a list; attributes are members, too, and
the text beside them is ``content``. Texts that are numbers, booleans or null become
that. Source: AppSync developer guide, "$util.xml"; the conversion is org.json's.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from amplikit.emulator.datasources.results import Unreadable

if TYPE_CHECKING:
    from amplikit.store.interface import AttributeValue

__all__ = ["xml_value"]

_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORDS: Final = {"true": True, "false": False, "null": None}
_TEXT: Final = "content"
_MAX_DEPTH: Final = 256


class _Reader:
    """Collects the elements that are open, the innermost last."""

    def __init__(self) -> None:
        self.root: dict[str, AttributeValue] = {}
        self._open: list[tuple[str, dict[str, AttributeValue], list[str]]] = [
            ("", self.root, [])
        ]

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        if len(self._open) > _MAX_DEPTH:
            raise Unreadable(name)
        members = {key: _typed(value) for key, value in attributes.items()}
        self._open.append((name, members, []))

    def text(self, text: str) -> None:
        """Take what stands between elements."""
        self._open[-1][2].append(text)

    def end(self, name: str) -> None:
        """Close the innermost element."""
        _, members, texts = self._open.pop()
        text = "".join(texts).strip()
        if text and members:
            members[_TEXT] = _typed(text)
        value = members or _typed(text)
        _add(self._open[-1][1], name, value)


def xml_value(text: str) -> AttributeValue:
    """Return a document as a value.

    Raises ``Unreadable``, also for a document with a type of its own: entities are
    for attacks.
    """
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.begin
    parser.CharacterDataHandler = reader.text
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(text.encode(), True)  # noqa: FBT003 - "this is the last part"
    except expat.ExpatError as error:
        raise Unreadable(text) from error
    return reader.root


def _refuse(*_: object) -> None:
    message = "a document type"
    raise Unreadable(message)


def _add(members: dict[str, AttributeValue], name: str, value: AttributeValue) -> None:
    known = members.get(name)
    if name not in members:
        members[name] = value
    elif isinstance(known, list):
        known.append(value)
    else:
        members[name] = [known, value]


def _typed(text: str) -> AttributeValue:
    if text in _WORDS:
        return _WORDS[text]
    if not _NUMBER.fullmatch(text):
        return text
    number = Decimal(text)
    return int(text) if text.lstrip("-").isdigit() else number
