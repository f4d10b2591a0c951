"""sprig: conversion and mathematics."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import reduce
from typing import Any

from tiphys.core.expr.builtins.sprig_coerce import (
    ANY,
    INT,
    TEXT,
    fn,
    framed,
    framed_rest,
    rest,
    text,
    texts,
    to_float,
    to_int,
)
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.format import go_string
from tiphys.core.expr.frame import Frame
from tiphys.core.expr.int64 import wrap

#: Decimal digits after the point in a division.
_DIVISION_PLACES = Decimal("1e-16")
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_UP)
_DECIMAL = re.compile(r"[+-]?\d+\Z", re.ASCII)
_OCTAL = re.compile(r"[+-]?[0-7]+\Z")


def _atoi(value: str) -> int:
    if not _DECIMAL.match(value):
        return 0
    if len(value) > 100:
        return -(1 << 63) if value[0] == "-" else (1 << 63) - 1
    return min(max(int(value), -(1 << 63)), (1 << 63) - 1)


def _octal(value: Any) -> int:
    digits = text(value)
    number = int(digits, 8) if len(digits) <= 64 and _OCTAL.match(digits) else 0
    return number if -(1 << 63) <= number < 1 << 63 else 0


def _divide(left: Any, right: Any) -> int:
    dividend, divisor = to_int(left), to_int(right)
    if divisor == 0:
        raise Fault("runtime error: integer divide by zero")
    quotient = abs(dividend) // abs(divisor)
    return wrap(quotient if (dividend < 0) == (divisor < 0) else -quotient)


def _modulo(left: Any, right: Any) -> int:
    dividend, divisor = to_int(left), to_int(right)
    if divisor == 0:
        raise Fault("runtime error: integer divide by zero")
    remainder = abs(dividend) % abs(divisor)
    return -remainder if dividend < 0 else remainder


def _product(first: Any, *others: Any) -> int:
    return reduce(lambda total, value: wrap(total * to_int(value)), others, to_int(first))


def _decimals(operation: Callable[[Decimal, Decimal], Decimal]) -> Callable[..., float]:
    """Calculate with decimals, so that 0.1 + 0.2 is 0.3."""

    def calculate(first: Any, *others: Any) -> float:
        values = [to_float(value) for value in (first, *others)]
        for value in values:
            if not math.isfinite(value):
                raise Fault(f"Cannot create a Decimal from {go_string(value)}")
        return float(reduce(operation, [Decimal(repr(value)) for value in values]))

    return calculate


def _quotient(left: Decimal, right: Decimal) -> Decimal:
    if right == 0:
        raise Fault("decimal division by 0")
    exact = _CONTEXT.divide(left, right)
    return exact.quantize(_DIVISION_PLACES, ROUND_HALF_UP, _CONTEXT) if abs(exact) < Decimal("1e40") else exact


def _round(value: Any, places: int, *threshold: float) -> float:
    if abs(places) > 300:
        raise Fault(f"cannot round to {places} digits")
    power = math.pow(10, places)
    digit = power * to_float(value)
    if not math.isfinite(digit):
        return digit
    fraction = math.fmod(digit, 1.0)
    rounded = math.ceil(digit) if fraction >= (threshold[0] if threshold else 0.5) else math.floor(digit)
    return rounded / power


def until_step(frame: Frame, start: int, stop: int, step: int) -> list[int]:
    """The integers from start (included) to stop (excluded); nothing when the step leads away."""
    if step == 0 or (stop < start) != (step < 0):
        return []
    frame.grow(abs(stop - start) // abs(step) + 1)
    return list(range(start, stop, step))


def _until(frame: Frame, count: int) -> list[int]:
    return until_step(frame, 0, count, -1 if count < 0 else 1)


def _seq(frame: Frame, *bounds: int) -> str:
    if not 1 <= len(bounds) <= 3:
        return ""
    start, end = (1, bounds[0]) if len(bounds) == 1 else (bounds[0], bounds[-1])
    direction = -1 if end < start else 1
    step = bounds[1] if len(bounds) == 3 else direction
    if direction < 0 < step:
        return ""
    return " ".join(map(str, until_step(frame, start, end + direction, step)))


def _extreme(choose: Callable[..., Any], convert: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda first, *others: choose(convert(value) for value in (first, *others))


def _whole(function: Callable[[float], int], value: Any) -> float:
    number = to_float(value)
    return float(function(number)) if math.isfinite(number) else number


_ADD = _decimals(lambda a, b: a + b)

FUNCTIONS = (
    fn("atoi", _atoi, TEXT, result=INT),
    fn("int", to_int, ANY, result=INT),
    fn("int64", to_int, ANY, result="int64"),
    fn("float64", to_float, ANY, result="float64"),
    fn("toDecimal", _octal, ANY, result="int64"),
    fn("toStrings", texts, ANY, result="[]string"),
    framed_rest("seq", _seq, INT, result=TEXT),
    rest("add", lambda *values: reduce(lambda a, b: wrap(a + to_int(b)), values, 0), ANY, result="int64"),
    fn("add1", lambda value: wrap(to_int(value) + 1), ANY, result="int64"),
    fn("sub", lambda left, right: wrap(to_int(left) - to_int(right)), ANY, ANY, result="int64"),
    fn("div", _divide, ANY, ANY, result="int64"),
    fn("mod", _modulo, ANY, ANY, result="int64"),
    rest("mul", _product, ANY, ANY, result="int64"),
    rest("max", _extreme(max, to_int), ANY, ANY, result="int64"),
    rest("biggest", _extreme(max, to_int), ANY, ANY, result="int64"),
    rest("min", _extreme(min, to_int), ANY, ANY, result="int64"),
    framed("until", _until, INT, result="[]int"),
    framed("untilStep", until_step, INT, INT, INT, result="[]int"),
    rest("addf", lambda *values: _ADD(0, *values), ANY, result="float64"),
    fn("add1f", lambda value: _ADD(value, 1), ANY, result="float64"),
    rest("subf", _decimals(lambda a, b: a - b), ANY, ANY, result="float64"),
    rest("divf", _decimals(_quotient), ANY, ANY, result="float64"),
    rest("mulf", _decimals(lambda a, b: a * b), ANY, ANY, result="float64"),
    rest("maxf", _extreme(max, to_float), ANY, ANY, result="float64"),
    rest("minf", _extreme(min, to_float), ANY, ANY, result="float64"),
    fn("ceil", lambda value: _whole(math.ceil, value), ANY, result="float64"),
    fn("floor", lambda value: _whole(math.floor, value), ANY, result="float64"),
    rest("round", _round, ANY, INT, "float64", result="float64"),
)
