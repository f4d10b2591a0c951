"""``tiphys lint``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click
from msgspec import Struct

from tiphys.core.manifest.diagnostics import Diagnostic, Severity
from tiphys.entrypoints.cli import fileoptions, forms, problems, session, sources
from tiphys.errors import UsageError, reason_of

if TYPE_CHECKING:
    from tiphys.core.manifest.document import Loaded
    from tiphys.core.manifest.source import Span
    from tiphys.core.validate.library import Library
    from tiphys.core.validate.options import CheckOptions
    from tiphys.entrypoints.cli.output.findings import SourceOf
    from tiphys.entrypoints.cli.output.style import Style

_NOTHING: Final = "found nothing to lint in the specified paths, failing..."
#: What ``--kinds`` takes (``spec/cli.md`` 6), by the kind that it means.
_KINDS: Final = {
    "Workflow": ("workflows", "workflow", "wf"),
    "WorkflowTemplate": ("workflowtemplates", "workflowtemplate", "wftmpl"),
    "CronWorkflow": ("cronworkflows", "cronworkflow", "cronwf", "cwf"),
    "ClusterWorkflowTemplate": ("clusterworkflowtemplates", "clusterworkflowtemplate", "cwftmpl", "cwft"),
    "WorkflowEventBinding": ("workfloweventbindings", "workfloweventbinding", "wfeb"),
}


class _Checked(Struct, frozen=True):
    """The findings about one document, or about a text that is none: ``nothing`` where that is no mistake."""

    file: str
    findings: tuple[Diagnostic, ...]
    nothing: bool = False


@click.command("lint")
@fileoptions.files(required=True)
@forms.output(
    *("pretty", "simple", "json", "sarif", "github"),
    default="pretty",
    more="; sarif is for code scanning, github for annotations in Actions.",
)
@click.option(
    "--kinds", default="all", metavar="KIND,...", show_default=True, help="Kinds to check, by long or short name."
)
@fileoptions.STRICT
@click.option("--offline", is_flag=True, help="Look for templates in the files given alone.")
@click.option("--strict-refs", is_flag=True, help="A template outside the files given is an error, not a warning.")
@click.option(
    "--injection", is_flag=True, help="Warn about every input that becomes source code, not only what submitters set."
)
@click.option("--fix", is_flag=True, help="First mend in the files what can only mean one thing.")
@session.no_color_option
def command(  # noqa: PLR0913 - one argument per option
    *,
    files: tuple[str, ...],
    output: str,
    kinds: str,
    strict: bool,
    offline: bool,
    strict_refs: bool,
    injection: bool,
    fix: bool,
    no_color: bool,
) -> int:
    """Say what is wrong with manifests; ``-`` is standard input, folders are walked.

    Files of one call may refer to each other, and to what ``tiphys apply`` has stored or a server has.

    Exit code 0: no errors (warnings may be there); 1: errors, or nothing to lint.
    """
    from tiphys.core.validate.options import CheckOptions

    wanted = _wanted(kinds)
    names = [name for name in sources.expanded(files) if not _is_other(name)]
    if fix:
        _fix(names)
    loaded = sources.load(names, strict=strict)
    if offline:
        _refuse_doubles(loaded)
    with session.library(loaded, offline=offline) as library:
        options = CheckOptions(
            lint=True,
            # What nobody else can know of is missing.
            strict_refs=strict_refs or offline or session.is_remote(),
            offline=offline,
            injection=injection,
            timezone_exists=_timezone_exists,
        )
        checked = _check(loaded, wanted, library, options)
    errors = sum(each.severity is Severity.ERROR for part in checked for each in part.findings)
    _write(checked, errors, output, sources.source_of, session.out_style(no_color=no_color))
    return problems.OK if _linted(checked) and not errors else problems.FAILED


def _is_other(name: str) -> bool:
    """Whether a file is one of those that `lint *` names by the way: its extension says that it is no manifest."""
    extension = os.path.splitext(name)[1]
    if not extension or extension in sources.SUFFIXES or sources.is_url(name) or not os.path.isfile(name):
        return False
    session.warn([f"{name} is passed over: no {', '.join(sources.SUFFIXES)}"])
    return True


def _wanted(text: str) -> frozenset[str]:
    """The kinds that a list of names means.

    Raises:
        UsageError: a name of no kind.
    """
    found: set[str] = set()
    for name in filter(None, (part.strip().lower() for part in text.split(","))):
        meant = [kind for kind, names in _KINDS.items() if name in names or name == "all"]
        if not meant:
            known = ", ".join(names[0] for names in _KINDS.values())
            raise UsageError(f"unknown kind: {name}", f"one of all, {known}", "--kinds")
        found.update(meant)
    return frozenset(found)


def _refuse_doubles(loaded: Loaded) -> None:
    """Refuse two templates of one name, since nobody can tell which one is meant."""
    seen: set[tuple[str, str, str]] = set()
    for document in loaded.documents:
        if document.kind not in ("WorkflowTemplate", "ClusterWorkflowTemplate"):
            continue
        metadata = document.manifest.metadata
        key = (document.kind, (metadata and metadata.namespace) or "", document.name)
        if key in seen:
            raise UsageError(f'duplicate {document.kind} found: "{document.name}"', where=document.file)
        seen.add(key)


def _fix(files: Sequence[str]) -> None:
    """Make the safe repairs in the files themselves and say on stderr what was done.

    Raises:
        UsageError: standard input is among the files, or a file cannot be written.
    """
    if sources.STDIN in files:
        raise UsageError("--fix rewrites files; standard input is none", "save the text to a file", "--fix")
    from pathlib import Path

    from tiphys.core.validate.fixes import fix_text

    for file in files:
        path = Path(file)
        try:
            text = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            continue  # linting it says what is wrong
        fixed = fix_text(text, file)
        if fixed.fixes:
            try:
                path.write_bytes(fixed.text.encode("utf-8"))
            except OSError as error:
                reason = reason_of(error)
                raise UsageError(f"{file} cannot be written: {reason}", where=file) from None
        for each in fixed.fixes:
            sys.stderr.write(f"{each.span}: fixed: {each.message}\n")


def _check(loaded: Loaded, wanted: frozenset[str], library: Library, options: CheckOptions) -> list[_Checked]:
    """Findings of reading, then of checking, document by document; templates of all files know each other."""
    from tiphys.core.manifest.findings import is_nothing
    from tiphys.core.manifest.objects import INTERNAL
    from tiphys.core.validate.check import check_document

    groups: dict[tuple[str, str | None], list[Diagnostic]] = {}
    for finding in loaded.without_notes:
        kind, file = _kind_of(finding), finding.span.file if finding.span else ""
        if kind in (None, *wanted):
            groups.setdefault((file, finding.owner), []).append(finding)
        elif kind in INTERNAL and finding.span is not None:
            groups[file, finding.owner] = [_ignored(finding.span, kind)]
    checked = [_Checked(file, tuple(found), all(map(is_nothing, found))) for (file, _), found in groups.items()]
    for document in loaded.documents:
        if document.kind in INTERNAL:
            place = document.places.span(("kind",))
            checked.append(_Checked(document.file, (_ignored(place, document.kind),)))
        elif document.kind in wanted:
            checked.append(_Checked(document.file, check_document(document, library, options).diagnostics))
    return checked


def _timezone_exists(name: str) -> bool:
    from tiphys.adapters import system  # only needed for a CronWorkflow

    return system.timezone_exists(name)


def _ignored(span: Span, kind: str) -> Diagnostic:
    from tiphys.core.manifest.findings import ignored  # only needed for kinds that are rare

    return ignored(span, kind)


def _kind_of(finding: Diagnostic) -> str | None:
    """The kind of the object that a finding is about; None when the text has none."""
    return (finding.owner or "").rpartition("(")[2].removesuffix(")") or None


def _write(checked: Sequence[_Checked], errors: int, output: str, source_of: SourceOf, style: Style) -> None:
    findings = [finding for part in checked for finding in part.findings]
    if output == "json":
        from tiphys.entrypoints.cli.output.findings import as_data
        from tiphys.entrypoints.cli.output.objects import to_json

        sys.stdout.write(to_json([as_data(finding) for finding in findings], 2))
    elif output == "sarif":
        from tiphys.entrypoints.cli.output.sarif import sarif

        sys.stdout.write(sarif(findings))
    elif output == "github":
        from tiphys.entrypoints.cli.output.github import workflow_commands

        sys.stdout.write(workflow_commands(findings) + _summary(checked, errors))
    elif output == "simple":
        _write_simple(checked, errors)
    else:
        _write_pretty(findings, _summary(checked, errors), source_of, style)


def _linted(checked: Sequence[_Checked]) -> bool:
    """Whether there was something to lint."""
    return not all(part.nothing for part in checked)


def _summary(checked: Sequence[_Checked], errors: int) -> str:
    if not _linted(checked):
        return f"✖ {_NOTHING}\n"
    return f"✖ {errors} linting errors found!\n" if errors else "✔ no linting errors found!\n"


def _write_pretty(findings: Sequence[Diagnostic], summary: str, source_of: SourceOf, style: Style) -> None:
    from tiphys.entrypoints.cli.output.findings import pretty
    from tiphys.entrypoints.cli.output.style import GREEN, RED

    text = pretty(findings, source_of, style)
    glyph, rest = summary[0], summary[1:]
    painted = style.paint(glyph, GREEN if glyph == "✔" else RED)
    sys.stdout.write(f"{text}\n{painted}{rest}" if text else f"{painted}{rest}")


def _write_simple(checked: Sequence[_Checked], errors: int) -> None:
    """Argo stops at the first error of a document, so only that one is said."""
    from tiphys.entrypoints.cli.output.findings import simple

    for part in checked:
        sys.stdout.write(simple(part.findings, "stdin" if part.file == "<stdin>" else part.file))
    if not _linted(checked):
        sys.stdout.write(f"{_NOTHING}\n")
    elif not errors:
        sys.stdout.write("no linting errors found!\n")
