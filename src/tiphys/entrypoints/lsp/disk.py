"""Templates on disk that open files may refer to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

_SUFFIXES: Final = frozenset((".yaml", ".yml", ".json"))
#: Folders that hold no manifests of the user.
_SKIPPED: Final = frozenset((".git", ".venv", "node_modules", "__pycache__"))
_MOST_FILES: Final = 2000
_LARGEST: Final = 1024 * 1024
_WANTED: Final = ("WorkflowTemplate",)


def templates_below(folders: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """The texts of files below some folders that mention a WorkflowTemplate or ClusterWorkflowTemplate.

    Looks at 2,000 manifests at most, none larger than 1 MiB; what cannot be read is passed over.
    """
    left = _MOST_FILES
    for folder in folders:
        for path in _manifests(folder):
            if left == 0:
                return
            left -= 1
            text = template_text(path)
            if text is not None:
                yield path, text


def template_text(path: Path) -> str | None:
    """The text of a file that mentions a template kind; None for all others."""
    try:
        if path.suffix not in _SUFFIXES or path.stat().st_size > _LARGEST:
            return None
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return text if any(word in text for word in _WANTED) else None


def _manifests(folder: Path) -> Iterator[Path]:
    pending = [folder]
    while pending:
        try:
            entries = sorted(pending.pop().iterdir())
        except OSError:
            continue
        for entry in entries:
            if entry.is_dir() and not entry.is_symlink():
                if entry.name not in _SKIPPED:
                    pending.append(entry)
            elif entry.suffix in _SUFFIXES:
                yield entry
