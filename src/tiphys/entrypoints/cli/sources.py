"""Manifests as they were read: the documents, and their text for the excerpts in findings."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tiphys.core.manifest.document import Loaded

_LIMIT = 20_000_000
STDIN: Final = "-"
_STDIN_NAMES = (STDIN, "stdin", "<stdin>")
#: What the names of manifests end with.
SUFFIXES: Final = (".yaml", ".yml", ".json")
#: Standard input can be read once only, so its text stays here.
_KEPT: dict[str, str] = {}


def load(files: Sequence[str], *, strict: bool = True) -> Loaded:
    """Read files, ``-`` from standard input; what is wrong with them is in the answer.

    Not ``strict``: unknown fields and keys that are written twice are passed over.
    """
    from tiphys.entrypoints import files as manifests

    text = sys.stdin.read() if STDIN in files else ""
    _KEPT.update(dict.fromkeys(_STDIN_NAMES, text))
    return manifests.load_files(files, io.StringIO(text), strict=strict)


def expanded(files: Iterable[str]) -> list[str]:
    """Folders become the manifests in them, in order of their names; no file is there twice."""
    found: dict[str, None] = {}
    for file in files:
        if file != STDIN and os.path.isdir(file):
            from pathlib import Path  # a single file does without: it costs five milliseconds

            inside = (each for each in Path(file).rglob("*") if each.suffix in SUFFIXES and each.is_file())
            found.update(dict.fromkeys(sorted(str(each) for each in inside)))
        else:
            found[file] = None
    return list(found)


def is_url(file: str) -> bool:
    """Whether a file is named by a URL."""
    from tiphys.entrypoints.files import URLS

    return file.startswith(URLS)


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
