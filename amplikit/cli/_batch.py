"""One line of ``compile --jsonl``: whatever it holds, it has exactly one answer."""

from __future__ import annotations

import json
import sys
import traceback
from typing import TYPE_CHECKING

from amplikit.cli._compile import compile_loaded, compiled_json
from amplikit.cli._output import problems_json
from amplikit.errors import ConfigInvalid, Problem, ToolkitError
from amplikit.project import Loaded, Source, config_without_project, overrides_from_json

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["answer_line"]

_KEYS = ("id", "transformer", "auth", "flags", "schema")
_FILE = "schema.graphql"


def answer_line(line: bytes) -> dict[str, object]:
    """Return the answer to a request; ``id`` is null when the line has none.

    A fault of ours is an answer too (``internal-error``), so that one line does not
    take the rest of the batch with it; its traceback goes to stderr.
    """
    identifier: object = None
    try:
        request = _parse(line)
        identifier = request.get("id")
        return {"id": identifier} | _compile(request)
    except ToolkitError as error:
        return {"id": identifier} | problems_json(error.problems)
    except Exception as error:  # noqa: BLE001 - see above
        traceback.print_exc(file=sys.stderr)
        problem = Problem(
            code="internal-error",
            message=f"{type(error).__name__}: {error}",
            hint="This is a fault of amplikit; report it with this request.",
        )
        return {"id": identifier} | problems_json((problem,))


def _parse(line: bytes) -> Mapping[str, object]:
    try:
        # Text first: json.loads would guess the encoding of each line by its bytes.
        request: object = json.loads(line.decode())
        json.dumps(request, allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise _invalid(f"The line is not JSON: {error}.") from error
    if not isinstance(request, dict):
        raise _invalid("The line is not an object.")
    return request


def _compile(request: Mapping[str, object]) -> dict[str, object]:
    unknown = [key for key in request if key not in _KEYS]
    if unknown:
        raise _invalid(f"'{unknown[0]}' is not a key of a request.")
    schema = request.get("schema")
    if not isinstance(schema, str):
        raise _invalid("'schema' is not a string.")
    overrides = overrides_from_json(
        request.get("transformer"), request.get("auth"), request.get("flags")
    )
    config = config_without_project(overrides)
    source = Source(_FILE, schema)
    loaded = Loaded(config, (source,), overrides.over(()), overrides.problems)
    return compiled_json(compile_loaded(loaded))


def _invalid(fact: str) -> ConfigInvalid:
    return ConfigInvalid(
        Problem(
            code="request-invalid",
            message=fact,
            hint=f"Write one object per line, with the keys {', '.join(_KEYS)}.",
        )
    )
