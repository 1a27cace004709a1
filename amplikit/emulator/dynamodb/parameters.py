"""A request's members, read by their names; their shape has been checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from amplikit.store.typed_json import decode_item

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.store.interface import Item
    from amplikit.store.typed_json import TypedItem

__all__ = ["Parameters"]

_T = TypeVar("_T")


class Parameters:
    """The members that are there; what is absent is None, or empty.

    A member that is not of the asked kind is a fault of ours: ``TypeError``.
    """

    __slots__ = ("_members",)

    def __init__(self, members: Mapping[str, object]) -> None:
        self._members = members

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def text(self, name: str) -> str | None:
        """Return a string."""
        found = self._members.get(name)
        return None if found is None else _checked(found, str)

    def required(self, name: str) -> str:
        """Return a string that a constraint has made sure of."""
        return _checked(self._members[name], str)

    def flag(self, name: str) -> bool | None:
        """Return a boolean."""
        found = self._members.get(name)
        return None if found is None else _checked(found, bool)

    def number(self, name: str) -> int | None:
        """Return a whole number."""
        found = self._members.get(name)
        return None if found is None else _checked(found, int)

    def texts(self, name: str) -> list[str] | None:
        """Return a list of strings."""
        found = self._members.get(name)
        if found is None:
            return None
        return [_checked(each, str) for each in _checked(found, list)]

    def names(self, name: str) -> dict[str, str] | None:
        """Return a map of strings."""
        found = self._members.get(name)
        if found is None:
            return None
        members = _checked(found, dict)
        return {key: _checked(each, str) for key, each in members.items()}

    def raw(self, name: str) -> dict[str, object] | None:
        """Return a map as it is on the wire: attribute values, or others."""
        found = self._members.get(name)
        return None if found is None else _checked(found, dict)

    def item(self, name: str) -> Item | None:
        """Return a map of attribute values.

        Raises ``Invalid``.
        """
        found = self._members.get(name)
        return None if found is None else decode_item(_checked(found, dict))

    def structure(self, name: str) -> Parameters | None:
        """Return a structure."""
        found = self._members.get(name)
        return None if found is None else Parameters(_checked(found, dict))

    def structures(self, name: str) -> list[Parameters]:
        """Return a list of structures, or of maps."""
        found = self._members.get(name)
        return [
            Parameters(_checked(each, dict)) for each in _checked(found or [], list)
        ]

    def by_name(self, name: str) -> dict[str, Parameters]:
        """Return a map of structures."""
        found = _checked(self._members.get(name) or {}, dict)
        return {key: Parameters(_checked(each, dict)) for key, each in found.items()}

    def lists(self, name: str) -> dict[str, list[Parameters]]:
        """Return a map of lists of structures."""
        found = _checked(self._members.get(name) or {}, dict)
        return {key: Parameters(found).structures(key) for key in found}

    def typed(self) -> TypedItem:
        """Return everything, of a map of attribute values."""
        return {name: _checked(each, dict) for name, each in self._members.items()}

    def members(self) -> Mapping[str, object]:
        """Return everything that is there."""
        return self._members


def _checked(found: object, kind: type[_T]) -> _T:
    if not isinstance(found, kind):
        raise TypeError(f"{found!r} is no {kind.__name__}: its shape says otherwise")
    return found
