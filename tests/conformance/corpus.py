"""Where the conformance corpus is, for the tests that use it beside ``make conformance``."""

from __future__ import annotations

import os
from pathlib import Path

CORPUS = Path(os.environ.get("TIPHYS_CORPUS", "/work/shared/corpus"))


def present() -> bool:
    """Whether this machine has it."""
    return CORPUS.is_dir()
