"""What ``tiphys version`` prints; imports nothing heavy, so that it answers at once."""

from __future__ import annotations

import sys
from collections.abc import Mapping

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


def server_text(answer: Mapping[str, object], *, short: bool) -> str:
    """The lines about the server that is asked, of its answer to ``/version``."""
    head = f"argo-server: {answer.get('version') or 'unknown'}"
    fields = ("BuildDate", "GitCommit", "GitTreeState", "GitTag", "GoVersion", "Compiler", "Platform")
    rows = [f"  {field}: {answer[key]}" for field in fields if answer.get(key := field[0].lower() + field[1:])]
    return head if short else "\n".join([head, *rows])
