"""What ``tiphys version`` prints; imports nothing heavy, so that it answers at once."""

from __future__ import annotations

import sys

#: Kept equal to ``pyproject.toml`` by a test: reading the package metadata would cost half of the start-up time.
VERSION = "0.1.0"
#: The release whose behaviour this version follows.
ARGO_VERSION = "v4.1.2"


def version_text(*, short: bool) -> str:
    """The lines of ``tiphys version``, in the layout of ``argo version`` (``spec/cli.md`` 6)."""
    head = f"tiphys: v{VERSION}"
    if short:
        return head
    python = ".".join(str(part) for part in sys.version_info[:3])
    return f"{head}\n  Argo: {ARGO_VERSION}\n  Python: {python}\n  Platform: {sys.platform}"
