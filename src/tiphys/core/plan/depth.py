"""How deep templates may call each other (``spec/engine.md`` 9)."""

from __future__ import annotations

#: Unless somebody allows more.
MAX_DEPTH = 100
