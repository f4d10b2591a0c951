"""``tiphys lint``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiphys.entrypoints.cli import problems, session, sources

if TYPE_CHECKING:
    from tiphys.core.manifest.diagnostics import Diagnostic
    from tiphys.core.manifest.document import Loaded
    from tiphys.entrypoints.cli.output.style import Style

_SUFFIXES = (".yaml", ".yml", ".json")
_NOTHING = "found nothing to lint in the specified paths, failing..."


@dataclass(frozen=True, slots=True)
class _Checked:
    """The findings about one document, or about a text that is none."""

    file: str
    findings: tuple[Diagnostic, ...]


@click.command("lint")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("-o", "--output", type=click.Choice(["pretty", "simple", "json"]), default="pretty", show_default=True)
@session.no_color_option
def command(files: tuple[str, ...], output: str, no_color: bool) -> int:
    """Say what is wrong with manifests; ``-`` is standard input, folders are walked."""
    from tiphys.core.manifest.diagnostics import Severity

    loaded = sources.load(_expand(files))
    checked = _check(loaded)
    errors = sum(each.severity is Severity.ERROR for part in checked for each in part.findings)
    style = session.out_style(no_color=no_color)
    if output == "json":
        _write_json(checked)
    elif output == "simple":
        _write_simple(checked, errors)
    else:
        _write_pretty(checked, errors, style)
    return problems.OK if checked and not errors else problems.REFUSED


def _expand(files: Iterable[str]) -> list[str]:
    """Folders become the manifests in them, in order of their names."""
    expanded: list[str] = []
    for file in files:
        path = Path(file)
        if file != "-" and path.is_dir():
            found = (each for each in path.rglob("*") if each.suffix in _SUFFIXES and each.is_file())
            expanded += sorted(str(each) for each in found)
        else:
            expanded.append(file)
    return expanded


def _check(loaded: Loaded) -> list[_Checked]:
    """Findings of reading, then of checking, document by document; templates of all files know each other."""
    from tiphys.core.validate.check import check_document
    from tiphys.core.validate.library import Library
    from tiphys.core.validate.options import CheckOptions

    library = Library(document.manifest for document in loaded.documents)
    groups: dict[tuple[str, str | None], list[Diagnostic]] = {}
    for finding in loaded.diagnostics:
        file = finding.span.file if finding.span else ""
        groups.setdefault((file, finding.owner), []).append(finding)
    checked = [_Checked(file, tuple(findings)) for (file, _), findings in groups.items()]
    for document in loaded.documents:
        report = check_document(document, library, CheckOptions(lint=True))
        checked.append(_Checked(document.file, report.diagnostics))
    return checked


def _write_pretty(checked: Sequence[_Checked], errors: int, style: Style) -> None:
    from tiphys.entrypoints.cli.output.findings import pretty
    from tiphys.entrypoints.cli.output.style import GREEN, RED

    findings = [finding for part in checked for finding in part.findings]
    text = pretty(findings, sources.source_of, style)
    sys.stdout.write(f"{text}\n" if text else "")
    if not checked:
        sys.stdout.write(f"{style.paint('✖', RED)} {_NOTHING}\n")
    elif errors:
        sys.stdout.write(f"{style.paint('✖', RED)} {errors} linting errors found!\n")
    else:
        sys.stdout.write(f"{style.paint('✔', GREEN)} no linting errors found!\n")


def _write_simple(checked: Sequence[_Checked], errors: int) -> None:
    """Argo stops at the first error of a document, so only that one is said."""
    from tiphys.entrypoints.cli.output.findings import simple

    for part in checked:
        sys.stdout.write(simple(part.findings, part.file))
    if not checked:
        sys.stdout.write(f"{_NOTHING}\n")
    elif not errors:
        sys.stdout.write("no linting errors found!\n")


def _write_json(checked: Sequence[_Checked]) -> None:
    from tiphys.entrypoints.cli.output.findings import as_data
    from tiphys.entrypoints.cli.output.objects import to_json

    sys.stdout.write(to_json([as_data(finding) for part in checked for finding in part.findings], 2))
