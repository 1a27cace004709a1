"""A TOML table being read: typed values, and a problem for each one that is not.

Problems and origins are collected, so that a user sees all of them at once.
"""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from amplikit.errors import ConfigInvalid, Problem, Where, did_you_mean
from amplikit.project.positions import scan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from enum import StrEnum

    from amplikit.project.positions import KeyPath, Positions
    from amplikit.project.sources import Source

__all__ = ["ConfigFile", "Form", "Origin", "Section", "open_config_file"]

Word = TypeVar("Word", bound="StrEnum")


@dataclass(frozen=True, slots=True)
class Form:
    """What a string may look like, for the machine and in words."""

    pattern: str
    words: str

    def fits(self, text: str) -> bool:
        """Say whether the whole text has this form."""
        return re.fullmatch(self.pattern, text, re.ASCII | re.DOTALL) is not None


NOT_EMPTY = Form(r".*\S.*", "text")


@dataclass(frozen=True, slots=True)
class Origin:
    """Which value is in force for a key, and where it was written.

    ``source`` is ``default``, the option's name, or the file; ``where`` is set for
    a file.
    """

    key: str
    value: object
    source: str
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """One file of ``amplify-config/``, and what was found out while reading it."""

    name: str
    stem: str
    positions: Positions
    problems: list[Problem]
    origins: list[Origin]

    def where(self, path: KeyPath) -> Where:
        """Return the place of a key."""
        return Where(self.name, *self.positions.of(path))


def open_config_file(source: Source, stem: str) -> Section:
    """Return the file's top table.

    Raises ``ConfigInvalid`` when it is not TOML.
    """
    try:
        values: Mapping[str, object] = tomllib.loads(source.text)
        positions = scan(source.text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigInvalid(_syntax_problem(source, str(error))) from error
    except RecursionError as error:
        deep = _syntax_problem(source, "Values are nested too deeply")
        raise ConfigInvalid(deep) from error
    return Section(ConfigFile(source.file, stem, positions, [], []), (), values)


@dataclass(frozen=True, slots=True)
class Section:
    """A table; ``path`` is where it stands in the file.

    ``broken`` is one that is no table at all, of which nothing is demanded any more.
    """

    file: ConfigFile
    path: KeyPath
    values: Mapping[str, object]
    broken: bool = False

    def only(self, *known: str) -> None:
        """Report every key that is not one of these."""
        for key in self.values:
            if key not in known:
                self.problem(
                    key,
                    "unknown-config-key",
                    f"'{key}' is not a key of {self._title()}.",
                    did_you_mean(key, known).strip()
                    or f"Use one of: {', '.join(known) or 'no key at all'}.",
                )

    def has(self, key: str) -> bool:
        """Say whether the key was written."""
        return key in self.values

    def text(self, key: str, default: str = "", form: Form = NOT_EMPTY) -> str:
        """Return a string of the given form."""
        value = self._given(key, str, "a string", default)
        if self.has(key) and not form.fits(value):
            self.wrong(key, f"'{value}' is not {form.words}.")
            return default
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        return self._given(key, bool, "true or false", default)

    def integer(self, key: str, default: int, low: int, high: int) -> int:
        """Return a whole number between two bounds, both allowed."""
        value = self._given(key, int, "a whole number", default)
        if not low <= value <= high:
            self.wrong(key, f"{value} is not between {low} and {high}.")
            return default
        return value

    def number(self, key: str, default: float, high: float) -> float:
        """Return a number above 0 and not over ``high``."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._wrong_type(key, "a number")
            return default
        self._note(key, value)
        if not (math.isfinite(value) and 0 < value <= high):
            self.wrong(key, f"{value} is not above 0 and at most {high:g}.")
            return default
        return float(value)

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return a list of strings, none of them empty."""
        values = self._given(key, list, "a list of strings", list(default))
        for number, value in enumerate(values):
            if not isinstance(value, str) or not value:
                self._wrong_type(key, "a list of strings, none empty", number)
                return default
        return tuple(values)

    def word(
        self, key: str, words: type[Word], default: Word | None = None
    ) -> Word | None:
        """Return one of the words, or the default when it is absent or wrong."""
        value = self._given(key, str, "a string", default.value if default else "")
        return self._as_word(value, words, key) or default if self.has(key) else default

    def words(self, key: str, words: type[Word]) -> tuple[Word, ...]:
        """Return a list of the words, each at most once."""
        found: list[Word] = []
        for number, value in enumerate(self.texts(key)):
            word = self._as_word(value, words, key, number)
            if word in found:
                self.problem(
                    key,
                    "config-value-twice",
                    f"'{value}' is listed twice.",
                    "Remove one of the two.",
                    number,
                )
            elif word is not None:
                found.append(word)
        return tuple(found)

    def section(self, key: str) -> Section:
        """Return the table under a key, empty when it is absent."""
        value = self.values.get(key, {})
        path = (*self.path, key)
        if isinstance(value, dict):
            return Section(self.file, path, value)
        self._wrong_type(key, "a table")
        return Section(self.file, path, {}, broken=True)

    def named(self, key: str, form: Form) -> Iterator[tuple[str, Section]]:
        """Yield the tables under a key by name: ``[roles.NAME]``."""
        tables = self.section(key)
        for name in tables.values:
            if not form.fits(name):
                tables.wrong(name, f"the name is not {form.words}.", "Rename it.")
            yield name, tables.section(name)

    def rows(self, key: str) -> Iterator[Section]:
        """Yield the tables of an array: ``[[keys]]``."""
        rows = self.values.get(key, [])
        if not isinstance(rows, list):
            self._wrong_type(key, f"an array of tables, [[{key}]]")
            return
        for number, row in enumerate(rows):
            if isinstance(row, dict):
                yield Section(self.file, (*self.path, key, number), row)
            else:
                self._wrong_type(key, f"an array of tables, [[{key}]]", number)

    def require(self, *keys: str) -> None:
        """Report the keys that are absent."""
        for key in keys:
            if not self.has(key) and not self.broken:
                self.problem(
                    None,
                    "config-key-missing",
                    f"{self._title(capital=True)} has no '{key}'.",
                    f"Add {key} = ... there.",
                )

    def forbid(self, reason: str, *keys: str) -> None:
        """Report the keys that are there although they cannot be honoured."""
        for key in keys:
            if self.has(key):
                self.problem(
                    key,
                    "config-key-not-allowed",
                    f"'{key}' is not possible here: {reason}.",
                    f"Remove '{key}'.",
                )

    def wrong(self, key: str, fact: str, hint: str = "Change the value.") -> None:
        """Report a value outside of what is allowed."""
        self.problem(key, "config-value-invalid", f"'{key}': {fact}", hint)

    def problem(
        self,
        key: str | None,
        code: str,
        message: str,
        hint: str,
        number: int | None = None,
    ) -> None:
        """Report anything, at a key, at an element of its list, or at the table."""
        path = self.path if key is None else (*self.path, key)
        where = self.file.where(path if number is None else (*path, number))
        self.file.problems.append(Problem(code, message, hint, where))

    def _as_word(
        self, value: str, words: type[Word], key: str, number: int | None = None
    ) -> Word | None:
        known = [word.value for word in words]
        if value in known:
            return words(value)
        self.problem(
            key,
            "config-value-invalid",
            f"'{key}' is '{value}', which is none of {', '.join(known)}.",
            did_you_mean(value, known).strip() or "Write one of them.",
            number,
        )
        return None

    def _given(self, key: str, kind: type[Given], wanted: str, default: Given) -> Given:
        value = self.values.get(key, default)
        # type() and not isinstance(): true is no whole number.
        if type(value) is not kind:
            self._wrong_type(key, wanted)
            return default
        self._note(key, value)
        return value

    def _note(self, key: str, value: object) -> None:
        path = (*self.path, key)
        written = self.has(key)
        self.file.origins.append(
            Origin(
                key=".".join((self.file.stem, *map(str, path))),
                value=value,
                source=self.file.name if written else "default",
                where=self.file.where(path) if written else None,
            )
        )

    def _wrong_type(self, key: str, wanted: str, number: int | None = None) -> None:
        self.problem(
            key,
            "config-value-type",
            f"'{key}' is not {wanted}.",
            f"Make it {wanted}.",
            number,
        )

    def _title(self, *, capital: bool = False) -> str:
        if not self.path:
            return self.file.name
        word = "The table" if capital else "the table"
        return f"{word} [{'.'.join(map(str, self.path))}]"


Given = TypeVar("Given")

_AT_LINE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def _syntax_problem(source: Source, message: str) -> Problem:
    place = _AT_LINE.search(message)
    if place and place[1]:
        line, column = int(place[1]), int(place[2])
    elif place:
        line = source.text.count("\n") + 1
        column = len(source.text.rpartition("\n")[2]) + 1
    else:
        line, column = 1, 1
    return Problem(
        code="toml-syntax",
        message=f"{_AT_LINE.sub('', message)}.",
        hint="Correct the TOML here.",
        where=Where(source.file, line, column),
    )
