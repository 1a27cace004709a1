"""Asks both sides the same, and compares data and error types."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from collections.abc import Callable

    from amplify_simulator import Peer
    from callers import Credentials
    from serving import Ours

__all__ = ["Body", "Outcome", "Sides", "Step", "compared", "told"]

Body = dict[str, Any]
MOST_PAGES = 40
REFUSED = frozenset({401, 403})
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_NEAR_S = 600


@dataclass(frozen=True)
class Step:
    """One request; ``pages`` follows the tokens of its first field to the end."""

    caller: str
    query: str
    variables: Body = field(default_factory=dict)
    pages: bool = False


@dataclass(frozen=True)
class Outcome:
    """What both sides answered; ``difference`` is empty when they agree."""

    step: Step
    ours: Body
    theirs: Body

    @property
    def difference(self) -> str:
        ours, theirs = compared(self.ours), compared(self.theirs)
        if ours == theirs:
            return ""
        return f"ours:   {_line(ours)}\ntheirs: {_line(theirs)}"

    def __str__(self) -> str:
        step = self.step
        shown = f"{step.caller}: {step.query} {json.dumps(step.variables)}"
        raw = f"ours raw:   {_line(self.ours)}\ntheirs raw: {_line(self.theirs)}"
        return f"{shown}\n{self.difference}\n{raw}"


def _line(value: object) -> str:
    return json.dumps(value, sort_keys=True)[:1500]


class Sides:
    """Both servers."""

    def __init__(
        self, ours: Ours, peer: Peer, credentials: tuple[Credentials, ...]
    ) -> None:
        self._ours, self._peer = ours, peer
        self._credentials = {one.caller.name: one for one in credentials}
        self._session = requests.Session()

    def ask(self, step: Step) -> Outcome:
        """Send a request to both, ours first."""
        credentials = self._credentials[step.caller]
        sign = credentials.ours(self._ours.api_key, self._ours.region)
        headers = credentials.theirs()

        def ours(body: Body) -> requests.Response:
            return self._session.post(self._ours.url, json=body, auth=sign, timeout=30)

        def theirs(body: Body) -> requests.Response:
            url = self._peer.url
            return self._session.post(url, json=body, headers=headers, timeout=30)

        return Outcome(step, _asked(ours, step), _asked(theirs, step))


def _asked(send: Callable[[Body], requests.Response], step: Step) -> Body:
    def ask(variables: Body) -> Body:
        response = send({"query": step.query, "variables": variables})
        try:
            body = response.json()
        except ValueError:
            body = {"text": response.text[:300]}
        return {"status": response.status_code, **body}

    return _all_pages(ask, step.variables) if step.pages else ask(step.variables)


def _all_pages(ask: Callable[[Body], Body], variables: Body) -> Body:
    """Return the first answer with the items and errors of all pages."""
    first = answer = ask(variables)
    items, errors, count = [], list(first.get("errors") or ()), 0
    while (page := _page(answer)) and count < MOST_PAGES:
        items += page.get("items") or []
        count += 1
        if page.get("nextToken") is None:
            break
        answer = ask({**variables, "nextToken": page["nextToken"]})
        errors += answer.get("errors") or ()
    whole = _page(first)
    if whole is not None:
        whole["items"], whole["nextToken"], whole["pages"] = items, None, count
        first["errors"] = errors
    return first


def _page(answer: Body) -> Body | None:
    data = answer.get("data")
    found = next(iter(data.values()), None) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else None


def compared(answer: Body) -> Body:
    """Return what of an answer has to be equal."""
    if answer["status"] in REFUSED:
        return {"data": None, "errors": ["refused"]}
    data, errors = answer.get("data"), answer.get("errors") or []
    whole = any(not one.get("path") for one in errors)
    if answer["status"] != requests.codes.ok or (not data and whole):
        return {"data": None, "errors": ["request"]}
    if "errorMessage" in answer:
        return {"data": None, "errors": ["request"]}
    return {"data": _normal(data), "errors": sorted({told(e, data) for e in errors})}


def told(error: Body, data: object) -> str:
    """Return an error; what made its parent null is told as the parent's.

    Of several errors beside each other below one null, either side tells some.
    """
    path = list(error.get("path") or ())
    value: Any = data
    for length, part in enumerate(path[:-1], start=1):
        value = value[part] if value is not None else None
        if value is None:
            return _shown(path[:length], "below")
    return _shown(path, error.get("errorType"))


def _shown(path: list[object], kind: str | None) -> str:
    return f"{'.'.join('*' if isinstance(p, int) else str(p) for p in path)}: {kind}"


def _normal(value: object, key: str = "") -> object:
    """Return a value without what differs by chance: ids, instants, tokens, order."""
    match value:
        case dict():
            return {name: _normal(one, name) for name, one in value.items()}
        case list():
            found = [_normal(one) for one in value]
            if key == "items":
                found.sort(key=lambda one: json.dumps(one, sort_keys=True))
            return found
        case str() if key == "nextToken":
            return "token"
        case str() if _INSTANT.fullmatch(value) and _is_near(value):
            return "now"
        case str():
            return _UUID.sub("uuid", value)
        case _:
            return value


def _is_near(value: str) -> bool:
    at = datetime.fromisoformat(value)
    return abs((datetime.now(UTC) - at).total_seconds()) < _NEAR_S
