"""What ``@validate`` demands of a field of an input.

Source: vtl-generator.ts of amplify-graphql-validate-transformer; the templates call
Java's own methods of texts.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

from amplikit.blueprint.api import ValidationKind
from amplikit.blueprint.patterns import java_pattern
from amplikit.emulator.calls import FieldError

if TYPE_CHECKING:
    from amplikit.blueprint.api import Validation
    from amplikit.store.interface import AttributeValue

__all__ = ["validate"]


def validate(
    validation: Validation, field: str, value: AttributeValue
) -> FieldError | None:
    """Return the error of a value that is there and does not pass."""
    if value is None:
        return None
    if validation.kind is ValidationKind.MATCHES:
        pattern = java_pattern(validation.value)
        if pattern is None:
            return FieldError(
                f"amplikit cannot run @validate on '{field}': Python does not read "
                f"Java's pattern '{validation.value}'",
                None,
            )
        passed = pattern.fullmatch(str(value)) is not None
    else:
        passed = _passes(validation, value)
    return None if passed else FieldError(validation.message, None)


def _passes(validation: Validation, value: AttributeValue) -> bool:
    wanted, text = validation.value, str(value)
    match validation.kind:
        case ValidationKind.GT:
            return Decimal(text) > Decimal(wanted.strip())
        case ValidationKind.LT:
            return Decimal(text) < Decimal(wanted.strip())
        case ValidationKind.GTE:
            return Decimal(text) >= Decimal(wanted.strip())
        case ValidationKind.LTE:
            return Decimal(text) <= Decimal(wanted.strip())
        case ValidationKind.MIN_LENGTH:
            return _length(text) >= Decimal(wanted.strip())
        case ValidationKind.MAX_LENGTH:
            return _length(text) <= Decimal(wanted.strip())
        case ValidationKind.STARTS_WITH:
            return text.startswith(wanted)
        case ValidationKind.ENDS_WITH:
            return text.endswith(wanted)
        case ValidationKind.MATCHES:
            return False
        case _:
            assert_never(validation.kind)


def _length(text: str) -> int:
    """Return the length as Java counts it: an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
