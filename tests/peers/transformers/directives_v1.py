"""``@model``, ``@function`` and ``@http`` of made-up v1 schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relations_v1 import Relations

if TYPE_CHECKING:
    from collections.abc import Callable


class Directives(Relations):
    """Draws the directives of models and of single fields."""

    def model(self, model: str) -> str:
        arguments = []
        if self.chance(0.2):
            text = self._map(("get", "list"), self._name_of(model))
            arguments.append(f"queries: {text}")
        if self.chance(0.2):
            text = self._map(("create", "update", "delete"), self._name_of(model))
            arguments.append(f"mutations: {text}")
        if self.chance(0.2):
            words = ("onCreate", "onUpdate", "onDelete", "level")
            text = self._map(words, self._names_of(model))
            arguments.append(f"subscriptions: {text}")
        if self.chance(0.2):
            names = ('"createdOn"', '"updatedAt"', '"title"', "null", '"at"')
            text = self._map(("createdAt", "updatedAt"), lambda _: self.pick(names))
            arguments.append(f"timestamps: {text}")
        return f"@model({', '.join(arguments)})" if arguments else "@model"

    def _map(self, words: tuple[str, ...], value: Callable[[str], str]) -> str:
        if self.chance(0.15):
            return "null"
        chosen = self.random.sample(words, self.random.randint(0, len(words)))
        return f"{{ {', '.join(f'{word}: {value(word)}' for word in chosen)} }}"

    def _name_of(self, model: str) -> Callable[[str], str]:
        def name(word: str) -> str:
            return self.pick(
                ("null", '""', f'"{word}One{model}"', f'"{word}{model}"')
                if self.chance(0.5)
                else (f'"{word}_{model}x"',)
            )

        return name

    def _names_of(self, model: str) -> Callable[[str], str]:
        def names(word: str) -> str:
            if word == "level":
                return self.pick(("on", "off", "public", "null"))
            return self.pick(
                (
                    f'["{word}{model}"]',
                    f'["{word}1{model}", "{word}2{model}"]',
                    f'["any{model}"]',
                    f'["{word}{model}"]',
                    f'"{word}"' if self.wrong() else "null",
                    "[]",
                )
            )

        return names

    def remote(self) -> str:
        if self.chance(0.5):
            names = ("echo", "my-fn-${env}", "a_b", "3d")
            parts = [f'name: "{self.pick(names)}"']
            if self.chance(0.3):
                parts.append('region: "eu-west-1"')
            more = f" {self._remote_function()}" if self.chance(0.3) else ""
            return f"@function({', '.join(parts)}){more}"
        url = self.pick(
            (
                "https://api.example.com/posts/:id",
                "http://example.com" if self.wrong() else "https://example.com/x",
                "https://example.com/a/:first/b?x=:y",
                "https://www.example.com:8080/${env}/x",
                "example.com" if self.wrong() else "https://example.org/",
            )
        )
        parts = [f'url: "{url}"']
        if self.chance(0.6):
            parts.append(
                f"method: {self.pick(('GET', 'POST', 'PUT', 'PATCH', 'DELETE'))}"
            )
        if self.chance(0.3):
            parts.append('headers: [{ key: "X-A", value: "b" }]')
        return f"@http({', '.join(parts)})"

    def _remote_function(self) -> str:
        return f'@function(name: "{self.pick(("next", "last-${env}"))}")'
