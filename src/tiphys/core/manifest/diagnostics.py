"""What is wrong with a manifest, said so that a person can mend it."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from msgspec import Struct

from tiphys.core.manifest.source import Path, Span
from tiphys.errors import Category, TiphysError


class Severity(enum.StrEnum):
    """Errors refuse the manifest, warnings do not."""

    ERROR = "error"
    WARNING = "warning"


class Diagnostic(Struct, frozen=True, kw_only=True):
    """One finding.

    ``argo`` is the text that Argo v4.1.2 prints for the same problem, byte for byte, or None where Argo finds
    nothing.  ``owner`` names the object: ``in "<name>" (<Kind>)``.
    """

    code: str
    message: str
    severity: Severity = Severity.ERROR
    span: Span | None = None
    path: Path = ()
    hint: str | None = None
    argo: str | None = None
    owner: str | None = None

    def __str__(self) -> str:
        head = f"{self.span}: " if self.span else ""
        return f"{head}{self.message} [{self.code}]"


class ManifestError(TiphysError):
    """The text is refused; carries every diagnostic, errors and warnings."""

    code = "T100"
    category = Category.INVALID

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        first = next((d for d in diagnostics if d.severity is Severity.ERROR), None)
        super().__init__(
            first.message if first else "the manifest is refused",
            first.hint if first else None,
            str(first.span) if first and first.span else None,
        )
        self.args = (tuple(diagnostics),)
        self.diagnostics = tuple(diagnostics)
        #: The first error in Argo's words.
        self.argo = (first.argo if first else None) or self.message
