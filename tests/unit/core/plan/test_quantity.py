"""Quantities."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tiphys.core.plan.quantity import QuantityError, parse_quantity


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", Fraction(0)), ("100m", Fraction(1, 10)), ("1.5", Fraction(3, 2)), (".5", Fraction(1, 2)),
        ("64Mi", Fraction(64 << 20)), ("2e3", Fraction(2000)), ("1E2", Fraction(100)), ("1E", Fraction(10**18)),
        ("1k", Fraction(1000)), ("5n", Fraction(5, 10**9)),
    ],
)  # fmt: skip
def test_a_quantity_is_exact(text: str, amount: Fraction) -> None:
    assert parse_quantity(text) == amount


@pytest.mark.parametrize("text", ["", "x", "1 Mi", "1mi", "--1", "1e", "1e9999", "Mi"])
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(QuantityError):
        parse_quantity(text)
