"""Lambda functions, run here by the Lambda Runtime API, each under its own role."""

from __future__ import annotations

from amplikit.emulator.functions.outcome import (
    FunctionError,
    FunctionResult,
    InvocationContext,
)
from amplikit.emulator.functions.runner import FunctionRunner, invoke

__all__ = [
    "FunctionError",
    "FunctionResult",
    "FunctionRunner",
    "InvocationContext",
    "invoke",
]
