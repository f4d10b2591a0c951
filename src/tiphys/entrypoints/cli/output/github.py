"""Findings as annotations of GitHub Actions: workflow commands on stdout, one a line."""

from __future__ import annotations

from collections.abc import Iterable

from tiphys.core.manifest.diagnostics import Diagnostic, Severity


def workflow_commands(findings: Iterable[Diagnostic]) -> str:
    """``::error file=…,line=…,col=…,title=…::message`` for each finding; the hint is the second line of the message."""
    return "".join(f"{_annotation(finding)}\n" for finding in findings)


def _annotation(finding: Diagnostic) -> str:
    level = "error" if finding.severity is Severity.ERROR else "warning"
    span = finding.span
    properties = {"file": span.file, "line": span.line, "col": span.column} if span else {}
    named = ",".join(f"{key}={_property(str(value))}" for key, value in {**properties, "title": finding.code}.items())
    text = finding.message if not finding.hint else f"{finding.message}\nhint: {finding.hint}"
    return f"::{level} {named}::{_data(text)}"


def _data(text: str) -> str:
    """A message that cannot end its line, so that no manifest can write a command of its own."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
