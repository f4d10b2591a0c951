"""Findings as SARIF 2.1.0, which code scanning services and editors read."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from tiphys.core.manifest import findings as reading
from tiphys.core.manifest.diagnostics import Diagnostic, Severity
from tiphys.core.manifest.source import dotted
from tiphys.core.validate.codes import SUMMARIES, Code
from tiphys.entrypoints.cli.version import VERSION

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_FIRST_WARNING: Final = "T280"


def sarif(findings: Sequence[Diagnostic]) -> str:
    """One log with one run; the rules are those that the findings name, by code."""
    codes = sorted({finding.code for finding in findings})
    places = {code: at for at, code in enumerate(codes)}
    driver = {"name": "tiphys", "semanticVersion": VERSION, "rules": [_rule(code) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, places[finding.code]) for finding in findings],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(code: str) -> dict[str, object]:
    level = "warning" if code >= _FIRST_WARNING else "error"
    summary = _summary(code)
    name = Code(code).name if code in {each.value for each in Code} else code
    return {
        "id": code,
        "name": "".join(part.capitalize() for part in name.split("_")),
        "shortDescription": {"text": f"{summary[0].upper()}{summary[1:]}."},
        "defaultConfiguration": {"level": level},
    }


def _summary(code: str) -> str:
    """What a code means: a finding of the checks, or of reading the text."""
    known = next((text for each, text in SUMMARIES.items() if each.value == code), None)
    found = re.search(rf"^{code}  (.+)$", reading.__doc__ or "", re.MULTILINE)
    return known or (found[1] if found else code)


def _result(finding: Diagnostic, rule: int) -> dict[str, object]:
    text = finding.message if not finding.hint else f"{finding.message}\nhint: {finding.hint}"
    result: dict[str, object] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": "error" if finding.severity is Severity.ERROR else "warning",
        "message": {"text": text},
        "partialFingerprints": {"tiphys/v1": _fingerprint(finding)},
    }
    if finding.span is not None:
        place: dict[str, object] = {
            "physicalLocation": {
                "artifactLocation": {"uri": _uri(finding.span.file)},
                "region": {"startLine": finding.span.line, "startColumn": finding.span.column},
            }
        }
        if finding.path:
            place["logicalLocations"] = [{"fullyQualifiedName": dotted(finding.path), "kind": "member"}]
        result["locations"] = [place]
    return result


def _fingerprint(finding: Diagnostic) -> str:
    """The same for the same finding when lines above it have moved."""
    parts = (finding.code, finding.span.file if finding.span else "", finding.owner or "", dotted(finding.path))
    return hashlib.sha256("\0".join((*parts, finding.message)).encode("utf-8", "replace")).hexdigest()[:32]


def _uri(file: str) -> str:
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
