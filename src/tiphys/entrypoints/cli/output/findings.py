"""Findings about manifests as text: pretty for a person, simple as Argo's, JSON for tools."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tiphys.core.manifest.diagnostics import Diagnostic, Severity
from tiphys.core.manifest.source import Span
from tiphys.entrypoints.cli.output.style import BOLD, CYAN, FAINT, RED, YELLOW, Style

#: Gives the text of a file by the name in a span; None when it cannot be had again.
SourceOf = Callable[[str], str | None]
_MAX_SHOWN = 160


def pretty(findings: Iterable[Diagnostic], source_of: SourceOf, style: Style) -> str:
    """Each finding with its place, the line of the file with a caret, the hint, and Argo's text where it differs."""
    return "\n".join(_finding(finding, source_of, style) for finding in findings)


def _finding(finding: Diagnostic, source_of: SourceOf, style: Style) -> str:
    colour = RED if finding.severity is Severity.ERROR else YELLOW
    place = style.paint(str(finding.span), BOLD) + ": " if finding.span else ""
    warning = "" if finding.severity is Severity.ERROR else style.paint("warning: ", YELLOW)
    owner = f" {finding.owner}" if finding.owner and not finding.span else ""
    lines = [f"{place}{warning}{style.paint(finding.message, colour)} [{finding.code}]{owner}"]
    if finding.span:
        lines += _excerpt(finding.span, source_of(finding.span.file), style)
    if finding.hint:
        head, *rest = finding.hint.split("\n")
        lines += [f"  {style.paint('hint:', CYAN)} {head}", *(f"        {line}" for line in rest)]
    if finding.argo and finding.argo != finding.message:
        lines.append(style.paint(f"  argo: {finding.argo}", FAINT))
    return "".join(f"{line}\n" for line in lines)


def _excerpt(span: Span, source: str | None, style: Style) -> list[str]:
    """The line of a span and a caret below its column."""
    lines = source.split("\n") if source is not None else []
    if not 1 <= span.line <= len(lines):
        return []
    text = lines[span.line - 1].rstrip("\r").replace("\t", " ")
    if len(text) > _MAX_SHOWN or not text.isprintable():
        return []
    number = f"{span.line:>5}"
    bar = style.paint("|" if not style.utf8 else "│", FAINT)
    caret = " " * min(span.column - 1, len(text)) + style.paint("^", RED)
    return [f"{style.paint(number, FAINT)} {bar} {text}", f"      {bar} {caret}"]


def argo_text(finding: Diagnostic) -> str:
    """The finding as Argo says it; our own message where Argo has none."""
    text = finding.argo or finding.message
    return f"{finding.owner}: {text}" if finding.owner else text


def simple(findings: Sequence[Diagnostic], file: str) -> str:
    """``<file>: <text>`` of a document as ``argo lint -o simple`` prints it: Argo stops at the first error."""
    for finding in findings:
        if finding.severity is Severity.ERROR:
            return f"{file}: {argo_text(finding)}\n"
    return ""


def as_data(finding: Diagnostic) -> dict[str, object]:
    """A finding as plain data for ``-o json``; absent parts are null."""
    span = finding.span
    return {
        "file": span.file if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "severity": str(finding.severity),
        "code": finding.code,
        "message": finding.message,
        "hint": finding.hint,
        "argo": finding.argo,
        "owner": finding.owner,
        "path": list(finding.path),
    }
