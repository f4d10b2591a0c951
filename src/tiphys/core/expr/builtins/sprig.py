"""The ``sprig`` map: one table per subject, put together here (section 14)."""

from __future__ import annotations

from tiphys.core.expr.builtins import (
    sprig_clock,
    sprig_encoding,
    sprig_lists,
    sprig_maps,
    sprig_numbers,
    sprig_off,
    sprig_random,
    sprig_semver,
    sprig_text,
    sprig_values,
    sprig_words,
)
from tiphys.core.expr.values import Value


def functions() -> dict[str, Value]:
    """All functions by name; ``env`` and ``expandenv`` are not among them."""
    tables = (
        sprig_clock.FUNCTIONS,
        sprig_encoding.FUNCTIONS,
        sprig_lists.FUNCTIONS,
        sprig_maps.FUNCTIONS,
        sprig_numbers.FUNCTIONS,
        sprig_off.FUNCTIONS,
        sprig_random.FUNCTIONS,
        sprig_semver.FUNCTIONS,
        sprig_text.FUNCTIONS,
        sprig_values.FUNCTIONS,
        sprig_words.FUNCTIONS,
    )
    return {function.name: function for table in tables for function in table}
