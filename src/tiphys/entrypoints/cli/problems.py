"""Errors become text and exit codes; nothing else decides about either.

0 is success; 1 a run that ended Failed or Error, or a name that does not exist; 2 a manifest or a call that is
refused; 70 a fault of ours.  Commands that Argo has end with 1 whatever the error, as there (``spec/cli.md`` 11).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, TextIO

from tiphys.entrypoints.cli.output.style import CYAN, RED, Style, style_for
from tiphys.errors import AlreadyExistsError, Category, ForbiddenError, NotFoundError, TiphysError

if TYPE_CHECKING:
    from tiphys.core.manifest.document import Document
    from tiphys.core.validate.library import Library

OK: Final = 0
FAILED: Final = 1
REFUSED: Final = 2
INTERNAL: Final = 70
INTERRUPTED: Final = 130
CLOSED_PIPE: Final = 141

_EXIT_CODES: Final = {
    Category.INVALID: REFUSED,
    Category.UNSUPPORTED: REFUSED,
    Category.CONFLICT: REFUSED,
    Category.GONE: REFUSED,
    Category.FORBIDDEN: REFUSED,
    Category.NOT_FOUND: FAILED,
    Category.UNAVAILABLE: INTERNAL,
    Category.INTERNAL: INTERNAL,
}
#: How a missing object begins in a message, and what lists those that are there.
_LISTERS: Final = (
    (" workflows.argoproj.io ", "list"),
    (" workflowtemplates.argoproj.io ", "template list"),
    (" clusterworkflowtemplates.argoproj.io ", "cluster-template list"),
    (" cronworkflows.argoproj.io ", "cron list"),
)
_NO_TOKEN: Final = "set ARGO_TOKEN to what `tiphys auth token` prints where the server runs"


def exit_code(error: TiphysError) -> int:
    """The exit code of an error."""
    return _EXIT_CODES[error.category]


def error_text(error: TiphysError, style: Style) -> str:
    """``error: message [code]``, then the place and the hint when known."""
    from tiphys.core.manifest.diagnostics import ManifestError

    if isinstance(error, ManifestError) and error.diagnostics:
        return _refusal(error, style)
    lines = [f"{style.paint('error:', RED)} {error.message} [{error.code}]"]
    if error.where:
        lines.append(f"  at {error.where}")
    hint = error.hint or _usual_hint(error)
    if hint:
        lines.append(f"  {style.paint('hint:', CYAN)} {hint}")
    return "".join(f"{line}\n" for line in lines)


def _usual_hint(error: TiphysError) -> str | None:
    """What can be done about an error that comes without a hint, such as every one that a server answers with."""
    if isinstance(error, NotFoundError):
        return next(
            (f"`tiphys {lister}` shows what is there" for kind, lister in _LISTERS if kind in f" {error.message}"), None
        )
    if isinstance(error, AlreadyExistsError):
        return "choose another name, or change what is there"
    return _NO_TOKEN if isinstance(error, ForbiddenError) and "token not valid" in error.message else None


def _refusal(error: TiphysError, style: Style) -> str:
    from tiphys.core.manifest.diagnostics import ManifestError, Severity
    from tiphys.entrypoints.cli.output.findings import pretty
    from tiphys.entrypoints.cli.sources import source_of

    assert isinstance(error, ManifestError)
    count = sum(each.severity is Severity.ERROR for each in error.diagnostics)
    noun = "error" if count == 1 else "errors"
    head = f"{style.paint('error:', RED)} the manifest has {count} {noun}; nothing was started [{error.code}]\n"
    return pretty(error.diagnostics, source_of, style) + head


def explanation(documents: Iterable[Document], library: Library, style: Style) -> str:
    """The warnings about manifests that may say why their runs failed, with their places and hints."""
    from tiphys.core.manifest.diagnostics import Severity
    from tiphys.core.validate.check import check_document
    from tiphys.core.validate.codes import EXPLAINING
    from tiphys.entrypoints.cli.output.findings import pretty
    from tiphys.entrypoints.cli.sources import source_of

    found = (each for document in documents for each in check_document(document, library).diagnostics)
    explaining = (each for each in found if each.severity is Severity.WARNING and each.code in EXPLAINING)
    return pretty(explaining, source_of, style)


def report(error: TiphysError, stream: TextIO) -> None:
    """Write an error for a person."""
    stream.write(error_text(error, style_for(stream)))


def report_fault(error: BaseException, stream: TextIO) -> int:
    """Write one line about an exception that nobody expected, and its details to a file."""
    import tempfile
    import traceback

    details = "".join(traceback.format_exception(error))
    try:
        with tempfile.NamedTemporaryFile("w", prefix="tiphys-fault-", suffix=".txt", delete=False) as file:
            file.write(details)
        where = f"details are in {file.name}"
    except OSError:
        where = f"details: {details.splitlines()[-1]}"
    summary = " ".join(str(error).split()) or "no message"
    stream.write(f"error: a fault in tiphys: {type(error).__name__}: {summary[:200]}; {where}\n")
    return INTERNAL
