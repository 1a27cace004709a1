"""The lint of ``check``: one rule a file, each with a code, a place and a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.inspect.lint import (
    admin_role_name_short,
    lambda_not_let_in,
    operation_open,
    optional_sort_key,
    public_iam_not_private,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from amplikit.blueprint.api import Api
    from amplikit.blueprint.config import Config
    from amplikit.errors import Problem

__all__ = ["RULES", "lint"]

RULES: tuple[Callable[[Api, Config], Iterator[Problem]], ...] = (
    operation_open.check,
    lambda_not_let_in.check,
    public_iam_not_private.check,
    optional_sort_key.check,
    admin_role_name_short.check,
)


def lint(api: Api, config: Config) -> tuple[Problem, ...]:
    """Return what every rule finds, all of it warnings."""
    return tuple(problem for rule in RULES for problem in rule(api, config))
