"""What ``tiphys lint`` finds in a text that is being written, with the templates of the store (``spec/ui.md`` D5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tiphys.app.services.library import StoredLibrary
from tiphys.core.manifest.diagnostics import Diagnostic
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.validate.check import check_document
from tiphys.core.validate.options import CheckOptions
from tiphys.ports.store import Store

#: So many findings are told at most: nobody reads more, and each has to be drawn.
MOST: Final = 200


def findings(text: str, namespace: str, store: Store, timezone_exists: Callable[[str], bool]) -> list[JsonObject]:
    """Errors and warnings with their places (line and column from 1) and hints, in the order of the text."""
    loaded = load(text, "")
    documents = loaded.documents
    library = StoredLibrary(lambda: store, [document.manifest for document in documents], namespace=namespace)
    options = CheckOptions(lint=True, timezone_exists=timezone_exists)
    found = list(loaded.diagnostics)
    for document in documents:
        found += check_document(document, library, options).diagnostics
    return [_told(each) for each in sorted(found, key=_place)[:MOST]]


def _place(finding: Diagnostic) -> tuple[int, int]:
    return (finding.span.line, finding.span.column) if finding.span else (1, 1)


def _told(finding: Diagnostic) -> JsonObject:
    line, column = _place(finding)
    return {
        "line": line,
        "column": column,
        "severity": finding.severity.value,
        "code": finding.code,
        "message": finding.message,
        "hint": finding.hint or "",
    }
