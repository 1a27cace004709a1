"""From Amplify's schema language to an ``Api`` and the SDL that AppSync is given."""

from __future__ import annotations

from amplikit.compiler.compile import compile_schema
from amplikit.compiler.options import Compilation, CompileOptions, Source

__all__ = ["Compilation", "CompileOptions", "Source", "compile_schema"]
