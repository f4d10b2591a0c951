"""What ``argo lint`` says about documents: accepted, or the first text with which each is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

from tests.conformance.case import Case, Comparison, Outcome
from tiphys.adapters.system import timezone_exists
from tiphys.core.manifest.diagnostics import Diagnostic, Severity
from tiphys.core.manifest.document import Document
from tiphys.core.manifest.load import load
from tiphys.core.validate.check import check_document
from tiphys.core.validate.library import Library
from tiphys.core.validate.options import CheckOptions

#: Where Tiphys differs on purpose: the case and the first cell of the row of ``docs/differences.md`` that says why.
DIFFERENT = {
    "A92": "only the first inline template is validated",
    "B01": "only the first inline template is validated",
    "B02": "only the first inline template is validated",
    "T58": "what is said about a tag that is not closed",
}
_FILE = "case.yaml"
#: Numbers that vary from run to run; the corpus writes N.
_PLACEHOLDER = re.compile(r"placeholder-\d+")


def cases(corpus: Path) -> Iterable[Case]:
    """The cases of ``validation.yaml``."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for entry in yaml.load((corpus / "validation.yaml").read_text(), loader)["cases"]:
        yield Case(entry["id"], entry, corpus)


def run(case: Case) -> Outcome:
    """Load and check the documents of one case; compare each with what Argo says."""
    options = case.data.get("options") or {}
    loaded = load(case.data["doc"], _FILE, strict=not options.get("nonstrict"))
    library = Library(document.manifest for document in loaded.documents)
    submit = bool(options.get("nolint"))
    check = CheckOptions(lint=not submit, submit=submit, advise=False, timezone_exists=timezone_exists)
    refused = [_text((finding,)) for finding in loaded.diagnostics if finding.severity is Severity.ERROR]
    accepted = iter([_answer(document, library, check) for document in loaded.documents])
    compared = Comparison()
    unread = iter(dict.fromkeys(refused))
    for want in case.data["want"]:
        if "parse" in want:
            compared.equal("parse", want["parse"], next(unread, None))
        elif "error" in want:
            compared.equal("error", want["error"], next(accepted, (None, None))[1])
        elif "ok" in want:
            compared.equal("ok", (want["ok"], None), next(accepted, (None, "no document")))
    compared.equal("documents more than Argo's", [], [kind for kind, _ in accepted])
    return compared.outcome()


def _answer(document: Document, library: Library, options: CheckOptions) -> tuple[str, str | None]:
    """The kind, and the first text of a refusal."""
    return document.kind, _text(check_document(document, library, options).errors)


def _text(findings: Sequence[Diagnostic]) -> str | None:
    return _PLACEHOLDER.sub("placeholder-N", findings[0].argo or findings[0].message) if findings else None
