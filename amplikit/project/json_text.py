"""JSON that a user wrote; what is wrong with it is told by line and column."""

from __future__ import annotations

import json
from typing import NoReturn

from amplikit.errors import ConfigInvalid, Problem, Where

__all__ = ["parse_json"]


def parse_json(text: str, name: str) -> object:
    """Return the value; ``name`` is the file or option it comes from.

    Raises ``ConfigInvalid``, also for ``NaN`` and ``Infinity``, which are no JSON.
    """
    try:
        value: object = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        fact, where = error.msg, Where(name, error.lineno, error.colno)
    except ValueError as error:
        fact, where = str(error), Where(name, 1)
    except RecursionError:
        fact, where = "it is nested too deeply", Where(name, 1)
    else:
        return value
    message = f"'{name}' is not JSON: {fact}."
    raise ConfigInvalid(
        Problem("json-syntax", message, "Correct the JSON here.", where)
    )


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")
