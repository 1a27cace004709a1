"""Looks at what was meant and finds what will surprise."""

from __future__ import annotations

from amplikit.inspect.lint import lint

__all__ = ["lint"]
