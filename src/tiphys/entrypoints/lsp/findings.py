"""Findings as diagnostics of the protocol: range, severity, code, hint, link."""

from __future__ import annotations

import re
from typing import Final

from lsprotocol import types

from tiphys.adapters.system import timezone_exists
from tiphys.core.manifest import findings as reading
from tiphys.core.manifest.diagnostics import Diagnostic, Severity
from tiphys.core.validate.check import check_document
from tiphys.core.validate.codes import Code
from tiphys.core.validate.options import CheckOptions
from tiphys.entrypoints.lsp.project import File, Project

_SEVERITIES: Final = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
}
_OPTIONS: Final = CheckOptions(lint=True, strict_refs=False, timezone_exists=timezone_exists)
#: Findings about text that could be deleted; editors show it faded.
_UNNECESSARY: Final = frozenset((Code.TEMPLATE_UNUSED.value, Code.PARAMETER_UNUSED.value))


def findings(project: Project, file: File, documentation: str | None = None) -> list[types.Diagnostic]:
    """All findings about a file, as ``tiphys lint`` has them.

    ``documentation`` is the address of ``docs/errors.md``; without it findings carry no link.
    """
    found = list(file.loaded.diagnostics)
    for document in file.loaded.documents:
        found += check_document(document, project.library(), _OPTIONS).diagnostics
    return [_diagnostic(each, file, documentation) for each in found]


def _diagnostic(finding: Diagnostic, file: File, documentation: str | None) -> types.Diagnostic:
    start = file.text.offset_of(finding.span) if finding.span else 0
    start, end = _extent(file, start)
    href = f"{documentation}#{_anchor(finding.code)}" if documentation else None
    return types.Diagnostic(
        range=file.text.range(start, end),
        message=f"{finding.message}\nhint: {finding.hint}" if finding.hint else finding.message,
        severity=_SEVERITIES[finding.severity],
        code=finding.code,
        code_description=types.CodeDescription(href) if href else None,
        source="tiphys",
        tags=[types.DiagnosticTag.Unnecessary] if finding.code in _UNNECESSARY else None,
        data={"hint": finding.hint, "argo": finding.argo, "owner": finding.owner},
    )


def _extent(file: File, start: int) -> tuple[int, int]:
    """The key or scalar at an offset; where there is none, the word before it."""
    end = file.text.extent(start, flow=file.text.source[start : start + 1] not in ("{", "["))
    if end > start:
        return start, end
    first = file.text.bounds(file.text.line_of(start))[0]
    before = file.text.source[first:start].rstrip()
    word = before.rsplit(" ", 1)[-1] if before else ""
    end = first + len(before)
    return (end - len(word), end) if word else (start, start)


def _anchor(code: str) -> str:
    """The anchor of a code's heading: ``T201 object name`` is ``t201-object-name``."""
    known = next((each for each in Code if each.value == code), None)
    name = known.name.replace("_", " ") if known else _reading(code)
    return re.sub(r"[^\w -]", "", f"{code} {name}").lower().replace(" ", "-")


def _reading(code: str) -> str:
    """What a code of the manifest reader means."""
    found = re.search(rf"^{code}  (.+)$", reading.__doc__ or "", re.MULTILINE)
    return found[1] if found else ""
