"""The real resolvers of a corpus case, run as AppSync runs them."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from velocity_engine import NO_RETURN, render
from velocity_search import search
from velocity_tables import Tables, TableShape
from velocity_util import AppSyncError, Extensions, Util
from velocity_values import to_java

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CORPUS", "Answer", "Request", "Resolvers"]

CORPUS = Path(
    os.environ.get("AMPLIKIT_CORPUS", Path(__file__).parents[3] / "shared" / "corpus")
)
NOW = "2026-03-04T05:06:07.089Z"
NEW_ID = "new-id"

_PARAMETERS = {
    "AWS::Partition": "aws",
    "AWS::AccountId": "123456789012",
    "AWS::Region": "us-east-1",
}
_PARAMETER = re.compile(r"\$\{([A-Z][\w:.]*)\}")


@dataclass(frozen=True)
class Request:
    """One field asked of the real resolvers; ``auth_type`` as ``$util.authType()``.

    ``outside`` answers what a function or an endpoint is asked; None: nobody does.
    """

    coordinate: str
    arguments: dict[str, object]
    source: dict[str, object] | None
    identity: dict[str, object] | None
    auth_type: str
    headers: dict[str, object] = field(default_factory=dict)
    outside: Callable[[dict], object] | None = None


@dataclass(frozen=True)
class Answer:
    """What came back: a value, or an error's type and message.

    ``remote``: nothing did, because something outside would have been asked.
    """

    value: object = None
    error: tuple[str | None, str] | None = None
    filter: object = None
    items: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    remote: bool = False
    appended: tuple[tuple[str | None, str], ...] = ()


class RemoteReached(Exception):
    """A resolver got as far as a function or an HTTP endpoint."""


@lru_cache(maxsize=2)
def _templates(version: str) -> dict[str, str]:
    path = CORPUS / "templates" / f"{version}.json"
    loaded: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return {
        key: _PARAMETER.sub(lambda m: _PARAMETERS.get(m[1], m[1]), text)
        for key, text in loaded.items()
    }


class Resolvers:
    """The resolvers of one case under one transformer."""

    def __init__(self, version: str, case: str) -> None:
        path = CORPUS / "expected" / version / f"{case}.json"
        self.expected = json.loads(path.read_text(encoding="utf-8"))
        self.shapes = {
            one["name"]: TableShape.of(one) for one in self.expected["tables"]
        }
        self.old_names: dict[str, str] = {}
        texts = _templates(version)
        self._texts = {
            name: texts[key] for name, key in self.expected["resolvers"].items()
        }

    @property
    def coordinates(self) -> frozenset[str]:
        return frozenset(self.expected["resolverConfig"])

    def run(self, request: Request, items: dict[str, list]) -> Answer:
        """Answer a field that has a resolver; ``items`` is left as it is."""
        return _Running(self, request, Tables(self.shapes, items)).answer()

    def text(self, name: str) -> str:
        return self._texts[name]

    def before(self, coordinate: str) -> str:
        """Return the name of the template that a pipeline begins with."""
        name = f"{coordinate}.before.req.vtl"
        return name if name in self._texts else f"{coordinate}.req.vtl"

    def after(self, coordinate: str) -> str:
        """Return the name of the template that a pipeline ends with."""
        name = f"{coordinate}.after.res.vtl"
        return name if name in self._texts else f"{coordinate}.res.vtl"

    def function(self, reference: str) -> tuple[str, str, str]:
        """Return the templates and the data source of a pipeline's function.

        v1 refers to it as "${InvokeMeLambdaDataSource.FunctionId}".
        """
        name = reference.removeprefix("${").removesuffix(".FunctionId}")
        known = self.expected["functions"][name]
        request = known.get("req", f"{name}.req.vtl")
        response = known.get("res", f"{name}.res.vtl")
        return request, response, re.sub("Table$", "", known["dataSource"])


class _Running:
    def __init__(self, resolvers: Resolvers, request: Request, tables: Tables) -> None:
        self._resolvers = resolvers
        self._request = request
        self._tables = tables
        self._extensions = Extensions()
        self._appended: list[tuple[str | None, str]] = []
        arguments = to_java(request.arguments)
        self._ctx: dict[str, object] = {
            "args": arguments,
            "arguments": arguments,
            "source": to_java(request.source),
            "identity": to_java(request.identity),
            "request": {"headers": to_java(request.headers), "domainName": None},
            "stash": {},
            "result": None,
            "prev": {"result": None},
            "error": None,
        }

    def answer(self) -> Answer:
        try:
            value = self._field()
        except RemoteReached:
            return Answer(items=self._tables.items, remote=True)
        except AppSyncError as error:
            return Answer(
                error=(error.error_type, error.message), items=self._tables.items
            )
        return Answer(
            value,
            None,
            self._extensions.filter,
            self._tables.items,
            appended=tuple(self._appended),
        )

    def _field(self) -> object:
        coordinate = self._request.coordinate
        config = self._resolvers.expected["resolverConfig"][coordinate]
        if config["kind"] == "UNIT":
            # "${PostDataSource.Name}", "...:GetAtt:PostDataSource:Name", or "NONE".
            given = json.dumps(config["dataSource"])
            source = (re.findall(r"(\w+)DataSource\b", given) or [given])[0]
            return self._step(f"{coordinate}.req.vtl", f"{coordinate}.res.vtl", source)
        text, returned = self._render(self._resolvers.before(coordinate))
        if returned is not NO_RETURN:
            return _plain(returned)
        self._ctx["prev"] = {"result": to_java(_plain(text))}
        for name in config["functions"]:
            result = self._step(*self._resolvers.function(name))
            self._ctx["prev"] = {"result": result}
            self._ctx["result"] = result
        text, returned = self._render(self._resolvers.after(coordinate))
        return _plain(text if returned is NO_RETURN else returned)

    def _step(self, request: str, response: str, source: str) -> object:
        self._ctx["error"] = None
        text, returned = self._render(request)
        if returned is not NO_RETURN:
            return _plain(returned)
        asked = json.loads(text)
        self._ctx["result"] = None
        try:
            self._ctx["result"] = to_java(self._fetch(source, asked))
        except AppSyncError as error:
            self._ctx["error"] = {"message": error.message, "type": error.error_type}
        text, returned = self._render(response)
        return _plain(text if returned is NO_RETURN else returned)

    def _fetch(self, source: str, asked: dict) -> object:
        source = self._resolvers.old_names.get(source, source)
        if source in self._resolvers.shapes:
            return self._tables.execute(source, asked)
        if source == "MapsToFieldMappingLambdaDataSource":
            payload = asked["payload"]
            return _mapped(payload["args"], payload["fieldMap"])
        if re.search(r"(Elastic|Open)Search", source):
            return search(asked, self._tables.items)
        if asked.get("operation") == "Invoke" or "resourcePath" in asked:
            if self._request.outside is None:
                raise RemoteReached
            return self._request.outside(asked)
        if "operation" in asked:
            message = f"{asked['operation']} on {source}"
            raise ValueError(message)
        return asked.get("payload")

    def _render(self, name: str) -> tuple[str, object]:
        util = Util(self._request.auth_type, NOW, NEW_ID, self._appended)
        names = {
            "ctx": self._ctx,
            "context": self._ctx,
            "util": util,
            "utils": util,
            "extensions": self._extensions,
        }
        return render(self._resolvers.text(name), names)


def _mapped(arguments: dict, names: dict[str, str]) -> dict:
    """Return what Amplify's own function makes of arguments: old names in filters."""

    def renamed(value: object) -> object:
        if isinstance(value, dict):
            return {names.get(name, name): renamed(one) for name, one in value.items()}
        return [renamed(one) for one in value] if isinstance(value, list) else value

    return {
        name: renamed(value) if name in {"filter", "condition"} else value
        for name, value in arguments.items()
    }


def _plain(returned: object) -> object:
    """Return what a template's text, or the text it returned, stands for."""
    if not isinstance(returned, str):
        return to_java(returned)
    text = returned.strip()
    return json.loads(text) if text else None
