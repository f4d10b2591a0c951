"""From the files of a call to workflows that can be submitted."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tiphys.entrypoints.cli import session, sources
from tiphys.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tiphys.core.manifest.diagnostics import Diagnostic
    from tiphys.core.manifest.document import Document, Loaded
    from tiphys.core.validate.library import Library
    from tiphys.entrypoints.wire.system import System
    from tiphys.ports.api import SubmitOptions


def workflows(loaded: Loaded, *, objects: bool = False) -> list[Document]:
    """The workflows of the files; kinds that a workflow cannot use are skipped with a warning.

    ``objects`` says that ``keep_objects`` comes next, so that nothing is said of what it takes.

    Raises:
        ManifestError: something in the files is refused.
        UsageError: there is no workflow.
    """
    from tiphys.core.manifest.diagnostics import ManifestError, Severity

    findings = loaded.without_notes if objects else loaded.diagnostics
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise ManifestError(findings)
    _say(findings)
    found = [document for document in loaded.documents if document.kind == "Workflow"]
    used = ("Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate") if found else ()
    others = [f"{each.kind} {each.name!r} is not run" for each in loaded.documents if each.kind not in used]
    session.warn(others)
    if not found:
        raise UsageError("no workflow found in given files")
    return found


def library_of(local: System, loaded: Loaded | None) -> Library:
    """What the workflows of a call may refer to: its other documents, then what is stored."""
    documents = loaded.documents if loaded is not None else ()
    return local.library((each.manifest for each in documents), loaded.config_maps if loaded is not None else ())


def keep_objects(
    local: System,
    loaded: Loaded | None,
    documents: Sequence[Document],
    options: SubmitOptions,
    namespace: str,
    *,
    trial: bool = False,
) -> None:
    """Apply the other objects of the files (Secrets, Roles, claims), once all workflows have passed their checks.

    Where they are not kept, by a server or in a trial, it is said that they are ignored.

    Raises:
        TiphysError: a workflow is refused, and nothing was kept; or an object is.
    """
    if loaded is None or not loaded.objects:
        return
    objects = local.acted_on
    if objects is None or trial:
        _say([each.note for each in loaded.objects if each.note is not None])
        return
    from tiphys.app.services.cluster.applying import apply_object
    from tiphys.ports.api import Trial
    from tiphys.ports.identity import OWNER

    library = library_of(local, loaded)
    for document in documents:
        local.submit(document, options, library, trial=Trial.SERVER)
    for each in loaded.objects:
        apply_object(objects, OWNER, each.data, namespace)


def _say(findings: Sequence[Diagnostic]) -> None:
    from tiphys.entrypoints.cli.output.findings import pretty

    sys.stderr.write(pretty(tuple(findings), sources.source_of, session.error_style()))
