"""What a suite of checks imports."""

from .asserts import (
    NUMERIC,
    ROUNDING,
    ROUNDING32,
    assert_close,
    assert_gradient,
    assert_labels,
    assert_that,
    kind,
    require_array,
    take,
)
from .failures import CheckFailure, StudentError
from .oracles import oracle
from .runner import exercise

__all__ = [
    "NUMERIC",
    "ROUNDING",
    "ROUNDING32",
    "CheckFailure",
    "StudentError",
    "assert_close",
    "assert_gradient",
    "assert_labels",
    "assert_that",
    "exercise",
    "kind",
    "oracle",
    "require_array",
    "take",
]
