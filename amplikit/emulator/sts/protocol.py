"""The query protocol of STS: a form in, XML out.

Source: STS API reference, version 2011-06-15; error codes: its "Common errors".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from amplikit.emulator.http import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Failure", "Tree", "failure_response", "read_form", "xml_response"]

VERSION: Final = "2011-06-15"
_NAMESPACE: Final = f"https://sts.amazonaws.com/doc/{VERSION}/"
_CONTENT_TYPE: Final = ("content-type", "text/xml")
_MAX_FIELDS: Final = 256

Tree = dict[str, "str | Tree"]
"""Elements by name; a text, or elements of its own."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A refusal; ``reason`` is for the operator's log alone."""

    code: str
    message: str
    status: int = 400
    reason: str = ""


def read_form(body: bytes) -> Mapping[str, str] | None:
    """Return the fields of a form, None when it is none."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError:
        return None
    return dict(pairs)


def xml_response(action: str, result: Tree, request_id: str) -> Response:
    """Return the answer to an action."""
    name = f"{action}Response"
    tree: Tree = {
        f"{action}Result": result,
        "ResponseMetadata": {"RequestId": request_id},
    }
    body = f'<{name} xmlns="{_NAMESPACE}">{_printed(tree)}</{name}>'
    return Response(200, body.encode(), (_CONTENT_TYPE, _id_header(request_id)))


def failure_response(failure: Failure, request_id: str) -> Response:
    """Return a refusal."""
    tree: Tree = {
        "Error": {"Type": "Sender", "Code": failure.code, "Message": failure.message},
        "RequestId": request_id,
    }
    body = f'<ErrorResponse xmlns="{_NAMESPACE}">{_printed(tree)}</ErrorResponse>'
    headers = (_CONTENT_TYPE, _id_header(request_id))
    return Response(failure.status, body.encode(), headers)


def _id_header(request_id: str) -> tuple[str, str]:
    return ("x-amzn-RequestId", request_id)


def _printed(tree: Tree) -> str:
    inner = (
        (name, _text(value) if isinstance(value, str) else _printed(value))
        for name, value in tree.items()
    )
    return "".join(f"<{name}>{content}</{name}>" for name, content in inner)


def _text(value: str) -> str:
    """Escape a text, without the characters that XML cannot hold."""
    kept = (one for one in value if one in "\t\n" or " " <= one not in "\ufffe\uffff")
    return escape("".join(kept)).encode("utf-8", "replace").decode()
