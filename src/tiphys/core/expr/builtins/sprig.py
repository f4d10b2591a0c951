"""The ``sprig`` map: one table per subject, put together here (section 14)."""

from __future__ import annotations

from tiphys.core.expr.values import Value


def functions() -> dict[str, Value]:
    """All functions by name."""
    return {}
