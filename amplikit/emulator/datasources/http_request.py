"""``@http``: the request that Amplify's template makes, and what its answer means.

Source: the templates of both transformers; AppSync developer guide, "HTTP helpers in
$util.http" for the headers that are not copied.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from amplikit.emulator import wire
from amplikit.emulator.calls import FieldError, Resolved
from amplikit.emulator.datasources.references import interpolated
from amplikit.emulator.datasources.results import Unreadable, parsed
from amplikit.emulator.datasources.xml_json import xml_value
from amplikit.emulator.scalars import json_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.blueprint.remote import HttpCall
    from amplikit.emulator.run import Run
    from amplikit.store.interface import AttributeValue

__all__ = ["HttpAnswer", "HttpRequest", "answered", "http_request"]

_PARAMETER: Final = re.compile(r":(\w+)", re.ASCII)
_BREAKS_JSON: Final = re.compile(r'["\\\x00-\x1f]')
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_NOT_COPIED: Final = frozenset(
    {
        "transfer-encoding",
        "connection",
        "host",
        "expect",
        "keep-alive",
        "upgrade",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "content-length",
    }
)
_MAX_SHOWN: Final = 2_000


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request to an endpoint; header names are lower-case."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An endpoint's response, its body as text."""

    status: int
    content_type: str
    body: str


def http_request(
    call: HttpCall, run: Run, variables: Mapping[str, str]
) -> HttpRequest | FieldError:
    """Return the request of a field; ``variables`` are ``env`` and ``aws_region``."""
    sent, asked = _argument(run, "body"), _argument(run, "query")
    for name in call.required:
        if _is_false(sent.get(name)) and _is_false(asked.get(name)):
            return FieldError(wire.NON_NULL_NOT_PRESENT, None)
    headers = _copied(run)
    headers["accept-encoding"] = "application/json"
    if call.method in _WITH_BODY:
        headers["content-type"] = "application/json"
    for name, value in call.headers:
        headers[_filled(name, variables).lower()] = interpolated(
            _filled(value, variables), run
        )
    path = _path(call, run, variables)
    if isinstance(path, FieldError):
        return path
    query = urlencode(_pairs(asked)) if call.method != "DELETE" else ""
    separator = "&" if "?" in path else "?"
    url = f"{_filled(call.origin, variables)}{path}{separator if query else ''}{query}"
    given = run.arguments.get("body") if call.method in _WITH_BODY else None
    body = None if given is None else json_text(given)
    return HttpRequest(call.method, url, headers, body)


def answered(call: HttpCall, answer: HttpAnswer) -> Resolved | FieldError:
    """Return what the field's response template makes of an answer."""
    accepted = {200, 201} if call.method in _WITH_BODY else {200}
    if answer.status not in accepted:
        return Resolved(None, (FieldError(answer.body, str(answer.status)),))
    if not answer.body.strip():
        return Resolved(None)
    try:
        if "xml" in answer.content_type.lower():
            return Resolved(xml_value(answer.body))
        return Resolved(parsed(answer.body))
    except Unreadable:
        return _unconvertible(answer.body)


def _unconvertible(text: str) -> FieldError:
    message = wire.UNCONVERTIBLE % text[:_MAX_SHOWN]
    return FieldError(message, wire.MAPPING_TEMPLATE)


def _argument(run: Run, name: str) -> Mapping[str, AttributeValue]:
    given = run.arguments.get(name)
    return given if isinstance(given, dict) else {}


def _is_false(value: AttributeValue) -> bool:
    """Whether Velocity takes a value for false: null is, and an empty text is not."""
    return value is None or value is False


def _copied(run: Run) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else ",".join(value)
        for name, value in run.call.headers.items()
        if name not in _NOT_COPIED
    }


def _path(call: HttpCall, run: Run, variables: Mapping[str, str]) -> str | FieldError:
    given = _argument(run, "params")
    # The template prints values into a JSON text as they are.
    broken = [
        value
        for name in _PARAMETER.findall(call.path)
        if isinstance(value := given.get(name), str) and _BREAKS_JSON.search(value)
    ]
    if broken:
        return _unconvertible(broken[0])
    return _PARAMETER.sub(
        lambda found: str(given.get(found[1], "")), _filled(call.path, variables)
    )


def _filled(text: str, variables: Mapping[str, str]) -> str:
    for name, value in variables.items():
        text = text.replace(f"${{{name}}}", value)
    return text


def _pairs(query: Mapping[str, AttributeValue]) -> list[tuple[str, str]]:
    pairs = []
    for name, value in query.items():
        several = value if isinstance(value, list) else [value]
        pairs += [(name, _text(one)) for one in several if one is not None]
    return pairs


def _text(value: AttributeValue) -> str:
    return value if isinstance(value, str) else json_text(value).decode()
