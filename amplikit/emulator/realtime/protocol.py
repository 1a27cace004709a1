"""The frames of AppSync's real-time protocol, as values in and JSON text out.

Source: AppSync developer guide, "Building a real-time WebSocket client"; errors as
quoted in public issues.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import orjson

from amplikit.emulator import wire
from amplikit.emulator.scalars import json_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amplikit.emulator.failures import WireError
    from amplikit.emulator.refusal import RequestRefusal

__all__ = [
    "ACK",
    "KEEP_ALIVE",
    "Incoming",
    "Init",
    "Invalid",
    "Start",
    "Stop",
    "around_data",
    "complete",
    "connection_error",
    "error",
    "error_of",
    "read_frame",
    "start_ack",
]

_MAX_ID_LENGTH: Final = 128
_TOLD: Final = ("errorType", "message", "errorCode")


@dataclass(frozen=True, slots=True)
class Init:
    """``connection_init``."""


@dataclass(frozen=True, slots=True)
class Start:
    """``start``: ``data`` is the text that was signed, None when there is none."""

    id: str
    data: str | None
    authorization: Mapping[str, str] | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stop:
    """``stop``."""

    id: str


@dataclass(frozen=True, slots=True)
class Invalid:
    """A frame that is none of the protocol's."""

    id: str | None = None


Incoming = Init | Start | Stop | Invalid


def read_frame(text: str | bytes) -> Incoming:
    """Return the message of a frame; nothing that a client sends raises."""
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        return Invalid()
    if not isinstance(message, dict):
        return Invalid()
    id_ = message.get("id")
    known = isinstance(id_, str) and 0 < len(id_) <= _MAX_ID_LENGTH
    match message.get("type"):
        case wire.CONNECTION_INIT:
            return Init()
        case wire.START if known:
            return _start(str(id_), message.get("payload"))
        case wire.STOP if known:
            return Stop(str(id_))
        case _:
            return Invalid(str(id_) if known else None)


def _start(id_: str, payload: object) -> Start:
    given = payload if isinstance(payload, dict) else {}
    text = given.get("data")
    extensions = given.get("extensions")
    headers = extensions.get("authorization") if isinstance(extensions, dict) else None
    return Start(
        id_,
        text if isinstance(text, str) else None,
        texts(headers) if isinstance(headers, dict) else None,
    )


def texts(headers: Mapping[str, object]) -> dict[str, str]:
    """Return the members of a JSON object that can be headers."""
    return {
        name.lower(): value for name, value in headers.items() if isinstance(value, str)
    }


def _frame(type_: str, id_: str | None = None, payload: object = None) -> str:
    frame: dict[str, object] = {"type": type_}
    if id_ is not None:
        frame["id"] = id_
    if payload is not None:
        frame["payload"] = payload
    return json_text(frame).decode()


ACK: Final = _frame(
    wire.CONNECTION_ACK,
    payload={"connectionTimeoutMs": wire.CONNECTION_TIMEOUT_MS},
)
KEEP_ALIVE: Final = _frame(wire.KEEP_ALIVE)


def start_ack(id_: str) -> str:
    """Return the acknowledgement of a subscription."""
    return _frame(wire.START_ACK, id_)


def complete(id_: str) -> str:
    """Return the last frame of a subscription."""
    return _frame(wire.COMPLETE, id_)


def around_data(id_: str) -> tuple[str, str]:
    """Return what stands before and after the payload of a subscription's events."""
    return f'{_frame(wire.DATA, id_)[:-1]},"payload":', "}"


def error(id_: str | None, *errors: Mapping[str, object]) -> str:
    """Return an error, of a subscription when there is an id."""
    return _frame(wire.ERROR, id_, {"errors": errors})


def error_of(id_: str, errors: Iterable[WireError]) -> str:
    """Return a response's errors as the real-time channel tells them: no places."""
    kept = ({name: one[name] for name in _TOLD if one.get(name)} for one in errors)
    return error(id_, *kept)


def connection_error(refusal: RequestRefusal) -> str:
    """Return why a connection is refused."""
    told: dict[str, object] = {
        "message": refusal.message,
        "errorCode": refusal.status,
    }
    if refusal.error_type:
        told = {"errorType": refusal.error_type, **told}
    return _frame(wire.CONNECTION_ERROR, payload={"errors": [told]})
