"""The lint of ``check``: one rule a file, each with a code, a place and a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.inspect.lint import (
    admin_role_name_short,
    api_key_expires_soon,
    aws_directive_on_model,
    child_open_through_parent,
    claim_name_unlikely,
    dynamic_group_events,
    dynamic_group_limit,
    field_blocks_delete,
    field_read_opens_more,
    filter_not_indexed,
    group_not_in_pool,
    join_opens_more,
    lambda_not_let_in,
    model_closed,
    model_open,
    operation_open,
    optional_sort_key,
    owner_claim_implicit,
    owner_is_key,
    owner_may_be_spoofed,
    provider_from_strategy,
    public_iam_not_private,
    read_includes_listen,
    relation_required,
    sandbox_open,
    type_not_reachable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from amplikit.blueprint.api import Api
    from amplikit.blueprint.config import Config
    from amplikit.errors import Problem

__all__ = ["RULES", "lint"]

RULES: tuple[Callable[[Api, Config], Iterator[Problem]], ...] = (
    operation_open.check,
    model_open.check,
    model_closed.check,
    sandbox_open.check,
    owner_may_be_spoofed.check,
    owner_claim_implicit.check,
    owner_is_key.check,
    read_includes_listen.check,
    dynamic_group_events.check,
    dynamic_group_limit.check,
    field_blocks_delete.check,
    field_read_opens_more.check,
    lambda_not_let_in.check,
    public_iam_not_private.check,
    provider_from_strategy.check,
    claim_name_unlikely.check,
    group_not_in_pool.check,
    admin_role_name_short.check,
    aws_directive_on_model.check,
    type_not_reachable.check,
    child_open_through_parent.check,
    join_opens_more.check,
    relation_required.check,
    optional_sort_key.check,
    filter_not_indexed.check,
    api_key_expires_soon.check,
)


def lint(api: Api, config: Config) -> tuple[Problem, ...]:
    """Return what every rule finds, all of it warnings."""
    return tuple(problem for rule in RULES for problem in rule(api, config))
