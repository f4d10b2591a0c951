"""Documents for the tests of validation."""

from __future__ import annotations

import functools
import zoneinfo
from textwrap import indent

from tiphys.core.manifest.diagnostics import Severity
from tiphys.core.manifest.document import Document
from tiphys.core.manifest.load import load
from tiphys.core.validate.check import Report, check_document
from tiphys.core.validate.library import EMPTY, Library
from tiphys.core.validate.options import CheckOptions

#: Templates that the steps and tasks of a test may call.
CALLEES = """
- {name: x, container: {image: a}}
- {name: p, inputs: {parameters: [{name: q}]}, container: {image: a}}
- name: o
  container: {image: a}
  outputs: {parameters: [{name: r, valueFrom: {path: /r}}], artifacts: [{name: s, path: /s}]}
- {name: ia, inputs: {artifacts: [{name: f, path: /f}]}, container: {image: a}}
- {name: su, suspend: {}}
"""


@functools.cache
def zones() -> frozenset[str]:
    """The time zones of this machine."""
    return frozenset(zoneinfo.available_timezones())


def documents(text: str) -> list[Document]:
    """The documents of a text, which must all decode."""
    loaded = load(text, "t.yaml")
    assert not [finding for finding in loaded.diagnostics if finding.severity is Severity.ERROR], loaded.diagnostics
    return list(loaded.documents)


def workflow(spec: str, metadata: str = "{generateName: v-}") -> Document:
    """A Workflow with a spec."""
    text = f"apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {metadata}\nspec:\n{indent(spec, '  ')}\n"
    return documents(text)[0]


def template(body: str, spec: str = "") -> Document:
    """A Workflow whose entrypoint ``t`` has a body; ``spec`` adds to its spec."""
    templates = "- name: t\n" + indent(body.strip("\n"), "  ") + CALLEES
    return workflow(f"entrypoint: t\ntemplates:\n{templates}{spec}")


def check(document: Document, *, lint: bool = True, submit: bool = False, library: Library = EMPTY) -> Report:
    """The report with Argo's checks only."""
    return check_document(document, library, CheckOptions(lint=lint, submit=submit, advise=False))


def argo(report: Report) -> list[str | None]:
    """Argo's texts of the errors."""
    return [item.argo for item in report.errors]
