"""Ships a blueprint: bundles today, templates and their execution later."""

from __future__ import annotations

from amplikit.deploy.bundle import Bundle, build_bundle

__all__ = ["Bundle", "build_bundle"]
