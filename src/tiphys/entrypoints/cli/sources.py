"""Manifests as they were read: the documents, and their text for the excerpts in findings."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tiphys.core.manifest.document import Loaded

_LIMIT = 20_000_000
_STDIN_NAMES = ("-", "stdin", "<stdin>")
#: Standard input can be read once only, so its text stays here.
_KEPT: dict[str, str] = {}


def load(files: Sequence[str], *, strict: bool = True) -> Loaded:
    """Read files, ``-`` from standard input; what is wrong with them is in the answer.

    Not ``strict``: unknown fields and keys that are written twice are passed over.
    """
    from tiphys.entrypoints import files as manifests

    text = sys.stdin.read() if "-" in files else ""
    _KEPT.update(dict.fromkeys(_STDIN_NAMES, text))
    return manifests.load_files(files, io.StringIO(text), strict=strict)


def source_of(file: str) -> str | None:
    """The text of a file named by a span; None when it cannot be read again."""
    if file in _KEPT:
        return _KEPT[file]
    from pathlib import Path  # only needed where there is a finding

    path = Path(file)
    try:
        if not path.is_file() or path.stat().st_size > _LIMIT:
            return None
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
