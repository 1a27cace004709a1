"""A table as lines of DynamoDB JSON: ``{"Item": {"id": {"S": "1"}}}``, one an item.

Source: DynamoDB developer guide, "DynamoDB table export output format", DYNAMODB_JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from amplikit.errors import ConfigInvalid, Problem, Where, did_you_mean
from amplikit.store.interface import PutRequest, Refused, ScanRequest
from amplikit.store.refusals import Invalid
from amplikit.store.typed_json import WrongForm, check_form, decode_item, encode_item

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amplikit.store.interface import Item
    from amplikit.store.sqlite import SqliteStore

__all__ = ["check_table", "export_lines", "import_lines"]

_MOST_PROBLEMS = 10
_HINT = 'Write it like {"Item": {"id": {"S": "1"}}}; nothing of the file is imported.'


def export_lines(store: SqliteStore, table: str) -> Iterator[bytes]:
    """Yield a line for each item of the table, all as they are at one moment.

    Raises ``ConfigInvalid`` when there is no such table.
    """
    with store.one_moment():
        check_table(store, table)
        request = ScanRequest(table)
        while True:
            page = store.scan(request)
            if isinstance(page, Refused):
                message = f"a table that is there: {page.message}"
                raise AssertionError(message)  # noqa: TRY004 - a fault of ours
            for item in page.items:
                yield orjson.dumps({"Item": encode_item(item)}) + b"\n"
            if page.last_key is None:
                return
            request = ScanRequest(table, start=page.last_key)


def import_lines(
    store: SqliteStore, table: str, lines: Iterable[bytes], file: str
) -> int:
    """Put the item of each line into the table, and return how many there were.

    All of them or, when one does not hold, none. Raises ``ConfigInvalid`` with the
    first bad lines of ``file``.
    """
    problems: list[Problem] = []
    count = 0
    with store.all_or_nothing():
        check_table(store, table)
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                written = store.put(PutRequest(table, _item(line)))
            except (Invalid, WrongForm, ValueError) as error:
                problems.append(_problem(file, number, str(error)))
            else:
                if isinstance(written, Refused):
                    problems.append(_problem(file, number, written.message))
                count += 1
            if len(problems) == _MOST_PROBLEMS:
                break
        if problems:
            raise ConfigInvalid(*problems)
    return count


def check_table(store: SqliteStore, name: str) -> None:
    """Raise ``ConfigInvalid`` unless the store has a table of that name."""
    names = [table.name for table in store.tables()]
    if name not in names:
        known = did_you_mean(name, names).strip() or "See 'amplikit tables list'."
        message = f"There is no table named '{name}'."
        raise ConfigInvalid(Problem("unknown-table", message, known))


def _item(line: bytes) -> Item:
    document = orjson.loads(line)
    if not isinstance(document, dict) or set(document) != {"Item"}:
        raise WrongForm("it is not an object with the member Item alone")
    attributes = document["Item"]
    if not isinstance(attributes, dict):
        raise WrongForm("its Item is not an object")
    for value in attributes.values():
        check_form(value)
    return decode_item(attributes)


def _problem(file: str, line: int, reason: str) -> Problem:
    return Problem(
        "import-line",
        f"The line cannot be imported: {reason}.",
        _HINT,
        Where(file, line),
    )
